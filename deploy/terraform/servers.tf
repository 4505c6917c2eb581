# With servers only: Dagster's webserver and daemon on Fargate. The webserver listens on loopback, unless it is behind a
# load balancer that signs users in (web_access.tf).
locals {
  database_policy = var.servers ? templatefile(
    "${path.module}/policies/database.json.tftpl", { secret_arn = aws_secretsmanager_secret.database_url[0].arn }
  ) : ""

  web_policies = var.servers ? {
    storage  = templatefile("${path.module}/policies/storage-read.json.tftpl", local.words)
    keys     = templatefile("${path.module}/policies/keys.json.tftpl", local.words)
    database = local.database_policy
    tunnel   = templatefile("${path.module}/policies/remote-shell.json.tftpl", {})
  } : {}

  daemon_policies = var.servers ? merge(
    {
      storage  = templatefile("${path.module}/policies/storage.json.tftpl", local.words)
      alerts   = templatefile("${path.module}/policies/alerts.json.tftpl", local.words)
      keys     = templatefile("${path.module}/policies/keys.json.tftpl", local.words)
      launch   = templatefile("${path.module}/policies/launch.json.tftpl", local.words)
      database = local.database_policy
    },
    local.has_inbox ? { inbox = local.inbox_policy } : {},
  ) : {}

  web_host = var.webserver_access != null ? "0.0.0.0" : "127.0.0.1"
  server_environment = [
    for name, value in merge(local.settings, { DAGSTER_HOME = "/opt/pizza/servers", AWS_DEFAULT_REGION = var.region }) :
    { name = name, value = value }
  ]
  logs = {
    for server in ["web", "daemon"] : server => {
      logDriver = "awslogs"
      options = {
        awslogs-group         = "/pizza/servers"
        awslogs-region        = var.region
        awslogs-stream-prefix = server
      }
    }
  }
}

resource "aws_iam_role" "web" {
  count              = local.server_count
  name               = "PizzaWebRole"
  description        = "Dagster's webserver: reads the bucket, changes nothing in it"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "web" {
  for_each = local.web_policies
  name     = each.key
  role     = aws_iam_role.web[0].id
  policy   = each.value
}

resource "aws_iam_role" "daemon" {
  count              = local.server_count
  name               = "PizzaDaemonRole"
  description        = "Dagster's daemon: sends runs to Lambda, or executes them"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "daemon" {
  for_each = local.daemon_policies
  name     = each.key
  role     = aws_iam_role.daemon[0].id
  policy   = each.value
}

resource "aws_iam_role" "task_execution" {
  count              = local.server_count
  name               = "PizzaTaskExecutionRole"
  description        = "ECS itself: pulls the image, writes logs"
  assume_role_policy = local.trust["ecs-tasks"]
}

resource "aws_iam_role_policy" "task_execution" {
  count = local.server_count
  name  = "start"
  role  = aws_iam_role.task_execution[0].id
  policy = templatefile("${path.module}/policies/task-execution.json.tftpl", merge(
    local.words, { server_logs_arn = aws_cloudwatch_log_group.servers[0].arn }
  ))
}

resource "aws_cloudwatch_log_group" "servers" {
  count             = local.server_count
  name              = "/pizza/servers"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "pizza" {
  count = local.server_count
  name  = "pizza"
  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_task_definition" "web" {
  count                    = var.servers && local.has_image ? 1 : 0
  family                   = "pizza-web"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 2048
  execution_role_arn       = aws_iam_role.task_execution[0].arn
  task_role_arn            = aws_iam_role.web[0].arn
  container_definitions = jsonencode([{
    name             = "web"
    image            = local.image
    command          = ["dagster-webserver", "-h", local.web_host, "-p", "3000", "-w", "/opt/pizza/workspace.yaml"]
    environment      = local.server_environment
    essential        = true
    portMappings     = var.webserver_access != null ? [{ containerPort = 3000, hostPort = 3000, protocol = "tcp" }] : []
    logConfiguration = local.logs.web
    linuxParameters  = { initProcessEnabled = true }
  }])
}

resource "aws_ecs_task_definition" "daemon" {
  count                    = var.servers && local.has_image ? 1 : 0
  family                   = "pizza-daemon"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 4096
  execution_role_arn       = aws_iam_role.task_execution[0].arn
  task_role_arn            = aws_iam_role.daemon[0].arn
  container_definitions = jsonencode([{
    name             = "daemon"
    image            = local.image
    command          = ["dagster-daemon", "run", "-w", "/opt/pizza/workspace.yaml"]
    environment      = local.server_environment
    essential        = true
    portMappings     = []
    logConfiguration = local.logs.daemon
    linuxParameters  = { initProcessEnabled = true }
  }])
}

resource "aws_ecs_service" "web" {
  count                  = var.servers && local.has_image ? 1 : 0
  name                   = "pizza-web"
  cluster                = aws_ecs_cluster.pizza[0].id
  task_definition        = aws_ecs_task_definition.web[0].arn
  launch_type            = "FARGATE"
  desired_count          = 1
  enable_execute_command = true
  network_configuration {
    subnets          = aws_subnet.private[*].id
    security_groups  = concat([aws_security_group.processes[0].id], aws_security_group.web[*].id)
    assign_public_ip = false
  }
  dynamic "load_balancer" {
    for_each = aws_lb_target_group.web
    content {
      target_group_arn = load_balancer.value.arn
      container_name   = "web"
      container_port   = 3000
    }
  }

  depends_on = [aws_iam_role_policy.web, aws_iam_role_policy.task_execution, aws_lb_listener.web, aws_secretsmanager_secret_version.database_url]
}

# Never two daemons: a new one starts only after the old one has stopped.
resource "aws_ecs_service" "daemon" {
  count                              = var.servers && local.has_image ? 1 : 0
  name                               = "pizza-daemon"
  cluster                            = aws_ecs_cluster.pizza[0].id
  task_definition                    = aws_ecs_task_definition.daemon[0].arn
  launch_type                        = "FARGATE"
  desired_count                      = 1
  deployment_minimum_healthy_percent = 0
  deployment_maximum_percent         = 100
  network_configuration {
    subnets          = aws_subnet.private[*].id
    security_groups  = [aws_security_group.processes[0].id]
    assign_public_ip = false
  }

  depends_on = [aws_iam_role_policy.daemon, aws_iam_role_policy.task_execution, aws_secretsmanager_secret_version.database_url]
}
