# What is planned without servers. Nothing is asked of AWS: the provider is mocked.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  region = "eu-west-2"
  bucket = "pizza-test"
}

run "before_the_first_image" {
  command = plan

  assert {
    condition     = length(aws_lambda_function.dashboard) == 0 && length(aws_scheduler_schedule.daily_refresh) == 0
    error_message = "Without an image there can be no function and no schedule."
  }
  assert {
    condition     = aws_s3_bucket.data.force_destroy == false && aws_ecr_repository.pizza.force_delete == false
    error_message = "Data must not go unless destroy_data says so."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.data.block_public_acls,
      aws_s3_bucket_public_access_block.data.block_public_policy,
      aws_s3_bucket_public_access_block.data.ignore_public_acls,
      aws_s3_bucket_public_access_block.data.restrict_public_buckets,
    ])
    error_message = "The bucket must be closed to the public."
  }
  assert {
    condition     = length(aws_vpc.pizza) + length(aws_db_instance.dagster) + length(aws_nat_gateway.out) + length(aws_lb.web) == 0
    error_message = "Serverless needs no network, database or load balancer."
  }
}

run "with_an_image" {
  command = plan
  variables {
    image_tag = "1"
  }

  assert {
    condition     = aws_lambda_function.dashboard[0].timeout == 900 && aws_lambda_function.dashboard[0].function_name == "pizza-game-dashboard"
    error_message = "The function has 15 minutes."
  }
  assert {
    condition     = aws_lambda_function_event_invoke_config.dashboard[0].maximum_retry_attempts == 0
    error_message = "Lambda must not start a run a second time."
  }
  assert {
    condition     = aws_scheduler_schedule.daily_refresh[0].schedule_expression_timezone == "Europe/London"
    error_message = "18:00 is in the business zone."
  }
  assert {
    condition     = aws_scheduler_schedule.daily_refresh[0].target[0].retry_policy[0].maximum_retry_attempts == 0
    error_message = "The scheduler must not start a run a second time."
  }
  assert {
    condition     = strcontains(aws_scheduler_schedule.daily_refresh[0].target[0].input, "\"<aws.scheduler.scheduled-time>\"") && jsondecode(aws_scheduler_schedule.daily_refresh[0].target[0].input).pizza == "daily_refresh"
    error_message = "The handler knows this event, and two deliveries of it by its moment."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.no_refresh[0].period * aws_cloudwatch_metric_alarm.no_refresh[0].evaluation_periods == 26 * 3600
    error_message = "26 hours without a success are an alarm."
  }
}

run "dagster_owns_the_hour" {
  command = plan
  variables {
    image_tag     = "1"
    daily_refresh = "dagster"
  }

  assert {
    condition     = length(aws_scheduler_schedule.daily_refresh) == 0 && length(aws_cloudwatch_metric_alarm.no_refresh) == 0
    error_message = "Exactly one may own 18:00."
  }
}

run "keys_are_refused_among_settings" {
  command = plan
  variables {
    settings = { PIZZA_FOOTBALL_DATA_KEY = "anything" }
  }
  expect_failures = [var.settings]
}

run "an_unknown_owner_of_the_hour_is_refused" {
  command = plan
  variables {
    daily_refresh = "cron"
  }
  expect_failures = [var.daily_refresh]
}
