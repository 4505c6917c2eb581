"""What QuickSight needs beside the extracts: one manifest per data set, and a dictionary of every column.

Writing the files and the QuickSight definition itself do not belong here.
"""

import json
from collections.abc import Mapping

from pizza_assets.models.extracts import EXTRACTS

_CSV_SETTINGS = {"format": "CSV", "delimiter": ",", "textqualifier": '"', "containsHeader": "true"}


def manifest_name(table: str) -> str:
    """The file name of a table's manifest."""
    return f"{table}.manifest.json"


def quicksight_manifest(uris: Mapping[str, str]) -> dict[str, bytes]:
    """One manifest per table: `<table>.manifest.json` to its JSON bytes.

    `uris` maps a table name to the URI of the one CSV object that holds it. Files are named one by one (`URIs`), not
    by prefix: beside each lies an object of facts that is no CSV. Two tables in one file, and a folder, raise
    ValueError, because a data set takes only files of equal columns.
    """
    tables: dict[str, str] = {}
    for table, uri in uris.items():
        if uri.endswith("/"):
            raise ValueError(f"{table}: {uri!r} is a folder; a manifest names the table's one file")
        if uri in tables:
            raise ValueError(f"{table}: {uri!r} already holds {tables[uri]}; give each table its own file")
        tables[uri] = table
    return {manifest_name(table): _json_bytes(_manifest(uri)) for table, uri in sorted(uris.items())}


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


def _manifest(uri: str) -> dict[str, object]:
    return {"fileLocations": [{"URIs": [uri]}], "globalUploadSettings": _CSV_SETTINGS}


def _type_in_words(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "timestamp (UTC)"
    if dtype.startswith("str"):
        return "text"
    return {"int64": "integer", "Int64": "integer", "float64": "number"}.get(dtype, "boolean")


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
