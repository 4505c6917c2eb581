"""Reads the mapped columns of CSV, JSON and Parquet files as text, batch by batch, with line numbers.

Other columns (names, phones) are never read or shown. Parsing and checking the texts does not belong here.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.file_mapping import FileMapping

BATCH_ROWS = 65_536
BLOCK_BYTES = 8 * 1024 * 1024
"""The block size of the CSV parser; a single line can't be longer."""
JSON_CHUNK_CHARS = 1 << 20
LONGEST_JSON_RECORD = 64 * 1024 * 1024


@dataclass(frozen=True)
class TextBatch:
    """Some lines of one file.

    lines: a str column per mapped name (empty text where the file has nothing), `line_number` (int64; the number of
        the record, the header being 1, which is the line as long as no quoted value holds a line break) and `defect`
        (why the line could not be split into columns, else missing).
    iso_columns: mapped names whose texts the reader has made from typed values, in ISO 8601.
    blank_count: lines with nothing in any mapped column; they are not among `lines`.
    """

    lines: pd.DataFrame
    iso_columns: frozenset[str] = frozenset()
    blank_count: int = 0


_KINDS = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
ORDER_SUFFIXES = tuple(_KINDS)


def kind_of(file: Path) -> str:
    """csv, json or parquet, by the file's extension. Raises BadFile for another."""
    kind = _KINDS.get(file.suffix.lower())
    if kind is None:
        raise BadFile(f"{file.name}: unknown kind of file; use one of {', '.join(sorted(ORDER_SUFFIXES))}")
    return kind


def read_batches(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    """All lines of `file`. Raises BadFile naming the file, the column and the remedy."""
    reader = {"csv": _read_csv, "json": _read_json, "parquet": _read_parquet}[kind_of(file)]
    check_file(file)
    try:
        yield from reader(file, mapping)
    except OSError as error:
        raise _unreadable(file, error) from error


def check_file(file: Path) -> None:
    """Raise BadFile for an empty, compressed or binary file, which can't be an export."""
    try:
        if file.stat().st_size == 0:
            raise BadFile(f"{file.name}: the file is empty (0 bytes); export it again or remove it")
        if kind_of(file) != "parquet":
            _check_looks_like_text(file)
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> BadFile:
    return BadFile(f"{file.name}: can't be read ({error}); check its permissions or remove it")


def _frame(
    texts: Mapping[str, Any],
    line_numbers: np.ndarray,
    defects: Mapping[int, str] | None = None,
    iso_columns: frozenset[str] = frozenset(),
) -> TextBatch:
    """A batch of the texts without surrounding spaces, with blank lines only counted and defective lines added."""
    frame = pd.DataFrame(
        {name: pd.Series(values, dtype="str").fillna("").str.strip() for name, values in texts.items()}
    )
    frame["line_number"] = line_numbers.astype(np.int64)
    frame["defect"] = pd.Series(np.nan, index=frame.index, dtype="str")
    is_filled = (frame[list(texts)] != "").any(axis=1)
    blank_count = int((~is_filled).sum())
    frame = frame[is_filled]
    if defects:
        bad = pd.DataFrame({name: pd.Series([""] * len(defects), dtype="str") for name in texts})
        bad["line_number"] = np.fromiter(defects, np.int64)
        bad["defect"] = pd.Series(list(defects.values()), dtype="str")
        frame = pd.concat([frame, bad]).sort_values("line_number", kind="stable")
    return TextBatch(frame.reset_index(drop=True), iso_columns, blank_count)


def _as_spelt(file: Path, present: Sequence[str], mapping: FileMapping) -> FileMapping:
    """The mapping with this file's spelling of every column."""
    if not mapping.spellings:
        return mapping
    columns = dict(mapping.columns)
    for name, spellings in mapping.spellings.items():
        found = [spelling for spelling in spellings if spelling in present]
        if len(found) > 1:
            raise BadFile(
                f"{file.name}: it has the columns {' and '.join(map(repr, found))}, all mapped as {name}; keep one of "
                f"them in the mapping {mapping.origin}"
            )
        columns[name] = found[0] if found else " or ".join(spellings)
    return replace(mapping, columns=columns)


def _check_columns(file: Path, present: list[str], mapping: FileMapping) -> None:
    for name, column in mapping.columns.items():
        if column not in present:
            raise BadFile(
                f"{file.name}: column {column!r} (mapped as {name}) is missing; the file has "
                f"{', '.join(map(repr, present))}. Correct the mapping {mapping.origin} or the export."
            )
        if present.count(column) > 1:
            raise BadFile(
                f"{file.name}: column {column!r} (mapped as {name}) appears {present.count(column)} times "
                "in the header; rename or remove all but one in the export."
            )


def _check_looks_like_text(file: Path) -> None:
    with file.open("rb") as handle:
        head = handle.read(65_536)
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        if file.suffix.lower() in (".csv", ".txt", ".tsv") and head.startswith(b"PK"):
            raise BadFile(f"{file.name}: the file is a zip archive or an Excel workbook; unpack it, or save it as CSV")
        raise BadFile(f"{file.name}: the file is compressed (gzip or zip); unpack it first")
    if b"\x00" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile(f"{file.name}: the file is binary, not text; export it as CSV, JSON or Parquet")


def _wrong_encoding(file: Path, mapping: FileMapping, error: Exception) -> BadFile:
    return BadFile(
        f"{file.name}: not readable as {mapping.encoding} ({error}); "
        f'set encoding in the mapping {mapping.origin}, e.g. encoding = "cp1252"'
    )


# --- CSV -------------------------------------------------------------------------------------------------------------


def _header(file: Path, mapping: FileMapping) -> list[str]:
    try:
        with file.open(encoding=mapping.encoding, newline="") as handle:
            first = handle.readline(BLOCK_BYTES)
    except UnicodeError as error:
        raise _wrong_encoding(file, mapping, error) from error
    return next(csv.reader([first], delimiter=mapping.delimiter), [])


class _RaggedRows:
    """Collects the records with too few or too many columns; the parser calls it for each."""

    def __init__(self) -> None:
        self.defects: dict[int, str] = {}

    def __call__(self, row: Any) -> str:
        self.defects[row.number] = f"the line has {row.actual_columns} columns, the header {row.expected_columns}"
        return "skip"

    def numbers(self, first: int, count: int) -> np.ndarray:
        """The numbers of the next `count` records without defects, from `first` on."""
        skipped = sum(number >= first for number in self.defects)
        candidates = np.arange(first, first + count + skipped)
        return candidates[~np.isin(candidates, list(self.defects))][:count]

    def taken_before(self, number: int | None) -> dict[int, str]:
        """The defects of records before `number` (all of them for None)."""
        return {n: defect for n, defect in sorted(self.defects.items()) if number is None or n < number}


def _read_csv(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    header = _header(file, mapping)
    mapping = _as_spelt(file, header, mapping)
    _check_columns(file, header, mapping)
    ragged = _RaggedRows()
    names = list(dict.fromkeys(mapping.columns.values()))
    encoding = "utf8" if codecs.lookup(mapping.encoding).name in ("utf-8", "utf-8-sig") else mapping.encoding
    next_number, reported = 2, 0
    try:
        reader = arrow_csv.open_csv(
            file,
            # the header is skipped and the columns are numbered, so that repeated names of unmapped columns do no harm
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, encoding=encoding,
                skip_rows=1, column_names=[str(n) for n in range(len(header))],
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=mapping.delimiter, newlines_in_values=True, ignore_empty_lines=False,
                invalid_row_handler=ragged,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=[str(header.index(name)) for name in names],
                column_types={str(n): pa.string() for n in range(len(header))},
                strings_can_be_null=False,
            ),
        )  # fmt: skip
        for batch in reader:
            numbers = ragged.numbers(next_number, batch.num_rows)
            next_number = int(numbers[-1]) + 1 if len(numbers) else next_number
            defects = {n: d for n, d in ragged.taken_before(next_number).items() if n > reported}
            reported = max([reported, *defects])
            texts = {name: batch.column(names.index(column)) for name, column in mapping.columns.items()}
            yield _frame(texts, numbers, defects)
    except UnicodeError as error:
        raise _wrong_encoding(file, mapping, error) from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error) or "codec" in str(error):
            raise _wrong_encoding(file, mapping, error) from error
        if "cannot infer number of columns" not in str(error) and "Empty CSV file" not in str(error):
            raise BadFile(f"{file.name}: not readable as CSV ({error}); check delimiter and quotes") from error
    rest = {n: d for n, d in ragged.taken_before(None).items() if n > reported}
    if rest:
        yield _frame({name: [] for name in mapping.columns}, np.empty(0), rest)


# --- JSON ------------------------------------------------------------------------------------------------------------


def _as_text(value: Any) -> str:
    """Read JSON; numbers arrive as the text they were written in (see _DECODER), so no digit is lost."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_BETWEEN_RECORDS = re.compile(r"[\s,]*")


def json_records(handle: io.TextIOBase, file: Path) -> Iterator[tuple[int, Any]]:
    """(number, record) of JSON lines or of one JSON list; a line that is not JSON gives its error as the record."""
    start = handle.read(1)
    while start and start.isspace():
        start = handle.read(1)
    if start == "[":
        yield from enumerate(_list_records(handle, file), 1)
        return
    handle.seek(0)
    for number, line in enumerate(handle, 1):
        if line.strip():
            try:
                yield number, _DECODER.decode(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield number, error


def _list_records(handle: io.TextIOBase, file: Path) -> Iterator[Any]:
    """The elements of a JSON list whose opening bracket has been read, decoded one by one."""
    buffer, at, is_last = "", 0, False
    while True:
        at = _BETWEEN_RECORDS.match(buffer, at).end()  # type: ignore[union-attr]  # matches the empty text at least
        if buffer.startswith("]", at):
            return
        try:
            record, end = _DECODER.raw_decode(buffer, at)
            if end == len(buffer) and not is_last:  # a number may go on in the next chunk
                raise json.JSONDecodeError("more to read", buffer, end)
        except (json.JSONDecodeError, RecursionError) as error:
            if is_last or len(buffer) - at > LONGEST_JSON_RECORD:
                raise BadFile(f"{file.name}: not a complete JSON list ({error}); export it again") from error
            chunk = handle.read(JSON_CHUNK_CHARS)
            buffer, at, is_last = buffer[at:] + chunk, 0, not chunk
            continue
        at = end
        yield record


def _read_json(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    seen: set[str] = set()
    is_any = False
    try:
        with file.open(encoding=mapping.encoding) as handle:
            records = json_records(handle, file)
            while chunk := list(islice(records, BATCH_ROWS)):
                good = [(number, record) for number, record in chunk if isinstance(record, dict)]
                defects = {number: _json_defect(record) for number, record in chunk if not isinstance(record, dict)}
                is_any = is_any or bool(good)
                seen.update(*(record.keys() for _, record in good))
                texts = {
                    name: [_as_text(_spelt(record, mapping, name)) for _, record in good] for name in mapping.columns
                }
                yield _frame(texts, np.array([number for number, _ in good], dtype=np.int64), defects)
    except UnicodeError as error:
        raise _wrong_encoding(file, mapping, error) from error
    if is_any:  # a key that no record has is a missing column, not a column of empty values
        _check_columns(file, sorted(seen), _as_spelt(file, sorted(seen), mapping))


def _spelt(record: Mapping[str, Any], mapping: FileMapping, name: str) -> Any:
    """The value of a column under any of its spellings."""
    spellings = mapping.spellings.get(name, (mapping.columns[name],))
    return next((record[spelling] for spelling in spellings if spelling in record), None)


def _json_defect(record: Any) -> str:
    if isinstance(record, Exception):
        return (
            f"the line is not JSON: {record.msg if isinstance(record, json.JSONDecodeError) else 'nested too deeply'}"
        )
    return f"the record is a {type(record).__name__}, not an object with names and values"


# --- Parquet ---------------------------------------------------------------------------------------------------------


def _parquet_text(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_nested(values.type):
        return pa.array([_as_text(value) for value in values.to_pylist()], pa.large_string())
    return values.cast(pa.large_string())


def _read_parquet(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    try:
        with pq.ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            mapping = _as_spelt(file, schema.names, mapping)
            _check_columns(file, schema.names, mapping)
            typed = frozenset(n for n, c in mapping.columns.items() if pa.types.is_temporal(schema.field(c).type))
            first = 1
            for batch in parquet.iter_batches(BATCH_ROWS, columns=list(dict.fromkeys(mapping.columns.values()))):
                texts = {name: _parquet_text(batch.column(column)) for name, column in mapping.columns.items()}
                yield _frame(texts, np.arange(first, first + batch.num_rows), iso_columns=typed)
                first += batch.num_rows
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadFile(f"{file.name}: not readable as Parquet ({error}); export it again") from error
