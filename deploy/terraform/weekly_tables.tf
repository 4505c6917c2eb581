# Athena tables for the weekly tables, a folder per week. weekly_tables.json is generated from the models (`make docs`).
# Partitions are projected: Athena computes the folders of all match weeks (Tuesdays), so none has to be registered. Facts
# lie in the same folders; Athena skips them, because their names begin with an underscore.
locals {
  weekly_tables = jsondecode(file("${path.module}/weekly_tables.json"))
}

resource "aws_glue_catalog_table" "weekly" {
  for_each      = local.weekly_tables
  database_name = aws_glue_catalog_database.pizza.name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    for name, value in each.value.parameters : name => replace(value, "{bucket}", aws_s3_bucket.data.bucket)
  }
  dynamic "partition_keys" {
    for_each = each.value.partition_keys
    content {
      name = partition_keys.value
      type = "string"
    }
  }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.data.bucket}/${each.value.folder}/"
    input_format  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
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
