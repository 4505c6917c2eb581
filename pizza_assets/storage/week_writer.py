"""Writes one week of one asset under its claim, and decides what may be overwritten: real beats mock, and a week that
lost too many rows is not stored at all.

What readers get is decided in tables.py; the contents of a week in the assets.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

import pandas as pd

from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.errors import StorageError
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod, coverage_to_json
from pizza_assets.models.labels import real_share
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import frames, layout
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.facts import Facts, delete_with_facts, labels_of, publish_facts, read_facts
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.refusals import RefusalLimits, RefusedRows
from pizza_assets.storage.row_checks import check_rows
from pizza_assets.storage.streamed_rows import Counted, write_rows

_BYTES_IN_MEMORY = 32 * 1024 * 1024
"""Larger files are buffered on disk until they are published."""


@dataclass(frozen=True)
class Stored:
    """The result of a write. is_kept: nothing was written, because the stored week is better."""

    uri: str
    facts: Facts
    real_share: float
    is_kept: bool = False


@dataclass(frozen=True)
class Withheld:
    """The result of a write that stored nothing, because too many rows were refused and no earlier week is stored."""

    reason: str


@dataclass(frozen=True)
class Origin:
    """Where the rows of a write come from, for its facts. failure: of the source that these rows stand in for.
    lacks_only_new: as in SourceResult."""

    data_source: str
    code_version: str
    run_id: str
    source_name: str | None = None
    reason: str | None = None
    is_partial: bool = False
    input_fingerprint: str = ""
    failure: str | None = None
    lacks_only_new: bool = False


class WeekWriter:
    """Writes one week of one asset while its claim is held."""

    def __init__(
        self,
        store: ObjectStore,
        claim: Claim,
        asset: str,
        week: str,
        collected_at: Callable[[], datetime],
        limits: RefusalLimits,
    ) -> None:
        self._store, self._claim, self._now = store, claim, collected_at
        self._asset, self._week, self._limits = asset, week, limits

    def write(
        self,
        rows: pd.DataFrame | RowStream,
        origin: Origin,
        covered: Sequence[CoveredPeriod] | None = None,
        rejected: pd.DataFrame | None = None,
    ) -> Stored | Withheld:
        """Write the week, unless it would replace a real week with mock, a complete one with a partial one (for answers
        that lack only new rows: with fewer rows), or has lost more rows than the limits allow: then the stored week is
        kept, and its facts note why it was not refreshed.

        Refused rows and their counts are stored either way, so that checks can judge a week that was not stored. A real
        week deletes the mock one once it is safely written. Raises StorageError if the model refuses a row, or if the
        claim was lost.
        """
        labelled = layout.PLACES[self._asset].labelled
        label = origin.data_source if labelled else None
        self._claim.confirm()
        if label == DataSource.MOCK and (real := self._stored(DataSource.REAL)) is not None:
            return self._kept(real, _cause(origin))
        before = self._stored(label) if label == DataSource.REAL and origin.is_partial else None
        if before is not None and not origin.lacks_only_new and self._is_whole(before):
            return self._kept(before, _cause(origin))
        rejected = RejectedRows.empty() if rejected is None else rejected
        collected_at, keys = self._now(), layout.week_keys(self._asset, self._week, label)
        key = keys[-1]
        covered_text = None if covered is None else coverage_to_json(covered)
        with _written_file(self._asset, key, rows, origin, covered_text) as (file, counted):
            if before is not None and origin.lacks_only_new and counted.row_count < self._row_count(before):
                return self._kept(before, _cause(origin))
            refused = RefusedRows.of(rejected, counted.row_count)
            self._write_rejected(rejected, refused, origin, collected_at)
            objection = self._limits.objection(self._asset, refused)
            if objection is not None:
                before = self._stored(label)
                return Withheld(objection) if before is None else self._kept(before, objection)
            stored = _publish_table(self._store, self._asset, key, file, counted, origin, collected_at, refused.refused)
        mock = layout.week_keys(self._asset, self._week, DataSource.MOCK) if label == DataSource.REAL else []
        for replaced in (*keys[:-1], *mock):
            delete_with_facts(self._store, replaced)
        return stored

    def retire(self) -> None:
        """Delete a derived week whose inputs no longer exist."""
        self._claim.confirm()
        for key in layout.week_keys(self._asset, self._week):
            delete_with_facts(self._store, key)

    def _write_rejected(
        self, rejected: pd.DataFrame, refused: RefusedRows, origin: Origin, collected_at: datetime
    ) -> None:
        key = layout.rejected_key(self._asset, self._week)
        if len(rejected):
            table = frames.to_arrow(rejected, RejectedRows, origin.data_source)
            content = io.BytesIO(frames.to_parquet(frames.with_metadata(table, refused.metadata)))
            facts = replace(facts_of(content, origin, collected_at), table="rejected", row_count=len(rejected))
            frames.write_file(self._store, key, content, labels_of(facts))
        else:
            self._store.delete(key)

    def _kept(self, key: str, cause: str) -> Stored:
        """Keep the stored week, and note in its facts why it could not be refreshed."""
        facts = read_facts(self._store, key)
        if facts is None:
            raise StorageError(f"{self._store.uri(key)} was just deleted; run its week again")
        reason = f"kept from before, because a refresh failed: {cause}"
        facts = replace(facts, reason=reason, is_partial=True, is_kept=True)
        publish_facts(self._store, key, facts)
        share = float(facts.data_source == DataSource.REAL)
        return Stored(self._store.uri(key), facts, share, is_kept=True)

    def _is_whole(self, key: str) -> bool:
        """Whether the stored week is complete; a kept week is, although its facts say partial."""
        facts = read_facts(self._store, key)
        return facts is not None and (facts.is_kept or not facts.is_partial)

    def _row_count(self, key: str) -> int:
        facts = read_facts(self._store, key)
        return 0 if facts is None else facts.row_count

    def _stored(self, label: str | None) -> str | None:
        """The object that holds the week now."""
        keys = layout.week_keys(self._asset, self._week, label)
        return next((key for key in keys if self._store.exists(key)), None)


def _cause(origin: Origin) -> str:
    return origin.failure or origin.reason or "no reason given"


def write_table(
    store: ObjectStore,
    asset: str,
    key: str,
    rows: pd.DataFrame | RowStream,
    origin: Origin,
    collected_at: datetime,
) -> Stored:
    """Write one table with its facts, as Parquet or CSV depending on the layout."""
    with _written_file(asset, key, rows, origin, None) as (file, counted):
        return _publish_table(store, asset, key, file, counted, origin, collected_at, 0)


@contextmanager
def _written_file(
    asset: str, key: str, rows: pd.DataFrame | RowStream, origin: Origin, covered: str | None
) -> Iterator[tuple[IO[bytes], Counted]]:
    """The rows, checked, in a temporary file that exists during the block."""
    place = layout.PLACES[asset]
    with tempfile.SpooledTemporaryFile(_BYTES_IN_MEMORY) as file:
        yield file, _write_file(file, rows, TABLES[place.table], key, origin.data_source, covered, place.suffix)


def _publish_table(
    store: ObjectStore,
    asset: str,
    key: str,
    file: IO[bytes],
    counted: Counted,
    origin: Origin,
    collected_at: datetime,
    refused_count: int,
) -> Stored:
    model = TABLES[layout.PLACES[asset].table]
    facts = replace(
        facts_of(file, origin, collected_at),
        table=model.table_name(),
        row_count=counted.row_count,
        schema_version=model.schema_version(),
        rejected_count=refused_count,
    )
    publish(store, key, file, facts)
    return Stored(store.uri(key), facts, counted.real_share(float(origin.data_source == DataSource.REAL)))


def _write_file(
    file: IO[bytes],
    rows: pd.DataFrame | RowStream,
    model: type[Table],
    key: str,
    label: str,
    covered: str | None,
    suffix: str,
) -> Counted:
    """Check the rows and write them to an empty file."""
    if isinstance(rows, RowStream):
        try:
            return write_rows(file, rows, model, frames.stored_schema(model, label, covered), key)
        except OSError as error:
            raise StorageError(
                f"{key}: so many rows are buffered on disk, and that failed ({error}); free space in "
                f"{tempfile.gettempdir()}, or point TMPDIR to a larger disk, then run the week again"
            ) from error
    check_rows(model, rows, key)
    content = (
        to_csv(rows, model) if suffix == "csv" else frames.to_parquet(frames.to_arrow(rows, model, label, covered))
    )
    file.write(content)
    return Counted(len(rows), real_share(rows, label) * len(rows))


def facts_of(content: IO[bytes], origin: Origin, collected_at: datetime) -> Facts:
    """The facts of an object with this content, except those about its table and rows."""
    byte_count = content.seek(0, os.SEEK_END)
    content.seek(0)
    sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return Facts(
        table="",
        data_source=origin.data_source,
        row_count=0,
        byte_count=byte_count,
        sha256=sha256,
        schema_version=0,
        code_version=origin.code_version,
        collected_at=collected_at.isoformat(timespec="seconds"),
        run_id=origin.run_id,
        source_name=origin.source_name,
        reason=origin.reason,
        is_partial=origin.is_partial,
        content_sha256=frames.file_checksum(content),
        input_fingerprint=origin.input_fingerprint,
    )


def publish(store: ObjectStore, key: str, content: IO[bytes], facts: Facts) -> None:
    """Write the facts, then the object: a kill in between leaves the old object, which the new facts still describe."""
    publish_facts(store, key, facts)
    frames.write_file(store, key, content, labels_of(facts))
