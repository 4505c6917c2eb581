# The daily refresh at 18:00 in the business time zone, unless Dagster's own schedule runs it.
resource "aws_scheduler_schedule" "daily_refresh" {
  count                        = local.has_image && var.daily_refresh == "eventbridge" ? 1 : 0
  name                         = "pizza-daily-refresh"
  description                  = "The running and the last finished match week, then the analysis"
  schedule_expression          = "cron(0 18 * * ? *)"
  schedule_expression_timezone = var.timezone
  state                        = "ENABLED"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_lambda_function.dashboard[0].arn
    role_arn = aws_iam_role.schedule.arn
    # Scheduler fills in the time; jsonencode would escape the angle brackets, which it does not recognise
    input = "{\"pizza\": \"daily_refresh\", \"scheduled_at\": \"<aws.scheduler.scheduled-time>\"}"
    retry_policy {
      maximum_retry_attempts       = 0
      maximum_event_age_in_seconds = 3600
    }
    dead_letter_config {
      arn = aws_sqs_queue.failures.arn
    }
  }
}
