"""Reads the beginning of an export and detects its kind, encoding, delimiter and header.

The roles of its columns do not belong here.
"""

import codecs
import csv
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pizza_assets.errors import BadFile
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_readers import check_file, json_records, kind_of, read_batches

HEAD_BYTES = 256 * 1024
HEAD_RECORDS = 1_000
SAMPLE_LINES = 50_000
DELIMITERS = (",", ";", "\t", "|")
_DEFAULT_ENCODING = "utf-8-sig"
_FALLBACK_ENCODING = "cp1252"


@dataclass(frozen=True)
class ExportSample:
    """The first lines of one file, and a few of the last ones if it is large.

    lines: a str column per name that the header has once, without surrounding spaces. typed: the columns of typed times
    (Parquet). encoding, delimiter: as in the mapping; the delimiter only for CSV files.
    """

    file: Path
    kind: str
    header: tuple[str, ...]
    lines: pd.DataFrame
    typed: frozenset[str] = frozenset()
    encoding: str = _DEFAULT_ENCODING
    delimiter: str = ","


def read_sample(file: Path) -> ExportSample:
    """The first SAMPLE_LINES of `file`. Raises BadFile naming the file and the remedy."""
    kind = kind_of(file)
    check_file(file)
    encoding, delimiter, typed = _DEFAULT_ENCODING, ",", frozenset[str]()
    if kind == "parquet":
        header, typed = _parquet_header(file)
    else:
        head = _head(file)
        encoding = _encoding(head)
        if kind == "json":
            header = _json_header(file, encoding)
        else:
            text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
            delimiter, header = _csv_header(file, text)
    names = [name for name, count in Counter(header).items() if count == 1 and name]
    probe = FileMapping(
        text="",
        origin="(none yet)",
        label=DataSource.MOCK,
        rows="orders",
        columns={name: name for name in names},
        encoding=encoding,
        delimiter=delimiter,
    )
    lines = _lines(file, probe, names)
    if kind == "csv" and len(lines) == SAMPLE_LINES:
        lines = pd.concat([lines, _last_lines(file, encoding, delimiter, header)[names]], ignore_index=True)
    return ExportSample(file, kind, tuple(header), lines, typed, encoding, delimiter)


def _lines(file: Path, probe: FileMapping, names: Sequence[str]) -> pd.DataFrame:
    parts, count = [], 0
    for batch in read_batches(file, probe):
        good = batch.lines[batch.lines["defect"].isna()]
        parts.append(good[list(names)])
        count += len(good)
        if count >= SAMPLE_LINES:
            break
    if not count:
        raise BadFile(f"{file.name}: it has no readable line below the header; export it again")
    return pd.concat(parts, ignore_index=True).head(SAMPLE_LINES)


def _last_lines(file: Path, encoding: str, delimiter: str, header: Sequence[str]) -> pd.DataFrame:
    """Lines from the end of a large file: dates in early January alone don't show whether the day comes first."""
    with file.open("rb") as handle:
        handle.seek(-HEAD_BYTES, os.SEEK_END)
        tail = handle.read()
    text = tail.decode(encoding, errors="replace")
    rows = [row for row in csv.reader(text.splitlines()[1:], delimiter=delimiter) if len(row) == len(header)]
    return pd.DataFrame(rows, columns=pd.Index(header), dtype="str").apply(lambda column: column.str.strip())


def _head(file: Path) -> bytes:
    with file.open("rb") as handle:
        return handle.read(HEAD_BYTES)


def _encoding(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return _FALLBACK_ENCODING
    return _DEFAULT_ENCODING


def _csv_header(file: Path, text: str) -> tuple[str, list[str]]:
    """The delimiter that gives the most columns, in which most lines agree, and the header."""
    lines = text.splitlines()[:HEAD_RECORDS]
    if len(text) >= HEAD_BYTES // 4:
        lines = lines[:-1]  # the last one is cut
    best: tuple[int, str, list[str]] | None = None
    for delimiter in DELIMITERS:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
        if rows and len(rows[0]) > 1:
            width = len(rows[0])
            agreeing = sum(len(row) == width for row in rows)
            if 2 * agreeing > len(rows) and (best is None or width > best[0]):
                best = width, delimiter, rows[0]
    if best is None:
        raise BadFile(
            f"{file.name}: none of the delimiters comma, semicolon, tab and | splits its lines into columns; "
            "export it as CSV with a header line"
        )
    _, delimiter, header = best
    if all(not any(letter.isalpha() for letter in name) for name in header):
        raise BadFile(f"{file.name}: its first line is data, not column names; add a header line to the export")
    return delimiter, header


def _json_header(file: Path, encoding: str) -> list[str]:
    """The names in the first records, in order of first appearance."""
    try:
        with file.open(encoding=encoding) as handle:
            records = [record for _, record in islice(json_records(handle, file), HEAD_RECORDS)]
    except UnicodeError as error:
        raise BadFile(f"{file.name}: not readable as text ({error}); export it as UTF-8") from error
    names = dict.fromkeys(name for record in records if isinstance(record, dict) for name in record)
    if not names:
        raise BadFile(
            f"{file.name}: none of its first records is an object with names and values; export JSON lines or one JSON "
            "list of orders"
        )
    return list(names)


def _parquet_header(file: Path) -> tuple[list[str], frozenset[str]]:
    try:
        schema = pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadFile(f"{file.name}: not readable as Parquet ({error}); export it again") from error
    return schema.names, frozenset(field.name for field in schema if pa.types.is_temporal(field.type))
