"""Writes a mapping as the text of a TOML file, with notes as comments."""

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def mapping_text(document: Mapping[str, Any], notes: Mapping[str, str]) -> str:
    """`document` as TOML: simple keys first, then its tables. notes: comments by dotted key."""
    simple = {key: value for key, value in document.items() if not _is_table(key, value)}
    parts = [[_line(key, value, notes.get(key)) for key, value in simple.items()]]
    for name, table in document.items():
        if _is_table(name, table):
            parts.append(
                [f"[{name}]", *(_line(key, value, notes.get(f"{name}.{key}")) for key, value in table.items())]
            )
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _is_table(key: str, value: Any) -> bool:
    return isinstance(value, Mapping) and key != "currency"


def _line(key: str, value: Any, note: str | None) -> str:
    comment = f"  # {' '.join(note.split())}" if note else ""
    return f"{_key(key)} = {toml_value(value)}{comment}"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def toml_value(value: Any) -> str:
    """A value as TOML: JSON's text, numbers and lists are valid TOML, except for the control character 7F."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {toml_value(held)}" for key, held in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
