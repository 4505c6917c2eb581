# The Lambda function: runs from Dagster's launcher, and the daily refresh.
resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/${var.function_name}"
  retention_in_days = var.log_days
}

resource "aws_lambda_function" "dashboard" {
  count         = local.has_image ? 1 : 0
  function_name = var.function_name
  description   = "Collects the running match week, analyses all weeks, publishes the page and extracts"
  role          = aws_iam_role.function.arn
  package_type  = "Image"
  image_uri     = local.image
  architectures = ["x86_64"]
  timeout       = 900
  memory_size   = var.memory_mb

  reserved_concurrent_executions = var.parallel_runs

  image_config {
    command = ["python", "-m", "awslambdaric", "pizza_assets.lambda_runs.handler.handle"]
  }
  ephemeral_storage {
    size = var.temporary_mb
  }
  environment {
    variables = merge(local.settings, { DAGSTER_HOME = "/opt/pizza/lambda" })
  }
  dynamic "vpc_config" {
    for_each = var.servers ? [1] : []
    content {
      subnet_ids         = aws_subnet.private[*].id
      security_group_ids = [aws_security_group.processes[0].id]
    }
  }

  depends_on = [aws_cloudwatch_log_group.function, aws_iam_role_policy.function]
}

# An event is delivered at least once, and never retried here. Failed events are kept with their error.
resource "aws_lambda_function_event_invoke_config" "dashboard" {
  count                        = local.has_image ? 1 : 0
  function_name                = aws_lambda_function.dashboard[0].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 3600
  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures.arn
    }
  }
}

resource "aws_sqs_queue" "failures" {
  name                      = "pizza-failures"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}
