"""Finds the header of a table below titles and notes. Reading the lines below it does not belong here."""

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

HEAD_RECORDS = 1_000
DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_NUMBER_OR_TIME = re.compile(r"[\W_]*\d[^a-zA-Z]*")


@dataclass(frozen=True)
class HeaderPlace:
    """A header. names: without line breaks and surrounding spaces. line_count: of lines up to its end."""

    names: tuple[str, ...]
    line_count: int


def clean_name(cell: str) -> str:
    """A header's cell without line breaks and repeated spaces."""
    return " ".join(cell.replace("\ufeff", "").split())


def records_of(lines: Iterable[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """(last line, cells) of the first records."""
    reader = csv.reader(lines, delimiter=delimiter)
    found = []
    try:
        for cells in reader:
            found.append((reader.line_num, cells))
            if len(found) == HEAD_RECORDS:
                break
    except csv.Error:  # a value of more than 128 kB: the header is above it, and reading the file names the line
        pass
    return found


def header_with(
    records: Iterable[tuple[int, Sequence[str]]],
    columns: Mapping[str, str],
    spellings: Mapping[str, tuple[str, ...]],
) -> HeaderPlace | None:
    """The first record that has all `columns` (by role, in any of their spellings)."""
    wanted = [spellings.get(role, (header,)) for role, header in columns.items()]
    for line, cells in records:
        names = tuple(clean_name(cell) for cell in cells)
        if all(any(spelling in names for spelling in options) for options in wanted):
            return HeaderPlace(names, line)
    return None


def likely_header(records: Sequence[tuple[int, Sequence[str]]]) -> HeaderPlace | None:
    """The last record of words above the first record of data; None if data come first.

    A record belongs to the table if it has the most frequent number of cells; empty ones at its end don't count.
    """
    widths = Counter(len(cells) for _, cells in records if len(cells) > 1)
    if not widths:
        return None
    width = max(widths, key=lambda size: (widths[size], size))
    best = None
    for line, cells in records:
        filled = [cell for cell in map(clean_name, cells) if cell]
        if 2 * len(filled) < width:
            continue
        if any(_NUMBER_OR_TIME.fullmatch(cell) for cell in filled):
            break
        best = HeaderPlace(tuple(clean_name(cell) for cell in cells), line)
    return best


def delimiter_of(lines: Sequence[str]) -> str | None:
    """The delimiter that `sep=` names; otherwise the one that splits most lines into equally many columns, and into
    more columns than the others; None if none splits them.
    """
    named = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    if named is not None:
        return named[1]
    best: tuple[int, str] | None = None
    for delimiter in DELIMITERS:
        rows = [cells for _, cells in records_of(lines, delimiter) if cells]
        widths = Counter(len(cells) for cells in rows)
        width, agreeing = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        if width > 1 and 2 * agreeing > len(rows) and (best is None or width > best[0]):
            best = width, delimiter
    return best[1] if best is not None else None


def is_header_again(cells: Sequence[str], names: Collection[str]) -> bool:
    """Whether a record repeats the header, as in files that were joined by hand."""
    return [clean_name(cell) for cell in cells] == list(names)
