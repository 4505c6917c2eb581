"""Finds the lines of a CSV file that continue a quoted value, and quotes that were never closed.

Readers of CSV take an unclosed quote as the beginning of a long value: the orders up to the next quote would vanish in
it without an error.
"""

import re
from collections.abc import Iterable

import numpy as np

from pizza_assets.errors import BadFile

MOST_LINES_OF_VALUE = 20
"""A longer value is taken as damage: customers' notes are shorter."""
_TO_THE_CLOSING_QUOTE = re.compile(r'(?:[^"]|"")*+"')


def continuing_lines(lines: Iterable[str], file_name: str, delimiter: str, width: int) -> np.ndarray:
    """The numbers (from 1) of the lines that continue the record of the line before.

    width: the number of columns. Raises BadFile naming the line of a quote that is not closed, or closed only after
    lines that look like records of their own.
    """
    is_whole = _whole_line(delimiter).fullmatch
    found: list[int] = []
    opened_at = 0  # the line of the open quote, 0 for none
    for number, line in enumerate(lines, 1):
        if not opened_at:
            if '"' in line and is_whole(line) is None:
                opened_at = number
            continue
        found.append(number)
        closing = _TO_THE_CLOSING_QUOTE.match(line)
        rest = "" if closing is None else line[closing.end() :].rstrip("\r\n")
        is_record = closing is None and width > 2 and line.count(delimiter) >= width - 1
        if is_record or number - opened_at > MOST_LINES_OF_VALUE or (rest and not rest.startswith(delimiter)):
            raise BadFile(_unclosed(file_name, opened_at, number))
        if closing is not None:
            opened_at = number if is_whole(rest[1:]) is None else 0
    if opened_at:
        raise BadFile(_unclosed(file_name, opened_at, None))
    return np.array(found, dtype=np.int64)


def lines_of_records(records: np.ndarray, continuing: np.ndarray) -> np.ndarray:
    """The line in which each record (by its number, from 1) begins."""
    ends_before = continuing - np.arange(len(continuing)) - 1
    return records + np.searchsorted(ends_before, records, side="left")


def _whole_line(delimiter: str) -> re.Pattern[str]:
    d = re.escape(delimiter)
    cell = rf'(?:"(?:[^"]|"")*+"[^{d}\r\n]*+|(?!")[^{d}\r\n]*+)'
    return re.compile(rf"{cell}(?:{d}{cell})*+[\r\n]*")


def _unclosed(file_name: str, line: int, swallowed: int | None) -> str:
    what = "is never closed" if swallowed is None else f"is not closed before line {swallowed}"
    return (
        f'{file_name}: line {line}: a quote (") opens here and {what}, so the lines after it would be lost in one '
        "value; close the quote or remove it, and check again"
    )
