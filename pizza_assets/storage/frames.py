"""Converts frames to Parquet bytes and back.

The bytes contain no timestamps, run ids or random names: equal rows give equal files. What varies by run is in
facts.py. Each file contains a checksum of its content, so that a damaged or mixed-up file is never read. Keys and
labels do not belong here.
"""

import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import pandas as pd
import pyarrow
from pandas.api.types import union_categoricals
from pyarrow import parquet

from pizza_assets.errors import StorageError
from pizza_assets.models.table import Table
from pizza_assets.storage.object_store import ObjectStore

ROWS_PER_GROUP = 1 << 18
"""A whole row group is in memory while it is written, so this bounds the memory of a large week."""
COVERAGE_METADATA = b"pizza.covered"
LABEL_METADATA = b"pizza.data_source"
_METADATA_PREFIX = b"pizza."
DAMAGE = (pyarrow.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises for a file that is not, or no longer, Parquet."""

_MAGIC = b"PAR1"
_FOOTER_END = 8  # the footer's length in four bytes, and the magic bytes
_USUAL_FOOTER = 64 * 1024
_PIECE = 1 << 20
_ROWS_FOR_THREADS = 1 << 20
"""For fewer, threads cost more processor time than they save on the clock: weeks are read side by side anyway."""
_SEAL = b"pizza.sha256="
_SEAL_LENGTH = len(_SEAL) + 64
"""The seal is the checksum of all other bytes, stored between rows and footer, where Parquet readers do not look."""


@dataclass(frozen=True)
class Footer:
    """The footer of a Parquet file. checksum: the one in the file's seal; empty for files of early releases."""

    metadata: parquet.FileMetaData
    checksum: str


def to_arrow(frame: pd.DataFrame, model: type[Table], label: str, covered: str | None = None) -> pyarrow.Table:
    """`frame` (conformed to `model`) as an Arrow table with the model's schema, label and coverage in its metadata."""
    schema = stored_schema(model, label, covered)
    return pyarrow.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(
        schema.metadata
    )


def stored_schema(model: type[Table], label: str, covered: str | None = None) -> pyarrow.Schema:
    """The model's schema with label and coverage in its metadata."""
    schema = model.arrow_schema()
    metadata = {**(schema.metadata or {}), LABEL_METADATA: label.encode()}
    if covered is not None:
        metadata[COVERAGE_METADATA] = covered.encode()
    return schema.with_metadata(metadata)


def with_metadata(table: pyarrow.Table, metadata: Mapping[str, str]) -> pyarrow.Table:
    """The table with more of our metadata, which `footer_metadata` reads back."""
    ours = {f"pizza.{name}".encode(): text.encode() for name, text in metadata.items()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **ours})


def to_parquet(table: pyarrow.Table) -> bytes:
    """The bytes of a Parquet file (zstd), sealed with its checksum."""
    groups = (table.slice(first, ROWS_PER_GROUP) for first in range(0, max(table.num_rows, 1), ROWS_PER_GROUP))
    file = io.BytesIO()
    write_groups(file, groups, table.schema)
    return file.getvalue()


def write_groups(file: IO[bytes], groups: Iterable[pyarrow.Table], schema: pyarrow.Schema) -> None:
    """Like `to_parquet`, but from successive row groups into an empty file open for reading and writing."""
    with parquet.ParquetWriter(file, schema, **_encodings(schema)) as writer:
        for group in groups:
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
    end = _end_of(file)
    footer = end[_footer_starts(end) :]
    start = file.seek(-len(footer), os.SEEK_END)
    checksum = _checksum_of_file(file, start, footer)
    file.seek(start)
    file.write(_SEAL + checksum.encode() + footer)


def _encodings(schema: pyarrow.Schema) -> dict[str, Any]:
    """Encoding options. Times are close to each other, so storing their differences halves a table at equal read speed.

    Texts have no min/max statistics: no reader uses them.
    """
    times = [field.name for field in schema if pyarrow.types.is_timestamp(field.type)]
    texts = [field.name for field in schema if pyarrow.types.is_string(field.type)]
    return {
        "compression": "zstd",
        "use_dictionary": [name for name in schema.names if name not in times],
        "column_encoding": dict.fromkeys(times, "DELTA_BINARY_PACKED"),
        "write_statistics": [name for name in schema.names if name not in texts],
    }


def write_bytes(store: ObjectStore, key: str, content: bytes, labels: Mapping[str, str] | None = None) -> None:
    """Write one object."""
    with store.writing(key, labels) as file:
        file.write(content)


def write_file(store: ObjectStore, key: str, content: IO[bytes], labels: Mapping[str, str] | None = None) -> None:
    """Write the whole content of an open file as one object."""
    content.seek(0)
    with store.writing(key, labels) as file:
        shutil.copyfileobj(content, file, _PIECE)


def read_parquet(
    store: ObjectStore,
    key: str,
    model: type[Table],
    columns: Sequence[str] | None = None,
    encoded: Sequence[str] = (),
) -> tuple[pd.DataFrame, str | None] | None:
    """One stored table and its coverage text, or None if there is no such object. encoded: see `table_of`.

    Raises StorageError for a file that is not Parquet, is damaged, or has another table or schema version.
    """
    content = store.read(key)
    return None if content is None else table_of(store.uri(key), content, model, columns, encoded)


def table_of(
    uri: str,
    content: bytes,
    model: type[Table],
    columns: Sequence[str] | None = None,
    encoded: Sequence[str] = (),
) -> tuple[pd.DataFrame, str | None]:
    """The table and its coverage text from the bytes of the object at `uri`. Raises StorageError as `read_parquet`.

    encoded: text columns to return as categories, as they are stored: reading a million repeated names as texts takes
    four times as long.
    """
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(content))
        metadata = file.schema_arrow.metadata or {}
        _check_content(uri, content)
        check_version(uri, metadata, model)
        check_columns(uri, file.schema_arrow, model)
        if encoded:
            file = parquet.ParquetFile(
                pyarrow.BufferReader(content), metadata=file.metadata, read_dictionary=list(encoded)
            )
        table = file.read(
            columns=list(columns) if columns is not None else None,
            use_threads=file.metadata.num_rows >= _ROWS_FOR_THREADS,
        )
    except DAMAGE as error:
        raise unreadable(uri, error) from error
    covered = metadata.get(COVERAGE_METADATA)
    return to_frame(table, model), covered.decode() if covered is not None else None


def joined(parts: Sequence[pd.DataFrame], encoded: Sequence[str]) -> pd.DataFrame:
    """One or more frames with the same columns as one. encoded: see `table_of`; they remain categories."""
    if len(parts) == 1:
        return parts[0]
    others = pd.concat([part.drop(columns=list(encoded)) for part in parts], ignore_index=True)
    texts = {name: union_categoricals([part[name] for part in parts]) for name in encoded}
    return others.assign(**texts)[list(parts[0].columns)]


def read_footer(store: ObjectStore, key: str) -> Footer | None:
    """The footer of a Parquet object, or None if there is no such object. Raises StorageError for anything else."""
    try:
        end = _stored_end(store, key)
        return None if end is None else Footer(parquet.read_metadata(pyarrow.BufferReader(end)), _seal(end))
    except DAMAGE as error:
        raise unreadable(store.uri(key), error) from error


def read_checksum(store: ObjectStore, key: str) -> str | None:
    """The checksum of `read_footer`, without the time that parsing the footer takes."""
    try:
        end = _stored_end(store, key)
        return None if end is None else _seal(end)
    except DAMAGE as error:
        raise unreadable(store.uri(key), error) from error


def _stored_end(store: ObjectStore, key: str) -> bytes | None:
    """The last bytes of a Parquet object, at least its footer and seal, or None if there is no such object."""
    end = store.tail(key, _USUAL_FOOTER)
    if end is not None and _footer_starts(end) < _SEAL_LENGTH:
        end = store.tail(key, len(end) - _footer_starts(end) + _SEAL_LENGTH)
    return end


def footer_metadata(uri: str, footer: Footer) -> dict[str, str]:
    """Our metadata in a footer, by name without prefix. Raises StorageError if it is damaged."""
    try:
        metadata = footer.metadata.schema.to_arrow_schema().metadata or {}
        ours = (name for name in metadata if name.startswith(_METADATA_PREFIX))
        return {name.removeprefix(_METADATA_PREFIX).decode(): metadata[name].decode() for name in ours}
    except DAMAGE as error:
        raise unreadable(uri, error) from error


def check_file(uri: str, file: pyarrow.NativeFile) -> None:
    """Verify the checksum of an open Parquet file, chunk by chunk.

    Raises StorageError if it differs, and one of DAMAGE if the file is not Parquet.
    """
    end = _end_of(file)
    seal = _seal(end)
    footer = end[_footer_starts(end) :]
    if seal and _checksum_of_file(file, file.size() - len(footer) - _SEAL_LENGTH, footer) != seal:
        raise _checksum_mismatch(uri)


def content_checksum(content: bytes) -> str:
    """The checksum that identifies an object's content: the seal's for Parquet, else that of its bytes."""
    if content[-4:] == _MAGIC:
        return _seal(content)
    return hashlib.sha256(content).hexdigest()


def file_checksum(content: IO[bytes]) -> str:
    """Like `content_checksum`, for a file open for reading."""
    end = _end_of(content)
    if end[-4:] == _MAGIC:
        return _seal(end)
    content.seek(0)
    return hashlib.file_digest(content, "sha256").hexdigest()


def check_version(uri: str, metadata: Mapping[bytes, bytes], model: type[Table]) -> None:
    name = metadata.get(b"pizza.table", b"").decode()
    version = metadata.get(b"pizza.schema_version", b"").decode()
    if name != model.table_name() or version != str(model.schema_version()):
        raise StorageError(
            f"{uri}: holds table {name!r} of schema version {version!r}, expected {model.table_name()!r} of version "
            f"{model.schema_version()}; run its week again to rewrite it"
        )


def check_columns(uri: str, schema: pyarrow.Schema, model: type[Table]) -> None:
    if not schema.equals(model.arrow_schema()):
        raise StorageError(
            f"{uri}: damaged, its columns differ from those of {model.table_name()}; run its week again to rewrite it"
        )


def _check_content(uri: str, content: bytes) -> None:
    """Verify the checksum over every byte: rows and footer."""
    seal = _seal(content)
    start = _footer_starts(content)
    rows, footer = memoryview(content)[: start - _SEAL_LENGTH], memoryview(content)[start:]
    if seal and _checksum(rows, footer) != seal:
        raise _checksum_mismatch(uri)


def _checksum_mismatch(uri: str) -> StorageError:
    return StorageError(f"{uri}: damaged, its content does not match its checksum; run its week again to rewrite it")


def _end_of(file: "IO[bytes] | pyarrow.NativeFile") -> bytes:
    """The last bytes of a file; for Parquet at least the footer and the seal before it."""
    size = file.seek(0, os.SEEK_END)
    end = _last(file, size, _USUAL_FOOTER)
    if end[-4:] == _MAGIC and _footer_starts(end) < _SEAL_LENGTH:
        end = _last(file, size, len(end) - _footer_starts(end) + _SEAL_LENGTH)
    return end


def _last(file: "IO[bytes] | pyarrow.NativeFile", size: int, length: int) -> bytes:
    file.seek(max(0, size - length))
    return file.read(length)


def _checksum_of_file(file: "IO[bytes] | pyarrow.NativeFile", length: int, footer: bytes) -> str:
    """Like `_checksum`, for the first `length` bytes of a file, chunk by chunk."""
    digest = hashlib.sha256()
    file.seek(0)
    while length:
        piece = file.read(min(length, _PIECE))
        digest.update(piece)
        length -= len(piece)
    digest.update(footer)
    return digest.hexdigest()


def _checksum(rows: memoryview, footer: memoryview) -> str:
    digest = hashlib.sha256(rows)
    digest.update(footer)
    return digest.hexdigest()


def _seal(end: bytes) -> str:
    """The checksum in the file's seal; empty for files of early releases."""
    start = _footer_starts(end)
    seal = bytes(end[max(0, start - _SEAL_LENGTH) : start])
    return seal.removeprefix(_SEAL).decode(errors="replace") if seal.startswith(_SEAL) else ""


def _footer_starts(end: bytes | memoryview) -> int:
    """The footer's start within the last bytes of a file; negative if it starts before them."""
    if bytes(end[-4:]) != _MAGIC:
        raise pyarrow.ArrowInvalid("it does not end with Parquet's magic bytes")
    return len(end) - _FOOTER_END - int.from_bytes(end[-_FOOTER_END:-4], "little")


def unreadable(uri: str, error: Exception) -> StorageError:
    return StorageError(f"{uri}: not readable as Parquet ({error}); run its week again to rewrite it")


def to_frame(table: pyarrow.Table, model: type[Table]) -> pd.DataFrame:
    """The Arrow table as a frame with the model's exact pandas types (encoded texts are categories), without a copy
    where possible.
    """
    nullable = {c.name for c in model.columns() if c.dtype == "Int64"}
    frame = table.to_pandas(
        types_mapper={pyarrow.string(): pd.StringDtype(na_value=float("nan"))}.get,
        use_threads=table.num_rows >= _ROWS_FOR_THREADS,
    )
    for name in nullable & set(frame.columns):
        frame[name] = pd.array(table.column(name).to_pandas(integer_object_nulls=True), dtype="Int64")
    for name in frame.columns[frame.dtypes == "category"]:
        categories = frame[name].cat.categories
        if categories.empty:  # of a column without any text, whose categories would not be texts
            frame[name] = frame[name].cat.rename_categories(categories.astype("str"))
    return frame
