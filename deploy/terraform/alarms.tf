# The meaning of each alarm, and what to do about it, is in docs/deployment.md.
resource "aws_sns_topic" "alerts" {
  name = "pizza-alerts"
}

resource "aws_sns_topic_policy" "alerts" {
  arn = aws_sns_topic.alerts.arn
  policy = templatefile("${path.module}/policies/alerts-topic.json.tftpl", {
    topic_arn = aws_sns_topic.alerts.arn
    account   = local.account
  })
}

resource "aws_sns_topic_subscription" "email" {
  count     = var.alert_email != "" ? 1 : 0
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

locals {
  function_alarms = {
    pizza-errors = {
      metric = "Errors", statistic = "Sum", threshold = 1
      words  = "A run on Lambda ended with an error"
    }
    pizza-duration = {
      metric = "Duration", statistic = "Maximum", threshold = 720000
      words  = "A run took more than 12 of the 15 minutes that Lambda allows"
    }
    pizza-throttles = {
      metric = "Throttles", statistic = "Sum", threshold = 1
      words  = "Lambda refused to start a run: too many at the same time"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "function" {
  for_each            = local.function_alarms
  alarm_name          = each.key
  alarm_description   = each.value.words
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = var.function_name }
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "failures" {
  alarm_name          = "pizza-failures"
  alarm_description   = "An event whose run failed is in the queue pizza-failures"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = aws_sqs_queue.failures.name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}

# The handler logs one JSON line when a daily refresh has succeeded. With Dagster's own schedule there is no such line;
# its daemon reports failed runs instead.
resource "aws_cloudwatch_log_metric_filter" "refreshed" {
  name           = "pizza-daily-refresh-succeeded"
  log_group_name = aws_cloudwatch_log_group.function.name
  pattern        = "\"pizza_daily_refresh_succeeded\""
  metric_transformation {
    name      = "DailyRefreshSucceeded"
    namespace = "Pizza"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "no_refresh" {
  count               = local.has_image && var.daily_refresh == "eventbridge" ? 1 : 0
  alarm_name          = "pizza-no-refresh"
  alarm_description   = "No daily refresh has succeeded for 26 hours"
  namespace           = "Pizza"
  metric_name         = aws_cloudwatch_log_metric_filter.refreshed.metric_transformation[0].name
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 3600
  evaluation_periods  = 26
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
  ok_actions          = [aws_sns_topic.alerts.arn]
}
