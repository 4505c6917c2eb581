"""Reads the beginning of an export and detects its kind, encoding, delimiter and header.

The roles of its columns do not belong here.
"""

import codecs
import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pizza_assets.errors import BadFile, ConfigurationError, NoLines
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.orders.csv_files import head_lines
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_readers import GONE, check_file, read_batches, unreadable
from pizza_assets.sources.orders.json_files import flat_lines, json_records, nested_list
from pizza_assets.sources.orders.packed_files import is_packed, kind_of, open_unpacked
from pizza_assets.sources.orders.table_header import HEAD_RECORDS, delimiter_of, likely_header, records_of
from pizza_assets.sources.orders.workbooks import sheets

HEAD_BYTES = 256 * 1024
SAMPLE_LINES = 50_000
_DEFAULT_ENCODING = "utf-8-sig"
_FALLBACK_ENCODING = "cp1252"


@dataclass(frozen=True)
class ExportSample:
    """The first lines of one file, and a few of the last ones if it is large.

    lines: a str column per name that the header has once, without surrounding spaces. typed: the columns of typed times
    (Parquet). encoding, delimiter: as in the mapping; the delimiter only for CSV files. nested: the path of the
    list of objects inside the records of a JSON file, if they have one.
    """

    file: Path
    kind: str
    header: tuple[str, ...]
    lines: pd.DataFrame
    typed: frozenset[str] = frozenset()
    encoding: str = _DEFAULT_ENCODING
    delimiter: str = ","
    nested: str | None = None


def read_sample(file: Path, records: str | None = None) -> ExportSample:
    """The first SAMPLE_LINES of `file`, or of its list `records`. Raises BadFile naming the file and the remedy."""
    try:
        return _sample(file, records)
    except UnicodeError as error:
        raise BadFile(f"{file.name}: not readable as text ({error}); export it as UTF-8") from error
    except (BadFile, OSError) as error:
        if not file.exists():
            raise BadFile(f"{file.name}: {GONE}") from error
        if isinstance(error, BadFile):
            raise
        raise unreadable(file, error) from error


def _sample(file: Path, records: str | None) -> ExportSample:
    check_file(file)
    kind = kind_of(file)
    encoding, delimiter, typed, nested = _DEFAULT_ENCODING, ",", frozenset[str](), None
    if kind == "parquet":
        header, typed = _parquet_header(file)
    elif kind == "xlsx":
        header = _workbook_header(file)
    else:
        encoding = _encoding(file)
        if kind == "json":
            header, nested = _json_header(file, encoding, records)
        else:
            delimiter, header = _csv_header(file, encoding)
    once = [name for name, count in Counter(header).items() if count == 1 and name]
    names = [name for name in once if not _holds_others(name, once)]
    probe = FileMapping(
        text="",
        origin="(none yet)",
        label=DataSource.MOCK,
        rows="orders",
        columns={f"c{place}": name for place, name in enumerate(names)},  # no header is a name of the importer's own
        encoding=encoding,
        delimiter=delimiter,
        records=records if kind == "json" else None,
    )
    lines = _lines(file, probe)
    if kind == "csv" and len(lines) == SAMPLE_LINES and not is_packed(file):
        lines = pd.concat([lines, _last_lines(file, encoding, delimiter, header)[names]], ignore_index=True)
    return ExportSample(file, kind, tuple(header), lines, typed, encoding, delimiter, nested)


def _holds_others(name: str, names: Sequence[str]) -> bool:
    """Whether a JSON value is an object or list whose parts are columns of their own."""
    return any(other.startswith(f"{name}.") for other in names)


def _lines(file: Path, probe: FileMapping) -> pd.DataFrame:
    parts, count, has_lines = [], 0, False
    for batch in read_batches(file, probe):
        has_lines |= len(batch.lines) > 0 or bool(batch.aside)
        good = batch.lines[batch.lines["defect"].isna()]
        parts.append(good[list(probe.columns)])
        count += len(good)
        if count >= SAMPLE_LINES:
            break
    if not count:
        raise (BadFile if has_lines else NoLines)(
            f"{file.name}: it has no readable line below the header; export it again"
        )
    return pd.concat(parts, ignore_index=True).head(SAMPLE_LINES).rename(columns=dict(probe.columns))


def _last_lines(file: Path, encoding: str, delimiter: str, header: Sequence[str]) -> pd.DataFrame:
    """Lines from the end of a large file: dates in early January alone don't show whether the day comes first."""
    with file.open("rb") as handle:
        handle.seek(max(0, handle.seek(0, os.SEEK_END) - HEAD_BYTES))
        tail = handle.read()
    text = tail.decode(encoding, errors="replace")
    rows = [row for row in csv.reader(text.splitlines()[1:], delimiter=delimiter) if len(row) == len(header)]
    return pd.DataFrame(rows, columns=pd.Index(header), dtype="str").apply(lambda column: column.str.strip())


def _encoding(file: Path) -> str:
    with open_unpacked(file) as handle:
        head = handle.read(HEAD_BYTES)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _FALLBACK_ENCODING
    return _DEFAULT_ENCODING


def _csv_header(file: Path, encoding: str) -> tuple[str, list[str]]:
    lines = head_lines(file, encoding)
    delimiter = delimiter_of(lines)
    if delimiter is None:
        raise BadFile(
            f"{file.name}: none of the delimiters comma, semicolon, tab and | splits its lines into columns; "
            "export it as CSV with a header line"
        )
    place = likely_header(records_of(lines, delimiter))
    if place is None:
        raise BadFile(f"{file.name}: its first line is data, not column names; add a header line to the export")
    return delimiter, list(place.names)


def _workbook_header(file: Path) -> list[str]:
    """The header of the sheet with most lines below a header."""
    found = [(len(rows), place) for _, rows in sheets(file) if (place := likely_header(rows)) is not None]
    if not found:
        raise BadFile(f"{file.name}: no sheet has a line of column names above its data; add one")
    return list(max(found, key=lambda each: each[0])[1].names)


def _json_header(file: Path, encoding: str, records: str | None) -> tuple[list[str], str | None]:
    """(the names in the first records, in order of first appearance; the path of the list of objects inside them)."""
    names: dict[str, None] = {}
    nested = None
    with open_unpacked(file) as packed, io.TextIOWrapper(packed, encoding=encoding) as handle:
        for _, record in islice(json_records(handle, file, records), HEAD_RECORDS):
            if isinstance(record, dict):
                path = nested_list(record)
                nested = nested or path
                names.update({name: None for line in flat_lines(record, path) for name in line})
    if not names:
        raise BadFile(
            f"{file.name}: none of its first records is an object with names and values; export JSON lines or one JSON "
            "list of orders"
        )
    return list(names), nested


def _parquet_header(file: Path) -> tuple[list[str], frozenset[str]]:
    try:
        schema = pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadFile(f"{file.name}: not readable as Parquet ({error}); export it again") from error
    return schema.names, frozenset(field.name for field in schema if pa.types.is_temporal(field.type))


def check_alike(samples: Sequence[ExportSample]) -> None:
    """Raise ConfigurationError for files that no single mapping can describe."""
    first = samples[0]
    for other in samples[1:]:
        for name, ours, theirs in (
            ("kind of file", first.kind, other.kind),
            ("delimiter", first.delimiter, other.delimiter),
            ("encoding", first.encoding, other.encoding),
        ):
            if ours != theirs:
                raise ConfigurationError(
                    f"{first.file.name} and {other.file.name} differ in {name} ({ours!r}, {theirs!r}), but a mapping "
                    "has only one; export them alike, or keep them in folders of their own"
                )
