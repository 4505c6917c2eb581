"""Frames to Parquet and CSV bytes and back, with the facts that lie beside them.

The Parquet bytes hold no clock, run id or random name: equal rows give an equal file. What differs from run to
run is in the facts. Keys and labels do not belong here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd
import pyarrow
from pyarrow import parquet

from pizza_assets.errors import StorageError
from pizza_assets.models.table import Table
from pizza_assets.storage.layout import facts_key
from pizza_assets.storage.object_store import ObjectStore

ROWS_PER_GROUP = 1_000_000
COVERAGE_METADATA = b"pizza.covered"
LABEL_METADATA = b"pizza.data_source"


@dataclass(frozen=True)
class Facts:
    """What is known about a stored object besides its rows; kept as JSON beside it."""

    table: str
    data_source: str
    row_count: int
    byte_count: int
    sha256: str
    schema_version: int
    code_version: str
    collected_at: str
    run_id: str
    source_name: str | None = None
    reason: str | None = None
    rejected_count: int = 0
    is_partial: bool = False


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


def write_parquet(store: ObjectStore, key: str, table: pyarrow.Table) -> tuple[int, str]:
    """Write one Parquet object; returns its size in bytes and its SHA-256."""
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return write_bytes(store, key, sink.getvalue())


def write_bytes(store: ObjectStore, key: str, content: bytes | pyarrow.Buffer) -> tuple[int, str]:
    """Write one object whole; returns its size in bytes and its SHA-256."""
    with store.writing(key) as file:
        file.write(content)
    return len(content), hashlib.sha256(content).hexdigest()


def read_parquet(
    store: ObjectStore, key: str, model: type[Table], columns: Sequence[str] | None = None
) -> tuple[pd.DataFrame, str | None] | None:
    """One stored table and its coverage text, or None if there is no such object.

    Raises StorageError for a file that is no Parquet, another table, or of another schema version.
    """
    content = store.read(key)
    if content is None:
        return None
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(content))
        metadata = file.schema_arrow.metadata or {}
        _check_version(store.uri(key), metadata, model)
        table = file.read(columns=list(columns) if columns is not None else None)
    except (pyarrow.ArrowException, OSError) as error:
        raise StorageError(
            f"{store.uri(key)}: not readable as Parquet ({error}); delete it and run its week again"
        ) from error
    covered = metadata.get(COVERAGE_METADATA)
    return _to_pandas(table, model), covered.decode() if covered is not None else None


def _check_version(uri: str, metadata: Mapping[bytes, bytes], model: type[Table]) -> None:
    name = metadata.get(b"pizza.table", b"").decode()
    version = metadata.get(b"pizza.schema_version", b"").decode()
    if name != model.table_name() or version != str(model.schema_version()):
        raise StorageError(
            f"{uri}: holds table {name!r} of schema version {version!r}, expected {model.table_name()!r} of version "
            f"{model.schema_version()}; run its week again to rewrite it"
        )


def _to_pandas(table: pyarrow.Table, model: type[Table]) -> pd.DataFrame:
    """Arrow to the model's exact pandas types, without a copy where possible."""
    nullable = {c.name for c in model.columns() if c.dtype == "Int64"}
    frame = table.to_pandas(types_mapper={pyarrow.string(): pd.StringDtype(na_value=float("nan"))}.get)
    for name in nullable & set(frame.columns):
        frame[name] = pd.array(table.column(name).to_pandas(integer_object_nulls=True), dtype="Int64")
    return frame


def write_facts(store: ObjectStore, key: str, facts: Facts) -> None:
    """Write the facts of the object at `key` beside it."""
    write_bytes(store, facts_key(key), json.dumps(asdict(facts), indent=1, sort_keys=True).encode())


def read_facts(store: ObjectStore, key: str) -> Facts | None:
    """The facts of the object at `key`, or None if there is no such object.

    A writer can be killed between the object and its facts: if they don't belong to each other, what the object
    itself says counts, and when and how it was collected is unknown.
    """
    size = store.size(key)
    if size is None:
        return None
    content = store.read(facts_key(key))
    if content is not None:
        try:
            facts = Facts(**json.loads(content))
        except (ValueError, TypeError) as error:
            raise StorageError(
                f"{store.uri(facts_key(key))}: not readable ({error}); delete it and run its week again"
            ) from error
        if facts.byte_count == size:
            return facts
    return _facts_of_object(store, key)


def _facts_of_object(store: ObjectStore, key: str) -> Facts:
    content = store.read(key) or b""
    try:
        file = parquet.ParquetFile(pyarrow.BufferReader(content))
    except (pyarrow.ArrowException, OSError) as error:
        raise StorageError(
            f"{store.uri(key)}: not readable as Parquet ({error}); delete it and run its week again"
        ) from error
    metadata = file.schema_arrow.metadata or {}
    return Facts(
        table=metadata.get(b"pizza.table", b"").decode(),
        data_source=metadata.get(LABEL_METADATA, b"").decode(),
        row_count=file.metadata.num_rows,
        byte_count=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        schema_version=int(metadata.get(b"pizza.schema_version", b"0")),
        code_version="unknown",
        collected_at="",
        run_id="unknown",
    )
