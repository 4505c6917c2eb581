# With servers and `webserver_access` only: a load balancer that admits only users signed in with Cognito. It listens on
# 443, which requires the sign-in, and on 80, which redirects to 443.
locals {
  access_count = var.servers && var.webserver_access != null ? 1 : 0
}

resource "aws_lb" "web" {
  count                      = local.access_count
  name                       = "pizza-web"
  load_balancer_type         = "application"
  internal                   = false
  drop_invalid_header_fields = true
  enable_deletion_protection = !var.destroy_data
  subnets                    = aws_subnet.public[*].id
  security_groups            = [aws_security_group.balancer[0].id]
}

resource "aws_lb_target_group" "web" {
  count       = local.access_count
  name        = "pizza-web"
  port        = 3000
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.pizza[0].id
  health_check {
    path    = "/server_info"
    matcher = "200"
  }
}

resource "aws_lb_listener" "web" {
  count             = local.access_count
  load_balancer_arn = aws_lb.web[0].arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.webserver_access.certificate_arn
  default_action {
    order = 1
    type  = "authenticate-cognito"
    authenticate_cognito {
      user_pool_arn              = var.webserver_access.user_pool_arn
      user_pool_client_id        = var.webserver_access.user_pool_client
      user_pool_domain           = var.webserver_access.user_pool_domain
      on_unauthenticated_request = "authenticate"
      session_timeout            = 28800
    }
  }
  default_action {
    order            = 2
    type             = "forward"
    target_group_arn = aws_lb_target_group.web[0].arn
  }
}

resource "aws_lb_listener" "to_https" {
  count             = local.access_count
  load_balancer_arn = aws_lb.web[0].arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_security_group" "balancer" {
  count       = local.access_count
  name        = "pizza-balancer"
  description = "The load balancer, from the allowed addresses"
  vpc_id      = aws_vpc.pizza[0].id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  for_each = local.access_count == 0 ? {} : {
    for door in setproduct(var.webserver_access.allowed_cidrs, [80, 443]) : "${door[0]}:${door[1]}" => door
  }
  security_group_id = aws_security_group.balancer[0].id
  description       = "Users, who must then sign in"
  ip_protocol       = "tcp"
  from_port         = each.value[1]
  to_port           = each.value[1]
  cidr_ipv4         = each.value[0]
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_web" {
  count                        = local.access_count
  security_group_id            = aws_security_group.balancer[0].id
  description                  = "The webserver"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.web[0].id
}

resource "aws_vpc_security_group_egress_rule" "balancer_to_cognito" {
  count             = local.access_count
  security_group_id = aws_security_group.balancer[0].id
  description       = "Cognito, to verify the sign-in"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_security_group" "web" {
  count       = local.access_count
  name        = "pizza-web"
  description = "The webserver, from the load balancer only"
  vpc_id      = aws_vpc.pizza[0].id
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  count                        = local.access_count
  security_group_id            = aws_security_group.web[0].id
  description                  = "The load balancer"
  ip_protocol                  = "tcp"
  from_port                    = 3000
  to_port                      = 3000
  referenced_security_group_id = aws_security_group.balancer[0].id
}
