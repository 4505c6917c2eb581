# Athena tables for the weekly tables, a folder per week. weekly_tables.json is generated from the models (`make docs`).
# Partitions are projected: Athena computes the folders of all match weeks (Tuesdays), so none has to be registered. Facts
# lie in the same folders; Athena skips them, because their names begin with an underscore.
locals {
  weekly_tables        = jsondecode(file("${path.module}/weekly_tables.json"))
  first_projected_week = "2010-01-05"
}

resource "aws_glue_catalog_table" "weekly" {
  for_each      = local.weekly_tables
  database_name = aws_glue_catalog_database.pizza.name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"
  parameters = merge(
    {
      EXTERNAL                        = "TRUE"
      classification                  = "parquet"
      "projection.enabled"            = "true"
      "projection.week.type"          = "date"
      "projection.week.format"        = "yyyy-MM-dd"
      "projection.week.range"         = "${local.first_projected_week},NOW"
      "projection.week.interval"      = "7"
      "projection.week.interval.unit" = "DAYS"
      "storage.location.template" = join("/", concat(
        ["s3://${aws_s3_bucket.data.bucket}/${each.value.folder}"],
        length(each.value.labels) > 0 ? ["$${label}"] : [],
        ["week=$${week}/"],
      ))
    },
    length(each.value.labels) > 0 ? {
      "projection.label.type"   = "enum"
      "projection.label.values" = join(",", each.value.labels)
    } : {},
  )
  dynamic "partition_keys" {
    for_each = length(each.value.labels) > 0 ? ["label", "week"] : ["week"]
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
