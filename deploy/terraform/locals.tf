# Names that several files share, and the environment of every process.
locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  has_image = var.image_tag != ""
  image     = "${aws_ecr_repository.pizza.repository_url}:${var.image_tag}"
  has_inbox = var.inbox_prefix != ""

  # by name, not by reference: roles and the servers' environment are created before the function
  function_arn = "arn:${local.partition}:lambda:${var.region}:${local.account}:function:${var.function_name}"

  settings = merge(
    {
      S3_BUCKET_NAME        = aws_s3_bucket.data.bucket
      PIZZA_LOCAL_FOLDER    = "/tmp/pizza"
      PIZZA_TIMEZONE        = var.timezone
      PIZZA_FALLBACK        = "fail"
      PIZZA_DAILY_REFRESH   = var.daily_refresh
      PIZZA_RUN_ON          = var.servers ? var.run_on : "local"
      PIZZA_LAMBDA_FUNCTION = var.function_name
      PIZZA_ALERT_TOPIC_ARN = aws_sns_topic.alerts.arn
      QUICKSIGHT_ACCOUNT_ID = local.account
      QUICKSIGHT_REGION     = var.quicksight_region != "" ? var.quicksight_region : var.region
      QUICKSIGHT_ID_PREFIX  = var.quicksight_id_prefix
      SECRETS_FROM_SSM      = join(",", [for name, key in aws_ssm_parameter.key : "${name}=${key.name}"])
    },
    var.quicksight_owner_arn != "" ? { QUICKSIGHT_OWNER_ARN = var.quicksight_owner_arn } : {},
    local.has_inbox ? { PIZZA_S3_EVENTS_QUEUE_URL = aws_sqs_queue.inbox[0].url } : {},
    var.servers ? { DATABASE_URL_SECRET = aws_secretsmanager_secret.database_url[0].arn } : {},
    var.settings,
  )
}
