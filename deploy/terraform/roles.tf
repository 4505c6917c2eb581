# One role per process, each with only the permissions it uses; the documents are in policies/.
locals {
  trust = { for service in ["scheduler", "ecs-tasks"] : service => templatefile(
    "${path.module}/policies/trust.json.tftpl", { service = "${service}.amazonaws.com", account = local.account }
  ) }

  # values for the documents
  words = {
    bucket_arn           = aws_s3_bucket.data.arn
    topic_arn            = aws_sns_topic.alerts.arn
    failures_arn         = aws_sqs_queue.failures.arn
    function_arn         = local.function_arn
    function_logs_arn    = aws_cloudwatch_log_group.function.arn
    repository_arn       = aws_ecr_repository.pizza.arn
    keys_arn             = "arn:${local.partition}:ssm:${var.region}:${local.account}:parameter/pizza"
    quicksight_arn       = "arn:${local.partition}:quicksight:${local.settings.QUICKSIGHT_REGION}:${local.account}"
    quicksight_id_prefix = var.quicksight_id_prefix
  }

  function_policies = merge(
    {
      storage = templatefile("${path.module}/policies/storage.json.tftpl", local.words)
      logs    = templatefile("${path.module}/policies/function-logs.json.tftpl", local.words)
      alerts  = templatefile("${path.module}/policies/alerts.json.tftpl", local.words)
      fails   = templatefile("${path.module}/policies/failures.json.tftpl", local.words)
      keys    = templatefile("${path.module}/policies/keys.json.tftpl", local.words)
    },
    local.has_inbox ? { inbox = local.inbox_policy } : {},
    var.servers ? {
      database = local.database_policy
      network  = templatefile("${path.module}/policies/function-network.json.tftpl", local.words)
    } : {},
  )
  inbox_policy = local.has_inbox ? templatefile(
    "${path.module}/policies/inbox.json.tftpl", { queue_arn = aws_sqs_queue.inbox[0].arn }
  ) : ""
}

resource "aws_iam_role" "function" {
  name               = "PizzaDashboardRole"
  description        = "The Lambda function ${var.function_name}"
  assume_role_policy = templatefile("${path.module}/policies/trust-lambda.json.tftpl", {})
}

resource "aws_iam_role_policy" "function" {
  for_each = local.function_policies
  name     = each.key
  role     = aws_iam_role.function.id
  policy   = each.value
}

resource "aws_iam_role" "schedule" {
  name               = "PizzaScheduleRole"
  description        = "EventBridge Scheduler, to start the daily refresh"
  assume_role_policy = local.trust["scheduler"]
}

resource "aws_iam_role_policy" "schedule" {
  name   = "start"
  role   = aws_iam_role.schedule.id
  policy = templatefile("${path.module}/policies/schedule.json.tftpl", local.words)
}

# For people, attached to nobody yet: `pizza quicksight` and `pizza restore`.
resource "aws_iam_policy" "quicksight" {
  name        = "PizzaQuickSight"
  description = "What pizza quicksight plan, create, update, refresh and delete call"
  policy      = templatefile("${path.module}/policies/quicksight.json.tftpl", local.words)
}

resource "aws_iam_policy" "restore" {
  name        = "PizzaRestore"
  description = "What pizza on somebody's own machine calls, pizza restore included"
  policy      = templatefile("${path.module}/policies/restore.json.tftpl", local.words)
}
