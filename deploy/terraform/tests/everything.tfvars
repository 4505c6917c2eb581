# Everything that can be switched on, for checks.
region       = "eu-west-2"
bucket       = "pizza-test"
image_tag    = "1"
servers      = true
inbox_prefix = "inbox/"
webserver_access = {
  certificate_arn  = "arn:aws:acm:eu-west-2:123456789012:certificate/x"
  user_pool_arn    = "arn:aws:cognito-idp:eu-west-2:123456789012:userpool/eu-west-2_example"
  user_pool_client = "client"
  user_pool_domain = "pizza-people"
  allowed_cidrs    = ["192.0.2.0/24"]
}
