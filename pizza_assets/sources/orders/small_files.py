"""Reads many small plain CSV files at once: one file at a time takes longer than its lines.

Only what is entirely ordinary is read here: one header on the first line, no quotes, no blank, ragged or refused-whole
lines, a time in every line. All else is left to line_reading.py, which gives the same lines for these files, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.csv_files import RaggedRows, arrow_reader, is_utf8
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.line_reading import OrderFile, Reading
from pizza_assets.sources.orders.table_header import HeaderPlace, header_with, records_of
from pizza_assets.sources.orders.text_batches import Batches, as_spelt, check_columns, text_frame

SMALL_BYTES = 256 * 1024
"""A larger file is read by itself."""
_GROUP_BYTES = 4 * 1024 * 1024
_SUFFIXES = (".csv", ".tsv", ".txt")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ReadFiles:
    """ids: of the files that have been read. lines: their typed lines, with file_id."""

    ids: tuple[int, ...]
    lines: pd.DataFrame


@dataclass(frozen=True)
class _Body:
    """The lines of a small file below its header."""

    number: int
    text: bytes
    line_count: int


def read_small_files(files: Mapping[int, OrderFile], reading: Reading) -> Iterator[ReadFiles]:
    """Read those of the files, by id, that are small and ordinary, some at a time."""
    if reading.mapping.amount_on == "first_line" or not is_utf8(reading.mapping):  # lines that depend on others
        return
    waiting: dict[bytes, list[_Body]] = {}
    for number, file in files.items():
        found = _plain(file.path)
        if found is None:
            continue
        header, text = found
        bodies = waiting.setdefault(header, [])
        bodies.append(_Body(number, text, text.count(b"\n")))
        if sum(len(body.text) for body in bodies) >= _GROUP_BYTES:
            yield from _read(header, waiting.pop(header), reading)
    for header, bodies in waiting.items():
        yield from _read(header, bodies, reading)


def _plain(path: Path) -> tuple[bytes, bytes] | None:
    """(first line, the lines below it, each with its end) of a small file; None if it is not plain."""
    if path.suffix.casefold() not in _SUFFIXES:
        return None
    try:
        with path.open("rb") as handle:
            content = handle.read(SMALL_BYTES + 1)
    except OSError:  # the other way says it
        return None
    if len(content) > SMALL_BYTES:  # as it is stored: what follows makes it shorter
        return None
    content = content.removeprefix(_BOM).replace(b"\r\n", b"\n")
    if any(sign in content for sign in (b'"', b"\r", b"\0", b"\n\n")):
        return None
    header, _, text = content.partition(b"\n")
    if not header or not text or not _is_text(content):
        return None
    return header, text if text.endswith(b"\n") else text + b"\n"


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read(header: bytes, bodies: list[_Body], reading: Reading) -> Iterator[ReadFiles]:
    place, mapping = _columns(header, reading.mapping)
    if place is None or not bodies:
        return
    reading = replace(reading, mapping=mapping)
    try:
        texts, ragged = _texts(place, bodies, mapping)
    except pa.ArrowInvalid:
        return
    if ragged:
        yield from _read(header, [body for body in bodies if body.number not in ragged], reading)
        return
    counts = np.array([body.line_count for body in bodies])
    ends = np.cumsum(counts)
    if len(texts) != ends[-1]:
        return
    batch = Batches(mapping).batch(texts)
    try:
        lines = reading.lines(batch, "")
    except BadFile:  # names one of them: read by itself, it is named
        return
    at = lines["line_number"].to_numpy() - 1
    owner = np.searchsorted(ends, at, side="right")
    is_usable = lines["problem_column"].isna() & ~lines["is_excluded"]
    has_all = np.bincount(owner, lines["ordered_at"].notna(), minlength=len(bodies)) == counts
    is_good = has_all & (np.bincount(owner, is_usable, minlength=len(bodies)) > 0)
    numbers = np.array([body.number for body in bodies], dtype=np.int32)
    lines["file_id"] = numbers[owner]
    lines["line_number"] = at - (ends - counts)[owner] + 2
    yield ReadFiles(tuple(numbers[is_good].tolist()), lines[is_good[owner]])


def _columns(header: bytes, mapping: FileMapping) -> tuple[HeaderPlace | None, FileMapping]:
    """The header, and the mapping with its spelling; None for a header without all mapped columns."""
    records = records_of([header.decode()], mapping.delimiter)
    place = header_with(records, mapping.columns, mapping.spellings)
    if place is None:
        return None, mapping
    try:
        spelt = as_spelt(Path(), place.names, mapping)
        check_columns(Path(), place.names, spelt)
    except BadFile:
        return None, mapping
    return replace(place, line_count=0), spelt


def _texts(place: HeaderPlace, bodies: list[_Body], mapping: FileMapping) -> tuple[pd.DataFrame, set[int]]:
    """The lines of all bodies, numbered from 1; and the ids of those with lines of another width."""
    ragged = RaggedRows(mapping.delimiter)
    columns = list(dict.fromkeys(mapping.columns.values()))
    source = BytesIO(b"".join(body.text for body in bodies))
    reader = arrow_reader(source, mapping, place, ragged, [place.names.index(name) for name in columns])
    table = pa.Table.from_batches(list(reader), reader.schema)
    ends = np.cumsum([body.line_count for body in bodies])
    owners = np.searchsorted(ends, np.array(ragged.numbers, dtype=np.int64) - 1, side="right")
    texts = {name: table.column(columns.index(column)) for name, column in mapping.columns.items()}
    return text_frame(texts, np.arange(1, table.num_rows + 1)), {bodies[owner].number for owner in owners}
