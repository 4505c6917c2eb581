"""QuickSight's expressions, as far as ours use them, evaluated on one row: so that what a filter means can be tried.

`evaluate` takes one row; `evaluate_group` the rows of one point of a chart, for fields that aggregate; `evaluate_rows`
all rows of a chart, for fields that look at other rows.
"""

import ast
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

_MAX_OVER = re.compile(r"maxOver\(\{(\w+)\}, \[([^\]]*)\], PRE_AGG\)")
_WORDS = {" AND ": " and ", " OR ": " or ", "NULL": "None", "<>": "!="}


def evaluate(expression: str, row: Mapping[str, Any], parameters: Mapping[str, Any]) -> Any:
    """The value of an expression; `row` has every column that it reads, computed ones included. parameters: "now()" is
    the time at which it is evaluated."""
    scope = {"row": row, "parameters": parameters, "now": lambda: parameters["now()"]}
    return eval(_python(expression), _FUNCTIONS | scope)


def evaluate_group(expression: str, rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> Any:
    """The value of a field that aggregates, over the rows of one group. `sum(max(value, [columns]))` is QuickSight's
    sum of one value for each combination of the columns.
    """
    tree = ast.fix_missing_locations(_RowByRow().visit(ast.parse(_python(expression), mode="eval")))
    aggregates = {
        "sum": lambda value: _sum(value(rows)),
        "distinct_count": lambda value: len({found for found in value(rows) if found is not None}),
        "once": lambda value, columns: _highest_of_each(value(rows), columns(rows)),
    }
    scope = _FUNCTIONS | {"parameters": parameters, **aggregates}
    return eval(compile(tree, "<expression>", "eval"), scope)


def evaluate_rows(expression: str, rows: Sequence[Mapping[str, Any]], parameters: Mapping[str, Any]) -> list[Any]:
    """The value in every row. `maxOver({column}, [columns], PRE_AGG)` is the highest of the rows, as filtered, that
    have the same columns; QuickSight computes it before it aggregates them."""
    (window,) = _MAX_OVER.finditer(expression)
    columns = re.findall(r"\{(\w+)\}", window[2])
    highest: dict[tuple[Any, ...], Any] = {}
    for row in rows:
        key = tuple(row[column] for column in columns)
        highest[key] = max(row[window[1]], highest.get(key, row[window[1]]))
    plain = _MAX_OVER.sub("{highest}", expression)
    keys = (tuple(row[column] for column in columns) for row in rows)
    return [evaluate(plain, {**row, "highest": highest[key]}, parameters) for row, key in zip(rows, keys, strict=True)]


class _RowByRow(ast.NodeTransformer):
    """Turns what an aggregate is taken of into a function of all rows, and `max` within `sum` into `once`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in ("sum", "distinct_count"):
            inner = node.args[0]
            is_once = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "max"
            if is_once and isinstance(inner, ast.Call):
                arguments = [_over_rows(argument) for argument in inner.args]
                once = ast.Call(ast.Name("once", ast.Load()), arguments, [])
                every = ast.arguments([], [ast.arg("rows")], None, [], [], None, [])
                return ast.Call(node.func, [ast.Lambda(every, once)], [])
            return ast.Call(node.func, [_over_rows(inner)], [])
        return self.generic_visit(node)


def _over_rows(value: ast.expr) -> ast.expr:
    """lambda rows: [value for row in rows]"""
    each = ast.comprehension(ast.Name("row", ast.Store()), ast.Name("rows", ast.Load()), [], 0)
    every = ast.arguments([], [ast.arg("rows")], None, [], [], None, [])
    return ast.Lambda(every, ast.ListComp(value, [each]))


def _sum(values: Iterable[Any]) -> Any:
    """The sum of nothing is null, not zero."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _highest_of_each(values: Sequence[Any], keys: Sequence[Sequence[Any]]) -> list[Any]:
    highest: dict[tuple[Any, ...], Any] = {}
    for value, key in zip(values, map(tuple, keys), strict=True):
        if value is not None:
            highest[key] = max(value, highest.get(key, value))
    return list(highest.values())


def _python(expression: str) -> str:
    python = re.sub(r"\$\{(\w+)\}", r"parameters['\1']", expression)
    python = re.sub(r"(?<!\$)\{(\w+)\}", r"row['\1']", python)
    literals = re.split(r"('[^']*')", python)
    for position in range(0, len(literals), 2):
        plain = re.sub(r"(?<![<>!])=", "==", literals[position])
        plain = re.sub(r"\bin\(", "among(", plain)
        for theirs, ours in _WORDS.items():
            plain = plain.replace(theirs, ours)
        literals[position] = plain
    return "".join(literals)


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


def _parsed(text: str, pattern: str) -> str:
    assert pattern == "yyyy-MM-dd"
    return f"{text}T00:00:00Z"


def _between(first: str, last: str, unit: str) -> int:
    """From the first time to the last, in whole units as the calendar or the clock counts them."""
    ends = (datetime.fromisoformat(end) for end in (first, last))
    seconds = {"DD": 86_400, "HH": 3_600}[unit]
    begin, end = (int(one.timestamp()) // seconds for one in ends)
    return end - begin


_FUNCTIONS: dict[str, Any] = {
    "parseDate": _parsed,
    "dateDiff": _between,
    "floor": math.floor,
    "__builtins__": {},
    "ifelse": _ifelse,
    "among": _among,
    "concat": _concat,
    "substring": _substring,
    "isNull": _is_null,
    "truncDate": _day,
}
