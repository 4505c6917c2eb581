output "bucket" {
  description = "Where all tables are stored."
  value       = aws_s3_bucket.data.bucket
}

output "repository_url" {
  description = "Where to push the image."
  value       = aws_ecr_repository.pizza.repository_url
}

output "function_name" {
  description = "The Lambda function, once there is an image."
  value       = one(aws_lambda_function.dashboard[*].function_name)
}

output "alert_topic_arn" {
  description = "Where alarms are sent."
  value       = aws_sns_topic.alerts.arn
}

output "key_parameters" {
  description = "Parameters for the sources' keys; their values are set by hand."
  value       = { for name, key in aws_ssm_parameter.key : name => key.name }
}

output "policies_for_people" {
  description = "Attach these to users who run `pizza quicksight` or `pizza restore`."
  value       = { quicksight = aws_iam_policy.quicksight.arn, restore = aws_iam_policy.restore.arn }
}

output "webserver" {
  description = "With servers: how to reach Dagster."
  value = !var.servers || !local.has_image ? null : (
    var.webserver_access != null
    ? "https:// with the name of your certificate, which must point to ${aws_lb.web[0].dns_name}"
    : "a tunnel to port 3000 of the service pizza-web: docs/deployment.md, The Dagster UI"
  )
}

output "next" {
  description = "The next steps."
  value = !local.has_image ? join("\n", [
    "1. Build and push the image:",
    "   aws ecr get-login-password --region ${var.region} | docker login --username AWS --password-stdin ${split("/", aws_ecr_repository.pizza.repository_url)[0]}",
    "   docker build -f deploy/Dockerfile -t ${aws_ecr_repository.pizza.repository_url}:TAG . && docker push ${aws_ecr_repository.pizza.repository_url}:TAG",
    "2. terraform apply again with image_tag = \"TAG\".",
    ]) : join("\n", concat(
    [
      "1. Set the keys that your sources need: aws ssm put-parameter --region ${var.region} --type SecureString --overwrite --name /pizza/football-data-key --value ...",
      "2. Try it: aws lambda invoke --region ${var.region} --function-name ${var.function_name} --invocation-type Event --cli-binary-format raw-in-base64-out --payload '{\"pizza\": \"daily_refresh\"}' /dev/stdout",
      "   and follow it: aws logs tail --region ${var.region} --follow /aws/lambda/${var.function_name}",
    ],
    var.alert_email == "" ? ["3. Subscribe somebody to ${aws_sns_topic.alerts.arn}, or set alert_email."] : ["3. Confirm the subscription in the mail to ${var.alert_email}."],
    var.quicksight_owner_arn == "" ? ["4. Sign up for QuickSight, let it read ${var.bucket}, set quicksight_owner_arn, then pizza quicksight create."] : ["4. pizza quicksight create"],
  ))
}
