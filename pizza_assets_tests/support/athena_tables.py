"""Writes deploy/terraform/tables.json, Athena's definitions of the tables over all weeks: `make docs`."""

import json
from pathlib import Path

from pizza_assets.models import TABLES
from pizza_assets.models.table import Table
from pizza_assets.storage.layout import PLACES, whole_key

ATHENA_TABLES = Path(__file__).parents[2] / "deploy" / "terraform" / "tables.json"
COMMENT_LENGTH = 255
"""The longest comment that Glue accepts for a column."""

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


def _columns(table: type[Table]) -> list[dict[str, str]]:
    types = {field.name: str(field.type) for field in table.arrow_schema()}
    return [
        {"name": column.name, "type": _TYPES[types[column.name]], "comment": _in_one_line(column.description)}
        for column in table.columns()
    ]


def _in_one_line(text: str) -> str:
    return " ".join(text.split())[:COMMENT_LENGTH]
