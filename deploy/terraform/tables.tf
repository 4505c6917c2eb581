# Athena tables for the tables over all weeks. tables.json is generated from the models (`make docs`). Their objects lie in
# one folder, and Athena reads whole folders: so each table names its object in a list (a "symlink" file).
locals {
  tables = jsondecode(file("${path.module}/tables.json"))
}

resource "aws_glue_catalog_database" "pizza" {
  name        = "pizza"
  description = "The tables over all weeks of pizza_assets"
}

resource "aws_s3_object" "list" {
  for_each     = local.tables
  bucket       = aws_s3_bucket.data.id
  key          = "athena/tables/${each.key}/objects.txt"
  content      = "s3://${aws_s3_bucket.data.bucket}/${each.value.key}\n"
  content_type = "text/plain"

  depends_on = [aws_s3_bucket_versioning.data, aws_s3_bucket_server_side_encryption_configuration.data]
}

resource "aws_glue_catalog_table" "table" {
  for_each      = local.tables
  database_name = aws_glue_catalog_database.pizza.name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"
  parameters    = { EXTERNAL = "TRUE", classification = "parquet" }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.data.bucket}/athena/tables/${each.key}/"
    input_format  = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info {
      name                  = "parquet"
      serialization_library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    }
    dynamic "columns" {
      for_each = each.value.columns
      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

resource "aws_athena_workgroup" "pizza" {
  name          = "pizza"
  force_destroy = var.destroy_data
  configuration {
    enforce_workgroup_configuration = true
    bytes_scanned_cutoff_per_query  = 10 * 1024 * 1024 * 1024
    result_configuration {
      output_location = "s3://${aws_s3_bucket.data.bucket}/athena/results/"
      encryption_configuration {
        encryption_option = "SSE_S3"
      }
    }
  }
}
