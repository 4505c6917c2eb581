"""Writing one week of one asset, by the only one who may. Real beats mock: here it is decided what replaces what.

What a reader trusts is in tables.py; what a week holds is decided in the assets.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd
from pandera.errors import SchemaErrors

from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.errors import StorageError
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod, coverage_to_json
from pizza_assets.models.labels import real_share
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import frames, layout
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.facts import Facts, labels_of, publish_facts, read_facts
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.row_stream import RowStream, Written, written_rows


@dataclass(frozen=True)
class Stored:
    """What is stored where. `is_kept`: nothing was written, because what was there is worth more."""

    uri: str
    facts: Facts
    real_share: float
    is_kept: bool = False


@dataclass(frozen=True)
class Origin:
    """What the facts of a write say about where its rows come from. failure: of the source whose stand-in they are."""

    data_source: str
    code_version: str
    run_id: str
    source_name: str | None = None
    reason: str | None = None
    is_partial: bool = False
    input_fingerprint: str = ""
    failure: str | None = None


class WeekWriter:
    """Writes one week of one asset while its claim is held."""

    def __init__(
        self, store: ObjectStore, claim: Claim, asset: str, week: str, collected_at: Callable[[], datetime]
    ) -> None:
        self._store, self._claim, self._now = store, claim, collected_at
        self._asset, self._week = asset, week

    def write(
        self,
        rows: pd.DataFrame | RowStream,
        origin: Origin,
        covered: Sequence[CoveredPeriod] | None = None,
        rejected: pd.DataFrame | None = None,
    ) -> Stored:
        """Write the week. A mock week never replaces a real one, nor a part of a real week the whole of it: what is
        stored is kept, and why there is no newer one is noted.

        A real week retires the mock one after it is safely written. Raises StorageError if the model refuses a row, or
        if the claim was lost.
        """
        labelled = layout.PLACES[self._asset].labelled
        label = origin.data_source if labelled else None
        self._claim.confirm()
        if label == DataSource.MOCK and self._store.exists(self._key(DataSource.REAL)):
            return self._kept(self._key(DataSource.REAL), origin)
        if label == DataSource.REAL and origin.is_partial and self._is_whole(self._key(DataSource.REAL)):
            return self._kept(self._key(DataSource.REAL), origin)
        rejected = RejectedRows.empty() if rejected is None else rejected
        collected_at = self._now()
        self._write_rejected(rejected, origin, collected_at)
        covered_text = None if covered is None else coverage_to_json(covered)
        stored = write_table(
            self._store, self._asset, self._key(label), rows, origin, collected_at, covered_text, len(rejected)
        )
        if label == DataSource.REAL:
            self._delete(self._key(DataSource.MOCK))
        return stored

    def retire(self) -> None:
        """Remove a derived week that nothing stands behind any more."""
        self._claim.confirm()
        self._delete(self._key(None))

    def _write_rejected(self, rejected: pd.DataFrame, origin: Origin, collected_at: datetime) -> None:
        key = layout.rejected_key(self._asset, self._week)
        if len(rejected):
            content = frames.to_parquet(frames.to_arrow(rejected, RejectedRows, origin.data_source))
            facts = replace(facts_of(content, origin, collected_at), table="rejected", row_count=len(rejected))
            frames.write_bytes(self._store, key, content, labels_of(facts))
        else:
            self._store.delete(key)

    def _kept(self, key: str, refused: Origin) -> Stored:
        """The real week that stays; its facts now say why it could not be refreshed."""
        facts = read_facts(self._store, key)
        if facts is None:
            raise StorageError(f"{self._store.uri(key)} has just gone; run its week again")
        cause = refused.failure or refused.reason or "no reason given"
        reason = f"kept from before, because a refresh failed: {cause}"
        facts = replace(facts, reason=reason, is_partial=True, is_kept=True)
        publish_facts(self._store, key, facts)
        return Stored(self._store.uri(key), facts, real_share=1.0, is_kept=True)

    def _is_whole(self, key: str) -> bool:
        """Whether a whole week is stored there; one that was kept before is as whole as it was."""
        facts = read_facts(self._store, key) if self._store.exists(key) else None
        return facts is not None and (facts.is_kept or not facts.is_partial)

    def _delete(self, key: str) -> None:
        self._store.delete(key)
        self._store.delete(layout.facts_key(key))

    def _key(self, label: str | None) -> str:
        return layout.week_key(self._asset, self._week, label)


def write_table(
    store: ObjectStore,
    asset: str,
    key: str,
    rows: pd.DataFrame | RowStream,
    origin: Origin,
    collected_at: datetime,
    covered: str | None = None,
    rejected_count: int = 0,
) -> Stored:
    """Write one table with its facts: as Parquet or, where the layout says so, as CSV."""
    model = TABLES[layout.PLACES[asset].table]
    written = _written(rows, model, key, origin.data_source, covered, layout.PLACES[asset].suffix)
    facts = replace(
        facts_of(written.content, origin, collected_at),
        table=model.table_name(),
        row_count=written.row_count,
        schema_version=model.schema_version(),
        rejected_count=rejected_count,
    )
    publish(store, key, written.content, facts)
    return Stored(store.uri(key), facts, written.real_share(float(origin.data_source == DataSource.REAL)))


def _written(
    rows: pd.DataFrame | RowStream, model: type[Table], key: str, label: str, covered: str | None, suffix: str
) -> Written:
    """The file of a table, of rows that its model allows."""
    if isinstance(rows, RowStream):
        schema = frames.stored_schema(model, label, covered)
        return written_rows(rows, model, schema, lambda part: _check_rows(model, part, key))
    _check_rows(model, rows, key)
    content = (
        to_csv(rows, model) if suffix == "csv" else frames.to_parquet(frames.to_arrow(rows, model, label, covered))
    )
    return Written(content, len(rows), real_share(rows, label) * len(rows))


def facts_of(content: bytes, origin: Origin, collected_at: datetime) -> Facts:
    """The facts of an object of these bytes, as far as they do not depend on what its rows are."""
    return Facts(
        table="",
        data_source=origin.data_source,
        row_count=0,
        byte_count=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        schema_version=0,
        code_version=origin.code_version,
        collected_at=collected_at.isoformat(timespec="seconds"),
        run_id=origin.run_id,
        source_name=origin.source_name,
        reason=origin.reason,
        is_partial=origin.is_partial,
        content_sha256=frames.content_checksum(content),
        input_fingerprint=origin.input_fingerprint,
    )


def publish(store: ObjectStore, key: str, content: bytes, facts: Facts) -> None:
    """Facts first: a kill in between then leaves an object that its facts still know (see facts.py)."""
    publish_facts(store, key, facts)
    frames.write_bytes(store, key, content, labels_of(facts))


def _check_rows(model: type[Table], frame: pd.DataFrame, key: str) -> None:
    """No table is ever stored that its model refuses."""
    try:
        model.check_rows(frame)
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        raise StorageError(
            f"{key}: {len(error.failure_cases)} values break the rules of {model.table_name()}, for example "
            f"{case['column']} = {case['failure_case']} ({case['check']}); not stored. This is a defect: report it"
        ) from error
