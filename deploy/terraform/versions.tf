# Write-only arguments (secrets that never reach the state) need Terraform 1.11. State is local until a backend is named:
# see docs/deployment.md.
terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
  default_tags {
    tags = { project = "pizza_assets" }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
