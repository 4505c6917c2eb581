"""Reads the mapped columns of CSV files, plain or packed. Finding the header belongs to table_header."""

import codecs
import csv
import io
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.packed_files import UNPACKING_ERRORS, open_unpacked
from pizza_assets.sources.orders.quotes import continuing_lines, lines_of_records
from pizza_assets.sources.orders.table_header import (
    HEAD_RECORDS,
    HeaderPlace,
    clean_name,
    delimiter_of,
    header_with,
    likely_header,
    records_of,
)
from pizza_assets.sources.orders.text_batches import Batches, TextBatch, as_spelt, check_columns, text_frame

BLOCK_BYTES = 4 * 1024 * 1024
"""The block size of the CSV parser; a single line can't be longer."""


def wrong_encoding(file: Path, mapping: FileMapping, error: Exception) -> BadFile:
    """The error for a file in another encoding than the mapping says."""
    return BadFile(
        f"{file.name}: not readable as {mapping.encoding} ({error}); "
        f'set encoding in the mapping {mapping.origin}, e.g. encoding = "cp1252"'
    )


def head_lines(file: Path, encoding: str) -> list[str]:
    """The first lines of a text file, with their ends."""
    with open_unpacked(file) as packed, io.TextIOWrapper(packed, encoding=encoding, newline="") as handle:
        return list(islice(iter(lambda: handle.readline(BLOCK_BYTES), ""), HEAD_RECORDS))


def read_csv(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    """All lines below the header. Raises BadFile naming the file, the column or line, and the remedy."""
    try:
        place = _header(file, mapping)
        mapping = as_spelt(file, place.names, mapping)
        check_columns(file, place.names, mapping)
        continuing = _continuing_lines(file, mapping, len(place.names))
        yield from _batches(file, mapping, place, continuing)
    except UnicodeError as error:
        raise wrong_encoding(file, mapping, error) from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error) or "codec" in str(error):
            raise wrong_encoding(file, mapping, error) from error
        raise BadFile(f"{file.name}: not readable as CSV ({error}); check delimiter and quotes") from error
    except UNPACKING_ERRORS as error:
        raise BadFile(f"{file.name}: the archive is damaged or encrypted ({error}); download it again") from error


def _header(file: Path, mapping: FileMapping) -> HeaderPlace:
    """The first record with all mapped columns; if there is none, the likely header, for a message."""
    lines = head_lines(file, mapping.encoding)
    records = records_of(lines, mapping.delimiter)
    place = header_with(records, mapping.columns, mapping.spellings)
    if place is None:
        _check_delimiter(file, lines, mapping)
        place = likely_header(records)
    if place is None:
        line, cells = records[0] if records else (1, [])
        place = HeaderPlace(tuple(cells), line)
    return place


def _check_delimiter(file: Path, lines: Sequence[str], mapping: FileMapping) -> None:
    """Raise BadFile if no line has a mapped column, but one would have some with the delimiter that the file seems to
    have."""
    likely = delimiter_of(lines)
    if likely is None or likely == mapping.delimiter or _mapped_width(lines, mapping.delimiter, mapping):
        return
    if width := _mapped_width(lines, likely, mapping):
        raise BadFile(
            f"{file.name}: with the delimiter {mapping.delimiter!r} its header has none of the mapped columns; the "
            f"file seems to have {likely!r}, which gives {width} columns. Set delimiter = {json.dumps(likely)} in the "
            f"mapping {mapping.origin}, or export this file as the others."
        )


def _mapped_width(lines: Sequence[str], delimiter: str, mapping: FileMapping) -> int:
    """The number of columns of the first record that has a mapped one; 0 if none has."""
    wanted = {name for role, header in mapping.columns.items() for name in mapping.spellings.get(role, (header,))}
    widths = (len(cells) for _, cells in records_of(lines, delimiter) if wanted & {clean_name(cell) for cell in cells})
    return next(widths, 0)


def _continuing_lines(file: Path, mapping: FileMapping, width: int) -> np.ndarray:
    with open_unpacked(file) as handle:
        has_quotes = any(b'"' in block for block in iter(lambda: handle.read(BLOCK_BYTES), b""))
    if not has_quotes:
        return np.empty(0, dtype=np.int64)
    with open_unpacked(file) as packed, io.TextIOWrapper(packed, encoding=mapping.encoding, newline="") as lines:
        return continuing_lines(lines, file.name, mapping.delimiter, width)


class RaggedRows:
    """Collects the records with too few or too many columns; the parser calls it for each."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self.numbers: list[int] = []
        """The numbers of all these records, ascending: the parser reads them in their order."""
        self.defects: dict[int, str] = {}
        self.cells: dict[int, list[str]] = {}
        """Of records that have only empty cells too many."""

    def __call__(self, row: Any) -> str:
        cells = next(csv.reader([row.text], delimiter=self._delimiter), [])
        self.numbers.append(row.number)
        if row.actual_columns > row.expected_columns and not any(cells[row.expected_columns :]):
            self.cells[row.number] = cells
        else:
            self.defects[row.number] = f"the line has {row.actual_columns} columns, the header {row.expected_columns}"
        return "skip"

    def numbers_between(self, first: int, count: int) -> np.ndarray:
        """The numbers of the next `count` records that are not among these, from `first` on."""
        skipped = self.numbers[bisect_left(self.numbers, first) :]
        candidates = np.arange(first, first + count + len(skipped))
        return candidates[~np.isin(candidates, skipped)][:count]

    def fresh(self, reported: int, until: int | None) -> list[int]:
        """The numbers of those after `reported` and before `until`."""
        end = None if until is None else bisect_left(self.numbers, until)
        return self.numbers[bisect_right(self.numbers, reported) : end]

    def column(self, numbers: list[int], index: int) -> list[str]:
        """The cells of one column in the records `numbers`, which have only empty cells too many."""
        return [self.cells[number][index] for number in numbers]


def _batches(file: Path, mapping: FileMapping, place: HeaderPlace, continuing: np.ndarray) -> Iterator[TextBatch]:
    header, ragged = place.names, RaggedRows(mapping.delimiter)
    names = list(dict.fromkeys(mapping.columns.values()))
    in_header = int((continuing <= place.line_count).sum())
    next_number, reported = place.line_count + 1, 0
    made = Batches(mapping)
    at_of = {name: header.index(column) for name, column in mapping.columns.items()}

    def frame_of(texts: dict[str, Any], numbers: np.ndarray, until: int | None) -> TextBatch:
        """A batch of texts and of the ragged records up to `until`."""
        nonlocal reported
        fresh = ragged.fresh(reported, until)
        reported = fresh[-1] if fresh else reported
        # records are counted from the header's last line on, so lines of earlier values don't count
        line = {n: int(at) for n, at in zip(fresh, _lines(np.array(fresh), continuing[in_header:]), strict=True)}
        defects = {line[n]: ragged.defects[n] for n in fresh if n in ragged.defects}
        padded = [n for n in fresh if n in ragged.cells]
        if padded:
            texts = {name: [*map(str, values), *ragged.column(padded, at_of[name])] for name, values in texts.items()}
        at = np.r_[_lines(numbers, continuing[in_header:]), np.array([line[n] for n in padded], dtype=np.int64)]
        frame = text_frame(texts, at, defects)
        return made.batch(frame.sort_values("line_number", kind="stable", ignore_index=True) if padded else frame)

    try:
        with open_unpacked(file) as source:
            for batch in arrow_reader(source, mapping, place, ragged, [header.index(name) for name in names]):
                numbers = ragged.numbers_between(next_number, batch.num_rows)
                next_number = int(numbers[-1]) + 1 if len(numbers) else next_number
                texts = {name: batch.column(names.index(column)) for name, column in mapping.columns.items()}
                yield frame_of(texts, numbers, next_number)
    except pa.ArrowInvalid as error:
        if "cannot infer number of columns" not in str(error) and "Empty CSV file" not in str(error):
            raise
    if ragged.fresh(reported, None):
        yield frame_of({name: [] for name in mapping.columns}, np.empty(0, dtype=np.int64), None)


def _lines(records: np.ndarray, continuing: np.ndarray) -> np.ndarray:
    records = records.astype(np.int64)
    return lines_of_records(records, continuing) if len(continuing) else records


def is_utf8(mapping: FileMapping) -> bool:
    """Whether files are in UTF-8, with or without a byte order mark."""
    return codecs.lookup(mapping.encoding).name in ("utf-8", "utf-8-sig")


def arrow_reader(
    source: IO[bytes], mapping: FileMapping, place: HeaderPlace, ragged: RaggedRows, columns: list[int]
) -> arrow_csv.CSVStreamingReader:
    width = len(place.names)
    encoding = "utf8" if is_utf8(mapping) else mapping.encoding
    return arrow_csv.open_csv(
        source,
        # the header is skipped and the columns are numbered, so that repeated names of unmapped columns do no harm
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=BLOCK_BYTES, encoding=encoding,
            skip_rows=place.line_count, column_names=[str(n) for n in range(width)],
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=mapping.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=ragged
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=[str(n) for n in columns],
            column_types={str(n): pa.string() for n in range(width)},
            strings_can_be_null=False,
        ),
    )  # fmt: skip
