# Keys of the sources, and addresses that contain passwords. Terraform creates the parameters but never sees their values:
# `value_wo` is not stored in the state and is not written again. The image's entry point reads them; "unset" counts as
# none.
resource "aws_ssm_parameter" "key" {
  for_each = {
    PIZZA_ORDERS_API_KEY    = "orders-api-key"    # checkov:skip=CKV_SECRET_6:a name
    PIZZA_ORDERS_URL        = "orders-url"        # checkov:skip=CKV_SECRET_6:a name
    PIZZA_FOOTBALL_DATA_KEY = "football-data-key" # checkov:skip=CKV_SECRET_6:a name
    PIZZA_NOTIFY_URLS       = "notify-urls"       # checkov:skip=CKV_SECRET_6:a name
  }
  name             = "/pizza/${each.value}"
  description      = "The value of ${each.key}"
  type             = "SecureString"
  value_wo         = "unset"
  value_wo_version = 1
}
