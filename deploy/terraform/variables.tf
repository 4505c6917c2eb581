# The options of a deployment. None is a secret: keys are put into SSM by hand, see docs/deployment.md.

variable "region" {
  type        = string
  description = "AWS region of all resources."
}

variable "bucket" {
  type        = string
  description = "Name of the bucket, globally unique. It contains only this project's data."
}

variable "image_tag" {
  type        = string
  default     = ""
  description = "Tag of the image in the repository `pizza`. Empty until the first image is pushed; there is no function then."
}

variable "function_name" {
  type        = string
  default     = "pizza-game-dashboard"
  description = "Name of the Lambda function."
}

variable "memory_mb" {
  type        = number
  default     = 4096
  description = "Memory of the function in MB; its share of CPU follows (one core per 1,769 MB)."
  validation {
    condition     = var.memory_mb >= 1024 && var.memory_mb <= 10240
    error_message = "Between 1024 (what importing everything takes) and 10240 (the most that Lambda gives)."
  }
}

variable "temporary_mb" {
  type        = number
  default     = 2048
  description = "Size of the function's /tmp in MB. 512 are free of charge."
}

variable "parallel_runs" {
  type        = number
  default     = -1
  description = "Maximum of concurrent runs; -1 is the account's own limit. A new account can't reserve any of its ten."
}

variable "timezone" {
  type        = string
  default     = "Europe/London"
  description = "Business time zone: the daily refresh is at 18:00 in it."
}

variable "daily_refresh" {
  type        = string
  default     = "eventbridge"
  description = "Who runs the daily refresh: eventbridge, or dagster (its daemon must run, for example with servers = true)."
  validation {
    condition     = contains(["dagster", "eventbridge"], var.daily_refresh)
    error_message = "dagster or eventbridge."
  }
}

variable "servers" {
  type        = bool
  default     = false
  description = "Also run Dagster's webserver and daemon on ECS Fargate with Postgres: about 115 USD a month, see docs."
}

variable "run_on" {
  type        = string
  default     = "lambda"
  description = "With servers: where scheduled runs execute, lambda or local (in the daemon's task)."
  validation {
    condition     = contains(["lambda", "local"], var.run_on)
    error_message = "lambda or local."
  }
}

variable "settings" {
  type        = map(string)
  default     = {}
  description = "More settings from docs/configuration.md, e.g. { PIZZA_MATCHES = \"football-data\" }. Never keys."
  validation {
    condition     = length(setintersection(keys(var.settings), ["PIZZA_ORDERS_API_KEY", "PIZZA_ORDERS_URL", "PIZZA_FOOTBALL_DATA_KEY", "PIZZA_NOTIFY_URLS"])) == 0
    error_message = "Keys belong in SSM, not in settings: see docs/deployment.md."
  }
}

variable "quicksight_region" {
  type        = string
  default     = ""
  description = "Region in which the account uses QuickSight; empty: `region`."
}

variable "quicksight_owner_arn" {
  type        = string
  default     = ""
  description = "ARN of the QuickSight user or group that owns the dashboard; empty until there is one."
}

variable "quicksight_id_prefix" {
  type        = string
  default     = "pizza"
  description = "Prefix of every id in QuickSight; objects with other ids can't be touched."
}

variable "alert_email" {
  type        = string
  default     = ""
  description = "Recipient of the alarms, who must confirm the subscription. Empty: subscribe to the topic yourself."
}

variable "restore_days" {
  type        = number
  default     = 90
  description = "How long overwritten and deleted objects can be brought back."
}

variable "log_days" {
  type        = number
  default     = 365
  description = "How long logs are kept."
}

variable "inbox_prefix" {
  type        = string
  default     = ""
  description = "Prefix for order files in the bucket, e.g. inbox/: new ones are then announced through a queue."
}

variable "destroy_data" {
  type        = bool
  default     = false
  description = "Allow `terraform destroy` to delete bucket, images and database with all their contents."
}

variable "webserver_access" {
  type = object({
    certificate_arn  = string
    user_pool_arn    = string
    user_pool_client = string
    user_pool_domain = string
    allowed_cidrs    = list(string)
  })
  default     = null
  description = "With servers: a load balancer that signs users in with this Cognito pool. null: reachable by a tunnel only."
}

variable "vpc_cidr" {
  type        = string
  default     = "10.42.0.0/16"
  description = "With servers: address range of the network."
}

# Set for each apply, preferably to a new value: export TF_VAR_database_password=$(openssl rand -hex 24)
variable "database_password" {
  type        = string
  default     = ""
  ephemeral   = true
  sensitive   = true
  description = "With servers: the database's password, used when database_password_version is raised. Not stored in the state."
  validation {
    condition     = !var.servers || can(regex("^[0-9A-Za-z]{24,64}$", var.database_password))
    error_message = "With servers: 24 to 64 letters and digits, e.g. export TF_VAR_database_password=$(openssl rand -hex 24)."
  }
}

variable "database_password_version" {
  type        = number
  default     = 1
  description = "With servers: raise it to apply the current password to database and secret."
}
