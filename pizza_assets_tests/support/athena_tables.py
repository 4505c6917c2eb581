"""Writes Athena's definitions of tables over all weeks, and of weekly ones, to deploy: `make docs`.

For Terraform as JSON, and weekly tables also as statements, for those who use Athena without Terraform.
"""

import json
from pathlib import Path
from typing import Any

from pizza_assets.models import TABLES
from pizza_assets.models.place import Place
from pizza_assets.models.table import Table
from pizza_assets.storage.layout import PLACES, whole_key

ATHENA_TABLES = Path(__file__).parents[2] / "deploy" / "terraform" / "tables.json"
WEEKLY_TABLES = ATHENA_TABLES.with_name("weekly_tables.json")
WEEKLY_STATEMENTS = ATHENA_TABLES.parents[1] / "athena" / "weekly_tables.sql"
COMMENT_LENGTH = 255
"""The longest comment that Glue accepts for a column."""
FIRST_PROJECTED_WEEK = "2010-01-05"
BUCKET = "my-bucket"
"""The bucket in the statements."""

_TYPES = {
    "string": "string",
    "int64": "bigint",
    "int32": "int",
    "double": "double",
    "bool": "boolean",
    "timestamp[us, tz=UTC]": "timestamp",
}


def athena_tables() -> str:
    """The JSON document: for each table its object, the meaning of a row, and its columns with Athena's types."""
    found = {
        asset: {
            "key": whole_key(asset),
            "description": _in_one_line(TABLES[place.table].__doc__ or ""),
            "columns": _columns(TABLES[place.table]),
        }
        for asset, place in sorted(PLACES.items())
        if not place.weekly and place.suffix == "parquet"
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def weekly_tables() -> str:
    """The JSON document: for each weekly table its folder, partitions, projection and columns. `{bucket}` is a name."""
    return json.dumps(_weekly(), indent=1, ensure_ascii=False) + "\n"


def weekly_statements() -> str:
    """The same tables as statements for Athena."""
    head = [
        f"-- The weekly tables for Athena, without Terraform: replace {BUCKET} by your bucket (with the prefix, if",
        "-- PIZZA_STORAGE has one), and run the statements one by one. Made from the models by `make docs`.",
        "CREATE DATABASE IF NOT EXISTS pizza;",
    ]
    return "\n\n".join(["\n".join(head), *(_statement(asset, table) for asset, table in _weekly().items())]) + "\n"


def _weekly() -> dict[str, dict[str, Any]]:
    return {
        asset: {
            "folder": place.weeks_prefix,
            "description": _in_one_line(TABLES[asset].__doc__ or ""),
            "partition_keys": ["label", "week"] if place.labels else ["week"],
            "parameters": _projection(place),
            "columns": _columns(TABLES[asset]),
        }
        for asset, place in sorted(PLACES.items())
        if place.weekly and place.table == asset
    }


def _projection(place: Place) -> dict[str, str]:
    """Athena computes the folders of all weeks: it counts in steps from the first date, the Tuesday of a match week."""
    labels = {"projection.label.type": "enum", "projection.label.values": ",".join(place.labels)}
    folders = ["s3://{bucket}", place.weeks_prefix, *(["${label}"] if place.labels else []), "week=${week}/"]
    return {
        "EXTERNAL": "TRUE",
        "classification": "parquet",
        "projection.enabled": "true",
        **(labels if place.labels else {}),
        "projection.week.type": "date",
        "projection.week.format": "yyyy-MM-dd",
        "projection.week.range": f"{FIRST_PROJECTED_WEEK},NOW",
        "projection.week.interval": "7",
        "projection.week.interval.unit": "DAYS",
        "storage.location.template": "/".join(folders),
    }


def _statement(asset: str, table: dict[str, Any]) -> str:
    columns = [f"  `{one['name']}` {one['type']} COMMENT {_quoted(one['comment'])}" for one in table["columns"]]
    partitions = ", ".join(f"`{name}` string" for name in table["partition_keys"])
    given = {name: value for name, value in table["parameters"].items() if name != "EXTERNAL"}
    properties = [f"  '{name}' = '{value.replace('{bucket}', BUCKET)}'" for name, value in given.items()]
    lines = [
        f"CREATE EXTERNAL TABLE IF NOT EXISTS pizza.{asset} (",
        ",\n".join(columns),
        ")",
        f"COMMENT {_quoted(table['description'])}",
        f"PARTITIONED BY ({partitions})",
        "STORED AS PARQUET",
        f"LOCATION 's3://{BUCKET}/{table['folder']}/'",
        "TBLPROPERTIES (",
        ",\n".join(properties),
        ");",
    ]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _columns(table: type[Table]) -> list[dict[str, str]]:
    types = {field.name: str(field.type) for field in table.arrow_schema()}
    return [
        {"name": column.name, "type": _TYPES[types[column.name]], "comment": _in_one_line(column.description)}
        for column in table.columns()
    ]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())[:COMMENT_LENGTH]
