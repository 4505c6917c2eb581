"""Declares a setting: a dataclass field with its environment variable, default, parser and meaning."""

from collections.abc import Callable
from dataclasses import field
from typing import Any


def setting(variable: str, default: str, parse: Callable[[str], Any], meaning: str) -> Any:
    return field(
        default_factory=lambda: parse(default),
        metadata={"variable": variable, "default": default, "parse": parse, "meaning": meaning},
    )
