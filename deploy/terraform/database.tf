# With servers only: Postgres for Dagster's runs and events. Its password comes from the environment of `terraform apply`
# and is stored in the secret and in the database, but never in the state or a plan.
resource "aws_secretsmanager_secret" "database_url" {
  count                   = local.server_count
  name                    = "pizza/database-url"
  description             = "Dagster's Postgres, with its password"
  recovery_window_in_days = var.destroy_data ? 0 : 7
}

resource "aws_secretsmanager_secret_version" "database_url" {
  count                    = local.server_count
  secret_id                = aws_secretsmanager_secret.database_url[0].id
  secret_string_wo_version = var.database_password_version
  secret_string_wo = format(
    "postgresql+psycopg2://%s:%s@%s/%s?sslmode=require", # checkov:skip=CKV_SECRET_4:placeholders
    aws_db_instance.dagster[0].username,
    var.database_password,
    aws_db_instance.dagster[0].endpoint,
    aws_db_instance.dagster[0].db_name,
  )
}

resource "aws_db_subnet_group" "dagster" {
  count      = local.server_count
  name       = "pizza-dagster"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_security_group" "database" {
  count       = local.server_count
  name        = "pizza-database"
  description = "Postgres, from function, webserver and daemon only"
  vpc_id      = aws_vpc.pizza[0].id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  count                        = local.server_count
  security_group_id            = aws_security_group.database[0].id
  description                  = "Postgres"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.processes[0].id
}

resource "aws_db_parameter_group" "dagster" {
  count  = local.server_count
  name   = "pizza-dagster"
  family = "postgres17"
  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
  parameter {
    name  = "log_min_duration_statement"
    value = "5000"
  }
}

resource "aws_db_instance" "dagster" {
  count                           = local.server_count
  identifier                      = "pizza-dagster"
  engine                          = "postgres"
  engine_version                  = "17"
  instance_class                  = "db.t4g.micro"
  allocated_storage               = 20
  max_allocated_storage           = 100
  storage_type                    = "gp3"
  storage_encrypted               = true
  db_name                         = "dagster"
  username                        = "dagster"
  password_wo                     = var.database_password
  password_wo_version             = var.database_password_version
  db_subnet_group_name            = aws_db_subnet_group.dagster[0].name
  vpc_security_group_ids          = [aws_security_group.database[0].id]
  parameter_group_name            = aws_db_parameter_group.dagster[0].name
  publicly_accessible             = false
  auto_minor_version_upgrade      = true
  copy_tags_to_snapshot           = true
  backup_retention_period         = 7
  enabled_cloudwatch_logs_exports = ["postgresql"]
  deletion_protection             = !var.destroy_data
  skip_final_snapshot             = var.destroy_data
  final_snapshot_identifier       = "pizza-dagster-last"

  depends_on = [aws_cloudwatch_log_group.database]
}

resource "aws_cloudwatch_log_group" "database" {
  count             = local.server_count
  name              = "/aws/rds/instance/pizza-dagster/postgresql"
  retention_in_days = var.log_days
}

resource "aws_cloudwatch_metric_alarm" "database_space" {
  count               = local.server_count
  alarm_name          = "pizza-database-space"
  alarm_description   = "Less than 2 GB are free in Dagster's database"
  namespace           = "AWS/RDS"
  metric_name         = "FreeStorageSpace"
  dimensions          = { DBInstanceIdentifier = aws_db_instance.dagster[0].identifier }
  statistic           = "Minimum"
  comparison_operator = "LessThanThreshold"
  threshold           = 2000000000
  period              = 300
  evaluation_periods  = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alerts.arn]
}
