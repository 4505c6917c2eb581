"""Frames to Parquet bytes and back.

The Parquet bytes hold no clock, run id or random name: equal rows give an equal file. What differs from run to run is
in facts.py. A file carries the checksum of its own rows, so that one that is damaged, or put together from two, is
never read. Keys and labels do not belong here.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence

import pandas as pd
import pyarrow
from pyarrow import parquet

from pizza_assets.errors import StorageError
from pizza_assets.models.table import Table
from pizza_assets.storage.object_store import ObjectStore

ROWS_PER_GROUP = 1_000_000
COVERAGE_METADATA = b"pizza.covered"
LABEL_METADATA = b"pizza.data_source"
CONTENT_METADATA = b"pizza.content_sha256"
"""SHA-256 of all that the file says: everything before the footer, and our own words in the footer."""

_OUR_WORDS = b"pizza."

_DAMAGE = (pyarrow.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises for a file that is no Parquet, or no longer."""

_MAGIC = b"PAR1"
_FOOTER_END = 8  # the footer's length in four bytes, and the magic word
_USUAL_FOOTER = 64 * 1024


def to_arrow(frame: pd.DataFrame, model: type[Table], label: str, covered: str | None = None) -> pyarrow.Table:
    """`frame` (conformed to `model`) as an Arrow table of the model's schema; label and coverage go to its metadata."""
    schema = model.arrow_schema()
    metadata = {**(schema.metadata or {}), LABEL_METADATA: label.encode()}
    if covered is not None:
        metadata[COVERAGE_METADATA] = covered.encode()
    schema = schema.with_metadata(metadata)
    return pyarrow.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(
        schema.metadata
    )


def to_parquet(table: pyarrow.Table) -> bytes:
    """A whole Parquet file (zstd) that carries the checksum of its rows."""
    file = io.BytesIO()
    writer = parquet.ParquetWriter(file, table.schema, compression="zstd")
    writer.write_table(table, row_group_size=ROWS_PER_GROUP)
    # all row groups are out; only the footer is still to come
    checksum = _checksum(file.getbuffer(), table.schema.metadata or {})
    writer.add_key_value_metadata({CONTENT_METADATA: checksum.encode()})
    writer.close()
    return file.getvalue()


def write_bytes(store: ObjectStore, key: str, content: bytes) -> None:
    """Write one object whole."""
    with store.writing(key) as file:
        file.write(content)


def read_parquet(
    store: ObjectStore, key: str, model: type[Table], columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, str | None] | None:
    """One stored table and its coverage text, or None if there is no such object.

    Raises StorageError for a file that is no Parquet, is damaged, holds another table, or is of another schema version.
    """
    content = store.read(key)
    if content is None:
        return None
    uri = store.uri(key)
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(content))
        metadata = file.schema_arrow.metadata or {}
        _check_content(uri, content, file.metadata.metadata or {})
        _check_version(uri, metadata, model)
        _check_columns(uri, file.schema_arrow, model)
        table = file.read(columns=list(columns) if columns is not None else None)
    except _DAMAGE as error:
        raise _unreadable(uri, error) from error
    covered = metadata.get(COVERAGE_METADATA)
    return _to_pandas(table, model), covered.decode() if covered is not None else None


def read_footer(store: ObjectStore, key: str) -> parquet.FileMetaData | None:
    """The footer of a Parquet object, or None if there is no such object. Raises StorageError for anything else."""
    end = store.tail(key, _USUAL_FOOTER)
    if end is None:
        return None
    try:
        length = _footer_length(end) + _FOOTER_END
        if length > len(end):
            end = store.tail(key, length)
        return None if end is None else parquet.read_metadata(pyarrow.BufferReader(end))
    except _DAMAGE as error:
        raise _unreadable(store.uri(key), error) from error


def footer_checksum(footer: parquet.FileMetaData) -> str:
    """The checksum that a Parquet file carries; an empty text for a file of an earlier release."""
    return (footer.metadata or {}).get(CONTENT_METADATA, b"").decode(errors="replace")


def footer_words(uri: str, footer: parquet.FileMetaData) -> dict[str, str]:
    """What we wrote into a footer, by name without its prefix. Raises StorageError if it is damaged."""
    try:
        metadata = footer.schema.to_arrow_schema().metadata or {}
        ours = (name for name in metadata if name.startswith(_OUR_WORDS))
        return {name.removeprefix(_OUR_WORDS).decode(): metadata[name].decode() for name in ours}
    except _DAMAGE as error:
        raise _unreadable(uri, error) from error


def content_checksum(content: bytes) -> str:
    """The checksum that a finished object is known by: the one it carries if it is Parquet, else that of its bytes."""
    if content[-4:] == _MAGIC:
        return footer_checksum(parquet.read_metadata(pyarrow.BufferReader(content)))
    return hashlib.sha256(content).hexdigest()


def _check_version(uri: str, metadata: Mapping[bytes, bytes], model: type[Table]) -> None:
    name = metadata.get(b"pizza.table", b"").decode()
    version = metadata.get(b"pizza.schema_version", b"").decode()
    if name != model.table_name() or version != str(model.schema_version()):
        raise StorageError(
            f"{uri}: holds table {name!r} of schema version {version!r}, expected {model.table_name()!r} of version "
            f"{model.schema_version()}; run its week again to rewrite it"
        )


def _check_columns(uri: str, schema: pyarrow.Schema, model: type[Table]) -> None:
    if not schema.equals(model.arrow_schema()):
        raise StorageError(
            f"{uri}: damaged, its columns are not those of {model.table_name()}; run its week again to rewrite it"
        )


def _check_content(uri: str, content: bytes, metadata: Mapping[bytes, bytes]) -> None:
    expected = metadata.get(CONTENT_METADATA)
    rows = memoryview(content)[: len(content) - _FOOTER_END - _footer_length(content)]
    if expected is not None and _checksum(rows, metadata).encode() != expected:
        raise StorageError(f"{uri}: damaged, its content does not match its checksum; run its week again to rewrite it")


def _checksum(rows: memoryview, metadata: Mapping[bytes, bytes]) -> str:
    digest = hashlib.sha256(rows)
    for name in sorted(name for name in metadata if name.startswith(_OUR_WORDS) and name != CONTENT_METADATA):
        digest.update(b"%d:%s=%d:%s;" % (len(name), name, len(metadata[name]), metadata[name]))
    return digest.hexdigest()


def _footer_length(end: bytes) -> int:
    if end[-4:] != _MAGIC:
        raise pyarrow.ArrowInvalid("it does not end like Parquet")
    return int.from_bytes(end[-_FOOTER_END:-4], "little")


def _unreadable(uri: str, error: Exception) -> StorageError:
    return StorageError(f"{uri}: not readable as Parquet ({error}); run its week again to rewrite it")


def _to_pandas(table: pyarrow.Table, model: type[Table]) -> pd.DataFrame:
    """Arrow to the model's exact pandas types, without a copy where possible."""
    nullable = {c.name for c in model.columns() if c.dtype == "Int64"}
    frame = table.to_pandas(types_mapper={pyarrow.string(): pd.StringDtype(na_value=float("nan"))}.get)
    for name in nullable & set(frame.columns):
        frame[name] = pd.array(table.column(name).to_pandas(integer_object_nulls=True), dtype="Int64")
    return frame
