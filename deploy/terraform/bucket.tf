# The bucket: the only resource with data that can't be recreated.
resource "aws_s3_bucket" "data" {
  bucket        = var.bucket
  force_destroy = var.destroy_data
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = templatefile("${path.module}/policies/bucket.json.tftpl", { bucket_arn = aws_s3_bucket.data.arn })

  depends_on = [aws_s3_bucket_public_access_block.data]
}

resource "aws_s3_bucket_lifecycle_configuration" "data" {
  bucket = aws_s3_bucket.data.id

  # how far back `pizza restore` reaches
  rule {
    id     = "end-old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.restore_days
    }
    expiration {
      expired_object_delete_marker = true
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 2
    }
  }

  # leftovers of killed writers (a live one renews its claim every minute), and Athena's query results
  dynamic "rule" {
    for_each = { claims = ".claims/", checks = ".check-", answers = "athena/results/" }
    content {
      id     = "end-${rule.key}"
      status = "Enabled"
      filter {
        prefix = rule.value
      }
      expiration {
        days = 1
      }
      noncurrent_version_expiration {
        noncurrent_days = 1
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.data]
}

# A queue for events about new order files in the bucket.
resource "aws_sqs_queue" "inbox" {
  count                      = local.has_inbox ? 1 : 0
  name                       = "pizza-inbox"
  sqs_managed_sse_enabled    = true
  message_retention_seconds  = 1209600
  visibility_timeout_seconds = 300
}

resource "aws_sqs_queue_policy" "inbox" {
  count     = local.has_inbox ? 1 : 0
  queue_url = aws_sqs_queue.inbox[0].id
  policy = templatefile("${path.module}/policies/inbox-queue.json.tftpl", {
    queue_arn  = aws_sqs_queue.inbox[0].arn
    bucket_arn = aws_s3_bucket.data.arn
    account    = local.account
  })
}

resource "aws_s3_bucket_notification" "inbox" {
  count  = local.has_inbox ? 1 : 0
  bucket = aws_s3_bucket.data.id
  queue {
    queue_arn     = aws_sqs_queue.inbox[0].arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = var.inbox_prefix
  }

  depends_on = [aws_sqs_queue_policy.inbox]
}
