"""Writes Athena's definitions of tables over all weeks, and of weekly ones, to deploy/terraform: `make docs`."""

import json
from collections import Counter
from pathlib import Path

from pizza_assets.models import TABLES
from pizza_assets.models.table import Table
from pizza_assets.storage.layout import PLACES, whole_key

ATHENA_TABLES = Path(__file__).parents[2] / "deploy" / "terraform" / "tables.json"
WEEKLY_TABLES = ATHENA_TABLES.with_name("weekly_tables.json")
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


def weekly_tables() -> str:
    """The JSON document: for each weekly table with folders of its own their prefix, its labels and its columns.

    raw_matches and raw_match_events share their folders, and Athena reads whole folders.
    """
    weekly = {asset: place for asset, place in PLACES.items() if place.weekly and place.table == asset}
    sharing = Counter(place.prefix for place in weekly.values())
    found = {
        asset: {
            "folder": place.prefix,
            "labels": list(place.labels),
            "description": _in_one_line(TABLES[asset].__doc__ or ""),
            "columns": _columns(TABLES[asset]),
        }
        for asset, place in sorted(weekly.items())
        if sharing[place.prefix] == 1
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
