"""What QuickSight needs besides the extracts: one manifest per data set, and a data dictionary.

Neither writing the files nor the definition of the dashboard belongs here.
"""

import json
from collections.abc import Mapping

from pizza_assets.models.extracts import EXTRACTS

_CSV_SETTINGS = {"format": "CSV", "delimiter": ",", "textqualifier": '"', "containsHeader": "true"}


def manifest_name(table: str) -> str:
    """The file name of a table's manifest."""
    return f"{table}.manifest.json"


def quicksight_manifest(uris: Mapping[str, str]) -> dict[str, bytes]:
    """The JSON bytes of one manifest per table, by file name.

    `uris` maps each table name to the URI of its one CSV object. Manifests list files (`URIs`), not a prefix, because a
    facts object that is not CSV is stored beside each. A folder, or one file for two tables, raises ValueError: a data
    set takes only files with the same columns.
    """
    tables: dict[str, str] = {}
    for table, uri in uris.items():
        if uri.endswith("/"):
            raise ValueError(f"{table}: {uri!r} is a folder; a manifest names the table's one file")
        if uri in tables:
            raise ValueError(f"{table}: {uri!r} already holds {tables[uri]}; give each table its own file")
        tables[uri] = table
    return {
        manifest_name(table): _json_bytes({"fileLocations": [{"URIs": [uri]}], "globalUploadSettings": _CSV_SETTINGS})
        for table, uri in sorted(uris.items())
    }


def data_dictionary() -> list[dict[str, object]]:
    """Every extract with its description, key and columns, from the models."""
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
    """`data_dictionary()` as the JSON file stored beside the manifests."""
    return _json_bytes(data_dictionary())


def _type_in_words(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "timestamp (UTC)"
    if dtype.startswith("str"):
        return "text"
    return {"int64": "integer", "Int64": "integer", "float64": "number"}.get(dtype, "boolean")


def _json_bytes(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
