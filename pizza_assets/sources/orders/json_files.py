"""Reads the mapped values of JSON files: JSON lines, one list, or one object that holds the list.

Values inside objects are named by their path ("totals.total"); a list of objects inside a record ("items.price") makes
one line of each.
"""

import io
import json
import re
from collections.abc import Generator, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.csv_files import wrong_encoding
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.packed_files import UNPACKING_ERRORS, open_unpacked
from pizza_assets.sources.orders.text_batches import (
    BATCH_ROWS,
    Batches,
    TextBatch,
    as_spelt,
    check_columns,
    text_frame,
)

JSON_CHUNK_CHARS = 1 << 20
LONGEST_JSON_RECORD = 64 * 1024 * 1024
_DEEPEST = 4
"""Objects inside objects inside objects … deeper ones stay as JSON text."""

_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
_BETWEEN_RECORDS = re.compile(r"[\s,]*")
_START_OF_LIST = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*\[(?=\s*\{)')
_LONGEST_NAME = 4_096
"""Of a list and the white space after it: it may lie in two chunks."""


def as_text(value: Any) -> str:
    """A value as text; numbers arrive as the text they were written in (see _DECODER), so no digit is lost."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def json_records(handle: io.TextIOBase, file: Path, records: str | None = None) -> Iterator[tuple[int, Any]]:
    """(number, record); a line that is not JSON gives its error as the record.

    records: the name of the list, for an object that holds several. Raises BadFile if it is needed and not given.
    """
    head = handle.read(JSON_CHUNK_CHARS)
    start = head.lstrip()
    if start.startswith("["):
        yield from enumerate(_joined_lists(handle, file, start[1:]), 1)
        return
    if start.startswith("{") and not _is_lines(start):
        found = _next_list(handle, start, records)
        if found is not None:
            yield from enumerate(_wrapped_records(handle, file, *found, is_only=records is None), 1)
            return
        if records is not None:
            raise BadFile(
                f"{file.name}: no list of objects in it is called {records!r}; correct --records or the mapping"
            )
    handle.seek(0)
    for number, line in enumerate(handle, 1):
        if line.strip():
            try:
                yield number, _DECODER.decode(line)
            except (json.JSONDecodeError, RecursionError) as error:
                yield number, error


def _next_list(handle: io.TextIOBase, buffer: str, name: str | None) -> tuple[str, str] | None:
    """The name of the next list of objects, or of the one called `name`, and the text after its bracket."""
    while True:
        for found in _START_OF_LIST.finditer(buffer):
            if name in (None, found[1]):
                return found[1], buffer[found.end() :]
        chunk = handle.read(JSON_CHUNK_CHARS)
        if not chunk:
            return None
        buffer = buffer[-_LONGEST_NAME:] + chunk


def _joined_lists(handle: io.TextIOBase, file: Path, buffer: str) -> Iterator[Any]:
    """The records of a list whose bracket has been read, and of lists that follow it, such as appended pages."""
    while True:
        rest = yield from _list_records(handle, file, buffer)
        while not (rest := rest.lstrip(" \t\r\n,")) and (chunk := handle.read(JSON_CHUNK_CHARS)):
            rest = chunk
        if not rest:
            return
        if not rest.startswith("["):
            raise BadFile(f"{file.name}: {rest[:20]!r} stands after its list of records; export it again")
        buffer = rest[1:]


def _wrapped_records(handle: io.TextIOBase, file: Path, name: str, buffer: str, *, is_only: bool) -> Iterator[Any]:
    """The records of the list `name` inside an object, which may hold no other of that name, and none if `is_only`."""
    rest = yield from _list_records(handle, file, buffer)
    other = _next_list(handle, rest, None if is_only else name)
    if other is not None and not is_only:
        raise BadFile(f"{file.name}: it holds more than one list called {name!r}; make each a file of its own")
    if other is not None:
        raise BadFile(
            f"{file.name}: it holds more than one list of objects, {name!r} and {other[0]!r}: say which one has the "
            f"orders (--records {name}; in the mapping records = {json.dumps(name)}), or make each a file of its own"
        )


def _is_lines(text: str) -> bool:
    """Whether the first line is a whole record and no wrapper of a list of records."""
    first, _, rest = text.partition("\n")
    try:
        record = json.loads(first)
    except (json.JSONDecodeError, RecursionError):
        return False
    return bool(rest.strip()) or not (isinstance(record, dict) and _START_OF_LIST.search(first))


def _list_records(handle: io.TextIOBase, file: Path, buffer: str) -> Generator[Any, None, str]:
    """The elements of a JSON list whose opening bracket has been read, decoded one by one; returns what follows it."""
    at, is_last = 0, False
    while True:
        at = _BETWEEN_RECORDS.match(buffer, at).end()  # type: ignore[union-attr]  # matches the empty text at least
        if buffer.startswith("]", at):
            return buffer[at + 1 :]
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


def flat_lines(record: Mapping[str, Any], nested: str | None) -> list[dict[str, Any]]:
    """The record as lines of values by path: one, or one for each object of the list at the path `nested`."""
    flat: dict[str, Any] = {}
    _flatten(record, "", flat, 1)
    items = flat.pop(nested, None) if nested is not None else None
    if not isinstance(items, list) or not items:
        return [flat]
    lines = []
    for item in items:
        line = dict(flat)
        if isinstance(item, dict):
            _flatten(item, f"{nested}.", line, 1)
        lines.append(line)
    return lines


def _flatten(record: Mapping[str, Any], prefix: str, flat: dict[str, Any], depth: int) -> None:
    for name, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            flat[prefix + name] = value
            _flatten(value, f"{prefix}{name}.", flat, depth + 1)
        else:
            flat[prefix + name] = value


def nested_list(record: Mapping[str, Any]) -> str | None:
    """The path of the record's first list of objects: its items."""
    flat: dict[str, Any] = {}
    _flatten(record, "", flat, 1)
    return next((n for n, v in flat.items() if isinstance(v, list) and v and isinstance(v[0], dict)), None)


def _mapped_list(mapping: FileMapping, record: Mapping[str, Any]) -> str | None:
    """The path of the list of objects that mapped columns lie in."""
    path = nested_list(record)
    names = [*mapping.columns.values(), *(s for listed in mapping.spellings.values() for s in listed)]
    return path if path is not None and any(name.startswith(f"{path}.") for name in names) else None


def read_json(file: Path, mapping: FileMapping) -> Iterator[TextBatch]:
    """All records. Raises BadFile naming the file, the column and the remedy."""
    seen: dict[str, None] = {}
    is_any, made = False, Batches(mapping)
    try:
        with open_unpacked(file) as packed, io.TextIOWrapper(packed, encoding=mapping.encoding) as handle:
            records = json_records(handle, file, mapping.records)
            while chunk := list(islice(records, BATCH_ROWS)):
                good = [
                    (number, line)
                    for number, record in chunk
                    if isinstance(record, dict)
                    for line in flat_lines(record, _mapped_list(mapping, record))
                ]
                defects = {number: _json_defect(record) for number, record in chunk if not isinstance(record, dict)}
                is_any = is_any or bool(good)
                for _, line in good:
                    seen.update(dict.fromkeys(line))
                texts = {name: [as_text(_spelt(line, mapping, name)) for _, line in good] for name in mapping.columns}
                numbers = np.array([number for number, _ in good], dtype=np.int64)
                yield made.batch(text_frame(texts, numbers, defects))
    except UnicodeError as error:
        raise wrong_encoding(file, mapping, error) from error
    except UNPACKING_ERRORS as error:
        raise BadFile(f"{file.name}: the archive is damaged or encrypted ({error}); download it again") from error
    if is_any:  # a key that no record has is a missing column, not a column of empty values
        check_columns(file, sorted(seen), as_spelt(file, sorted(seen), mapping))


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
