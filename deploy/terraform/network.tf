# With servers only: two private subnets, a NAT gateway for calls to the APIs, and S3 access that bypasses it.
locals {
  server_count = var.servers ? 1 : 0
  zone_count   = var.servers ? 2 : 0
}

data "aws_availability_zones" "here" {
  state = "available"
}

resource "aws_vpc" "pizza" {
  count                = local.server_count
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true
  tags                 = { Name = "pizza" }
}

# anything without a security group of its own can reach nothing
resource "aws_default_security_group" "closed" {
  count  = local.server_count
  vpc_id = aws_vpc.pizza[0].id
}

resource "aws_subnet" "private" {
  count             = local.zone_count
  vpc_id            = aws_vpc.pizza[0].id
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
  tags              = { Name = "pizza-private-${count.index}" }
}

resource "aws_subnet" "public" {
  count             = local.zone_count
  vpc_id            = aws_vpc.pizza[0].id
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, 8 + count.index)
  availability_zone = data.aws_availability_zones.here.names[count.index]
  tags              = { Name = "pizza-public-${count.index}" }
}

resource "aws_internet_gateway" "out" {
  count  = local.server_count
  vpc_id = aws_vpc.pizza[0].id
}

resource "aws_eip" "out" {
  count  = local.server_count
  domain = "vpc"
}

resource "aws_nat_gateway" "out" {
  count         = local.server_count
  allocation_id = aws_eip.out[0].id
  subnet_id     = aws_subnet.public[0].id

  depends_on = [aws_internet_gateway.out]
}

resource "aws_route_table" "public" {
  count  = local.server_count
  vpc_id = aws_vpc.pizza[0].id
}

resource "aws_route" "public" {
  count                  = local.server_count
  route_table_id         = aws_route_table.public[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.out[0].id
}

resource "aws_route_table_association" "public" {
  count          = local.zone_count
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public[0].id
}

resource "aws_route_table" "private" {
  count  = local.server_count
  vpc_id = aws_vpc.pizza[0].id
}

resource "aws_route" "private" {
  count                  = local.server_count
  route_table_id         = aws_route_table.private[0].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.out[0].id
}

resource "aws_route_table_association" "private" {
  count          = local.zone_count
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[0].id
}

resource "aws_vpc_endpoint" "s3" {
  count             = local.server_count
  vpc_id            = aws_vpc.pizza[0].id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private[0].id]
}

# Function, webserver and daemon: outbound only. HTTPS to anywhere, Postgres to the database.
resource "aws_security_group" "processes" {
  count       = local.server_count
  name        = "pizza-processes"
  description = "Function, webserver and daemon"
  vpc_id      = aws_vpc.pizza[0].id
}

resource "aws_vpc_security_group_egress_rule" "https" {
  count             = local.server_count
  security_group_id = aws_security_group.processes[0].id
  description       = "AWS and the APIs of the sources"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "database" {
  count                        = local.server_count
  security_group_id            = aws_security_group.processes[0].id
  description                  = "Postgres"
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  referenced_security_group_id = aws_security_group.database[0].id
}
