"""Reads the mapped columns of CSV, JSON, Parquet and workbook files as text, batch by batch, with line numbers.

Other columns (names, phones) are never read or shown. Parsing and checking the texts does not belong here.
"""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.csv_files import read_csv
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.json_files import read_json
from pizza_assets.sources.orders.packed_files import UNPACKING_ERRORS, kind_of, open_unpacked
from pizza_assets.sources.orders.table_header import clean_name, header_with, is_header_again, likely_header
from pizza_assets.sources.orders.text_batches import (
    BATCH_ROWS,
    Batches,
    TextBatch,
    as_spelt,
    check_columns,
    text_frame,
)
from pizza_assets.sources.orders.workbooks import Row, sheets

GONE = "it was removed or renamed while it was to be read; run again"
"""How the error of a file ends that was there when the folder was listed."""


def read_batches(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    """All lines of `file`. Raises BadFile naming the file, the column and the remedy."""
    readers = {"csv": read_csv, "json": read_json, "parquet": _read_parquet, "xlsx": _read_workbook}
    check_file(file)
    try:
        yield from readers[kind_of(file)](file, mapping)
    except OSError as error:
        raise unreadable(file, error) from error


def check_file(file: Path) -> None:
    """Raise BadFile for an empty or binary file, which can't be an export."""
    try:
        if file.stat().st_size == 0:
            raise BadFile(f"{file.name}: the file is empty (0 bytes); export it again or remove it")
        if kind_of(file) in ("csv", "json"):
            _check_looks_like_text(file)
    except UNPACKING_ERRORS as error:
        raise BadFile(f"{file.name}: the archive is damaged or encrypted ({error}); download it again") from error
    except OSError as error:
        raise unreadable(file, error) from error


def unreadable(file: Path, error: OSError) -> BadFile:
    """The error about a file that can't be read."""
    return BadFile(why_unreadable(file.name, error))


def why_unreadable(name: str, error: OSError) -> str:
    """Why a file can't be read, and what to do. name: as messages show it."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"{name}: {GONE}"
    return f"{name}: can't be read ({error}); check its permissions or remove it"


def _check_looks_like_text(file: Path) -> None:
    with open_unpacked(file) as handle:
        head = handle.read(65_536)
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile(f"{file.name}: the file is binary, not text; export it as CSV, JSON or Parquet")


# --- workbooks -------------------------------------------------------------------------------------------------------


def _read_workbook(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    """The lines of the only sheet with the mapped columns."""
    pages = list(sheets(file))
    found = [
        (name, rows, place)
        for name, rows in pages
        if (place := header_with(rows, mapping.columns, mapping.spellings)) is not None
    ]
    if len(found) > 1:
        raise BadFile(
            f"{file.name}: the sheets {' and '.join(repr(name) for name, _, _ in found)} all have the mapped columns; "
            "save the one with the orders as a file of its own"
        )
    if not found:
        likely = [place.names for _, rows in pages if (place := likely_header(rows)) is not None]
        check_columns(file, max(likely, key=len, default=()), mapping)
        raise BadFile(f"{file.name}: no sheet has a header with the mapped columns; correct the mapping")
    sheet, rows, place = found[0]
    mapping = as_spelt(file, place.names, mapping)
    check_columns(file, place.names, mapping)
    below = [(n, cells) for n, cells in rows if n > place.line_count and not is_header_again(cells, place.names)]
    at = {name: place.names.index(column) for name, column in mapping.columns.items()}
    others = [(name, rows) for name, rows in pages if name != sheet]
    _check_not_continued(file, others, [cells for _, cells in below[:1]], at.get("timestamp", at.get("date")))
    made = Batches(mapping)
    for start in range(0, len(below), BATCH_ROWS):
        part = below[start : start + BATCH_ROWS]
        texts = {name: [clean_name(cells[index]) for _, cells in part] for name, index in at.items()}
        yield made.batch(text_frame(texts, np.array([number for number, _ in part], dtype=np.int64)))


def _check_not_continued(
    file: Path, others: Sequence[tuple[str, list[Row]]], first: list[list[str]], when: int | None
) -> None:
    """Raise BadFile if another sheet begins, without a header, with a row such as the first one of the orders.

    Some programs go on in a next sheet after 65,536 rows. when: the place of the time.
    """
    for name, rows in others:
        cells = rows[0][1]
        if when is not None and first and len(cells) == len(first[0]) and _shape(cells[when]) == _shape(first[0][when]):
            raise BadFile(
                f"{file.name}: the sheet {name!r} has rows such as those of the orders, but no header, so they would "
                "be lost; give it the header and save it as a file of its own, or delete it"
            )


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", text)


# --- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet_text(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_nested(values.type):
        texts = (json.dumps(value, ensure_ascii=False, default=str) for value in values.to_pylist())
        return pa.array(["" if text == "null" else text for text in texts], pa.large_string())
    return values.cast(pa.large_string())


def _read_parquet(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    try:
        with pq.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            mapping = as_spelt(file, schema.names, mapping)
            check_columns(file, schema.names, mapping)
            typed = frozenset(n for n, c in mapping.columns.items() if pa.types.is_temporal(schema.field(c).type))
            first, made = 1, Batches(mapping)
            for batch in parquet.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(mapping.columns.values()))):
                texts = {name: _parquet_text(batch.column(column)) for name, column in mapping.columns.items()}
                yield made.batch(text_frame(texts, np.arange(first, first + batch.num_rows)), typed)
                first += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadFile(f"{file.name}: not readable as Parquet ({error}); export it again") from error
