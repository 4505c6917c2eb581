"""What QuickSight needs beside the extracts: one manifest per data set, and a dictionary of every column.

Writing the files and the QuickSight definition itself do not belong here.
"""

import json
from collections.abc import Mapping
from itertools import permutations

from pizza_assets.models.extracts import EXTRACTS

_CSV_SETTINGS = {"format": "CSV", "delimiter": ",", "textqualifier": '"', "containsHeader": "true"}


def quicksight_manifest(uri_prefixes: Mapping[str, str]) -> dict[str, bytes]:
    """One manifest per table: `<table>.manifest.json` to its JSON bytes.

    `uri_prefixes` maps a table name to the URI prefix under which only that table's files lie; a manifest may hold
    only files of equal columns, so a prefix that takes in another table's raises ValueError.
    """
    for (table, prefix), (other, covered) in permutations(uri_prefixes.items(), 2):
        if covered.startswith(prefix):
            raise ValueError(
                f"{table}: the prefix {prefix!r} also holds {other} ({covered!r}); give each table its own"
            )
    return {f"{table}.manifest.json": _json_bytes(_manifest(prefix)) for table, prefix in sorted(uri_prefixes.items())}


def data_dictionary() -> list[dict[str, object]]:
    """Every extract with its meaning, key and columns (name, type, nullable, description), from the models."""
    return [
        {
            "table": model.table_name(),
            "description": (model.__doc__ or "").strip(),
            "key": list(model.key()),
            "schema_version": model.schema_version(),
            "columns": [
                {"name": c.name, "type": _type_in_words(c.dtype), "nullable": c.nullable, "description": c.description}
                for c in model.columns()
            ],
        }
        for model in EXTRACTS
    ]


def data_dictionary_json() -> bytes:
    """`data_dictionary()` as the JSON file that lies beside the manifests."""
    return _json_bytes(data_dictionary())


def _manifest(uri_prefix: str) -> dict[str, object]:
    return {"fileLocations": [{"URIPrefixes": [uri_prefix]}], "globalUploadSettings": _CSV_SETTINGS}


def _type_in_words(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "timestamp (UTC)"
    if dtype.startswith("str"):
        return "text"
    return {"int64": "integer", "Int64": "integer", "float64": "number"}.get(dtype, "boolean")


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
