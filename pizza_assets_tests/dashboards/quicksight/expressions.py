"""QuickSight's expressions, as far as ours use them, evaluated on one row: so that what a filter means can be tried.

Aggregates (`sum`, `max`, `distinct_count`) are not among them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_WORDS = {" AND ": " and ", " OR ": " or ", "NULL": "None", "<>": "!="}


def evaluate(expression: str, row: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """The value of an expression; `row` has every column that it reads, computed ones included."""
    python = re.sub(r"\$\{(\w+)\}", r"parameters['\1']", expression)
    python = re.sub(r"(?<!\$)\{(\w+)\}", r"row['\1']", python)
    python = re.sub(r"(?<![<>!])=", "==", python)
    python = re.sub(r"\bin\(", "among(", python)
    for theirs, ours in _WORDS.items():
        python = python.replace(theirs, ours)
    functions = {"ifelse": _ifelse, "among": _among, "concat": _concat, "substring": _substring, "isNull": _is_null}
    return eval(python, {"__builtins__": {}, "truncDate": _day, **functions}, {"row": row, "parameters": parameters})


def _ifelse(*parts: Any) -> Any:
    *pairs, otherwise = parts
    return next((value for condition, value in zip(pairs[::2], pairs[1::2], strict=True) if condition), otherwise)


def _among(value: Any, chosen: Sequence[Any]) -> bool:
    return value is not None and value in chosen


def _concat(*parts: str | None) -> str:
    return "".join(part or "" for part in parts)


def _substring(text: str, start: int, length: int) -> str:
    """Counted from 1."""
    return text[start - 1 : start - 1 + length]


def _is_null(value: Any) -> bool:
    return value is None


def _day(unit: str, moment: str) -> str:
    assert unit == "DD"
    return f"{moment[:10]}T00:00:00Z"
