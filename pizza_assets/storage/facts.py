"""Facts about a stored object besides its rows, in a small JSON file next to it.

Facts are published before their object, together with those of the object about to be replaced. So at no moment, even
after a kill, does a reader find an object without its facts.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pizza_assets.errors import StorageError
from pizza_assets.storage import frames
from pizza_assets.storage.layout import facts_key, old_facts_key
from pizza_assets.storage.object_store import ObjectStore

_BEFORE = "before"
_READS = 5
"""A reader's two requests may straddle two complete writes, though hardly five times in a row."""


@dataclass(frozen=True)
class Facts:
    """Facts of one stored object. Facts belong to an object if `content_sha256` matches the object's own.

    sha256: of all bytes. content_sha256: the checksum embedded in a Parquet file; else the same as sha256.
    input_fingerprint: of all inputs; empty if unknown. is_kept: a refresh failed (see `reason`), so the complete object
    from before was kept.
    """

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
    content_sha256: str = ""
    input_fingerprint: str = ""
    is_kept: bool = False


def labels_of(facts: Facts) -> dict[str, str]:
    """Metadata that a bucket stores with the object: source, time of collection, run, number of rows."""
    labels = {
        "data-source": facts.data_source,
        "source": facts.source_name or "",
        "collected-at": facts.collected_at,
        "run-id": facts.run_id,
        "table": facts.table,
        "row-count": str(facts.row_count),
    }
    return {name: text.encode("ascii", "backslashreplace").decode() for name, text in labels.items() if text}


def publish_facts(store: ObjectStore, key: str, facts: Facts) -> None:
    """Write the facts of the object that is, or is about to be, at `key`."""
    before = _facts_before(store, key)
    record: dict[str, Any] = asdict(facts)
    if before is not None and before.content_sha256 != facts.content_sha256:
        record[_BEFORE] = asdict(before)
    content = json.dumps(record, indent=1, sort_keys=True).encode()
    frames.write_bytes(store, facts_key(key), content, labels_of(facts))
    if before is not None and store.exists(old_facts_key(key)):
        store.delete(old_facts_key(key))  # whatever it says of the object before is now in the new place


def delete_with_facts(store: ObjectStore, key: str) -> None:
    """Delete the object at `key` and its facts, wherever they are."""
    for each in (key, facts_key(key), old_facts_key(key)):
        if store.exists(each):
            store.delete(each)


def read_facts(store: ObjectStore, key: str) -> Facts | None:
    """The facts of the object at `key`, or None if there is no such object.

    If the facts are lost, they are rebuilt from the object itself; its time, run and inputs are then unknown. Raises
    StorageError if the object or its facts are unreadable.
    """
    for _ in range(_READS):
        checksum = _checksum(store, key)
        if checksum is None:
            return None
        for facts in _published(store, key):
            if checksum and facts.content_sha256 == checksum:
                return facts
    return _facts_of_object(store, key)


def _facts_before(store: ObjectStore, key: str) -> Facts | None:
    try:
        return read_facts(store, key)
    except StorageError:
        return None  # an unreadable object is about to be replaced; nothing about it is worth keeping


def _checksum(store: ObjectStore, key: str) -> str | None:
    if key.endswith(".parquet"):
        return frames.read_checksum(store, key)
    content = store.read(key)
    return None if content is None else hashlib.sha256(content).hexdigest()


def _published(store: ObjectStore, key: str) -> Iterator[Facts]:
    """The facts in the new place, then those where an earlier release, also one that was returned to, writes them."""
    for place in (facts_key(key), old_facts_key(key)):
        content = store.read(place)
        if content is not None:
            yield from facts_in(store.uri(place), content)


def facts_in(uri: str, content: bytes) -> list[Facts]:
    """The facts in the JSON at `uri`: of an object, and of the one it replaced. Raises StorageError."""
    try:
        record = json.loads(content)
        before = record.pop(_BEFORE, None)
        return [Facts(**known) for known in (record, before) if known is not None]
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageError(f"{uri}: not readable ({error}); run its week again to rewrite it") from error


def _facts_of_object(store: ObjectStore, key: str) -> Facts | None:
    content = store.read(key)
    if content is None:
        return None
    checksum = hashlib.sha256(content).hexdigest()
    unknown = {"code_version": "unknown", "collected_at": "", "run_id": "unknown"}
    if not key.endswith(".parquet"):
        return Facts("", "", 0, len(content), checksum, 0, content_sha256=checksum, **unknown)
    footer = frames.read_footer(store, key)
    if footer is None:
        return None
    metadata = frames.footer_metadata(store.uri(key), footer)
    version = metadata.get("schema_version", "")
    return Facts(
        table=metadata.get("table", ""),
        data_source=metadata.get("data_source", ""),
        row_count=footer.metadata.num_rows,
        byte_count=len(content),
        sha256=checksum,
        schema_version=int(version) if version.isdigit() else 0,
        content_sha256=footer.checksum,
        **unknown,
    )
