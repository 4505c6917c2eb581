# One image for the function and the servers.
resource "aws_ecr_repository" "pizza" {
  name                 = "pizza"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.destroy_data
  image_scanning_configuration {
    scan_on_push = true
  }
  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "pizza" {
  repository = aws_ecr_repository.pizza.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "the last five images, to go back to"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }
      action       = { type = "expire" }
    }]
  })
}
