# What is planned with servers: who can reach the webserver, and who can reach the database.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-2a", "eu-west-2b"] }
  }
}

variables {
  region    = "eu-west-2"
  bucket    = "pizza-test"
  image_tag = "1"
  servers   = true

  database_password = "mockedmockedmockedmockedmocked"
}

run "the_webserver_listens_on_loopback" {
  command = plan

  assert {
    condition     = local.web_host == "127.0.0.1"
    error_message = "Without a load balancer the webserver must listen on loopback."
  }
  assert {
    condition     = length(aws_lb.web) + length(aws_vpc_security_group_ingress_rule.balancer) + length(aws_vpc_security_group_ingress_rule.web) == 0
    error_message = "Nothing may let anybody in."
  }
  assert {
    condition     = alltrue([for service in [aws_ecs_service.web[0], aws_ecs_service.daemon[0]] : !service.network_configuration[0].assign_public_ip])
    error_message = "No task has a public address."
  }
  assert {
    condition     = aws_db_instance.dagster[0].publicly_accessible == false && aws_db_instance.dagster[0].storage_encrypted && aws_db_instance.dagster[0].deletion_protection
    error_message = "The database is private, encrypted and protected."
  }
  assert {
    condition     = aws_ecs_service.daemon[0].deployment_maximum_percent == 100
    error_message = "There must never be two daemons."
  }
}

run "people_sign_in_first" {
  command = plan
  variables {
    webserver_access = {
      certificate_arn  = "arn:aws:acm:eu-west-2:123456789012:certificate/11111111-1111-1111-1111-111111111111"
      user_pool_arn    = "arn:aws:cognito-idp:eu-west-2:123456789012:userpool/eu-west-2_example"
      user_pool_client = "client"
      user_pool_domain = "pizza-people"
      allowed_cidrs    = ["192.0.2.0/24"]
    }
  }

  assert {
    condition     = one([for action in aws_lb_listener.web[0].default_action : action.type if action.order == 1]) == "authenticate-cognito"
    error_message = "Signing in comes before the webserver."
  }
  assert {
    condition     = one([for action in aws_lb_listener.web[0].default_action : action.authenticate_cognito[0].on_unauthenticated_request if action.order == 1]) == "authenticate"
    error_message = "Nobody passes without signing in."
  }
  assert {
    condition     = aws_lb_listener.to_https[0].default_action[0].type == "redirect"
    error_message = "Port 80 only sends people to 443."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.web[0].cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.web[0].to_port == 3000
    error_message = "Only the load balancer reaches the webserver."
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.balancer : rule.cidr_ipv4]) == toset(["192.0.2.0/24"])
    error_message = "Only the allowed addresses reach the load balancer."
  }
}

run "servers_need_a_password" {
  command = plan
  variables {
    database_password = "short"
  }
  expect_failures = [var.database_password]
}
