"""Stored tables by asset and week. Real beats mock: here, and nowhere else, it is decided which one counts.

What an asset computes and how Dagster calls it does not belong here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd
from pandera.errors import SchemaErrors

from pizza_assets.dashboards.csv_format import read_csv, to_csv
from pizza_assets.errors import StorageError
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json, coverage_to_json
from pizza_assets.models.labels import real_share
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import frames, layout
from pizza_assets.storage.frames import Facts
from pizza_assets.storage.object_store import ObjectStore


@dataclass(frozen=True)
class Stored:
    """What is stored where. `is_kept`: nothing was written, because what was there is worth more."""

    uri: str
    facts: Facts
    real_share: float
    is_kept: bool = False


@dataclass(frozen=True)
class Origin:
    """What the facts of a write say about where its rows come from."""

    data_source: str
    code_version: str
    run_id: str
    source_name: str | None = None
    reason: str | None = None
    is_partial: bool = False


class TableStore:
    """Reads and writes tables. `mock_refused` names label columns (order_source, match_source) whose mock rows and
    weeks are ignored, wherever they were stored earlier.
    """

    def __init__(
        self, store: ObjectStore, now: Callable[[], datetime], mock_refused: frozenset[str] = frozenset()
    ) -> None:
        self.objects = store
        self._now = now
        self._mock_refused = mock_refused

    def write_week(
        self,
        asset: str,
        week: str,
        frame: pd.DataFrame,
        origin: Origin,
        covered: Sequence[CoveredPeriod] | None = None,
        rejected: pd.DataFrame | None = None,
    ) -> Stored:
        """Write one week. A mock week never replaces a real one: that is kept, and why there is no newer one is noted.

        A real week retires the mock one after it is safely written. Raises StorageError if the model refuses a row.
        """
        labelled = layout.PLACES[asset].labelled
        label = origin.data_source if labelled else None
        if label == DataSource.MOCK and self.objects.exists(layout.week_key(asset, week, DataSource.REAL)):
            return self._kept(layout.week_key(asset, week, DataSource.REAL), origin)
        rejected = RejectedRows.empty() if rejected is None else rejected
        self._write_rejected(asset, week, rejected, origin.data_source)
        covered_text = None if covered is None else coverage_to_json(covered)
        key = layout.week_key(asset, week, label)
        stored = self._write(asset, key, frame, origin, covered_text, len(rejected))
        if label == DataSource.REAL:
            retired = layout.week_key(asset, week, DataSource.MOCK)
            self.objects.delete(retired)
            self.objects.delete(layout.facts_key(retired))
        return stored

    def read_week(self, asset: str, week: str, columns: Sequence[str] | None = None) -> "WeekFrame | None":
        """One week's rows, real before mock, or None if nothing (acceptable) is stored."""
        model = model_of(asset)
        labels = [name for name in sorted(self._mock_refused) if name in model.column_names()]
        wanted = columns if columns is None else [*columns, *(name for name in labels if name not in columns)]
        for key in self._keys_of_week(asset, week):
            found = frames.read_parquet(self.objects, key, model, wanted)
            if found is not None:
                frame, covered = found
                for name in labels:
                    frame = frame[frame[name] != DataSource.MOCK]
                kept = frame if columns is None else frame[list(columns)]
                return WeekFrame(kept.reset_index(drop=True), tuple(coverage_from_json(covered)) if covered else ())
        return None

    def retire_week(self, asset: str, week: str) -> None:
        """Remove a derived week that nothing stands behind any more."""
        key = layout.week_key(asset, week)
        self.objects.delete(key)
        self.objects.delete(layout.facts_key(key))

    def week_facts(self, asset: str, week: str) -> Facts | None:
        """The facts of the week that `read_week` would give."""
        for key in self._keys_of_week(asset, week):
            facts = frames.read_facts(self.objects, key)
            if facts is not None:
                return facts
        return None

    def rejected(self, asset: str, week: str) -> pd.DataFrame:
        """The refused rows of a week, possibly none."""
        found = frames.read_parquet(self.objects, layout.rejected_key(asset, week), RejectedRows)
        return RejectedRows.empty() if found is None else found[0]

    def weeks(self, asset: str) -> list[str]:
        """The stored weeks of an asset, sorted."""
        labels = self._labels(asset)
        return sorted(
            {
                layout.week_of(key)
                for label in labels
                for key in self.objects.keys(layout.week_prefix(asset, label))
                if key.endswith(f"/{layout.PLACES[asset].table}.parquet")
            }
        )

    def write_whole(self, asset: str, frame: pd.DataFrame, origin: Origin) -> Stored:
        """Write a table over all weeks, as Parquet or, for the dashboards, as CSV."""
        return self._write(asset, layout.whole_key(asset), frame, origin, None, 0)

    def read_whole(self, asset: str) -> pd.DataFrame | None:
        """A table over all weeks, or None if it was never written."""
        key = layout.whole_key(asset)
        if layout.PLACES[asset].suffix == "csv":
            content = self.objects.read(key)
            return None if content is None else read_csv(content, model_of(asset))
        found = frames.read_parquet(self.objects, key, model_of(asset))
        return None if found is None else found[0]

    def _write(
        self, asset: str, key: str, frame: pd.DataFrame, origin: Origin, covered: str | None, rejected_count: int
    ) -> Stored:
        model = model_of(asset)
        _check_rows(model, frame, key)
        if layout.PLACES[asset].suffix == "csv":
            size, checksum = frames.write_bytes(self.objects, key, to_csv(frame, model))
        else:
            size, checksum = frames.write_parquet(
                self.objects, key, frames.to_arrow(frame, model, origin.data_source, covered)
            )
        facts = Facts(
            table=model.table_name(),
            data_source=origin.data_source,
            row_count=len(frame),
            byte_count=size,
            sha256=checksum,
            schema_version=model.schema_version(),
            code_version=origin.code_version,
            collected_at=self._now().isoformat(timespec="seconds"),
            run_id=origin.run_id,
            source_name=origin.source_name,
            reason=origin.reason,
            rejected_count=rejected_count,
            is_partial=origin.is_partial,
        )
        frames.write_facts(self.objects, key, facts)
        return Stored(self.objects.uri(key), facts, real_share(frame, origin.data_source))

    def _write_rejected(self, asset: str, week: str, rejected: pd.DataFrame, label: str) -> None:
        key = layout.rejected_key(asset, week)
        if len(rejected):
            frames.write_parquet(self.objects, key, frames.to_arrow(rejected, RejectedRows, label))
        else:
            self.objects.delete(key)

    def _kept(self, key: str, refused: Origin) -> Stored:
        """The real week that stays; its facts now say why it could not be refreshed."""
        facts = frames.read_facts(self.objects, key)
        if facts is None:
            raise StorageError(f"{self.objects.uri(key)} has just gone; run its week again")
        reason = f"kept from before, because a refresh failed: {refused.reason or 'no reason given'}"
        facts = replace(facts, reason=reason, is_partial=True)
        frames.write_facts(self.objects, key, facts)
        return Stored(self.objects.uri(key), facts, real_share=1.0, is_kept=True)

    def _labels(self, asset: str) -> Iterator[str | None]:
        place = layout.PLACES[asset]
        if not place.labelled:
            yield None
        is_mock_refused = not self._mock_refused.isdisjoint(model_of(asset).column_names())
        yield from (label for label in place.labels if not (label == DataSource.MOCK and is_mock_refused))

    def _keys_of_week(self, asset: str, week: str) -> Iterator[str]:
        return (layout.week_key(asset, week, label) for label in self._labels(asset))


@dataclass(frozen=True)
class WeekFrame:
    """One stored week: its rows and the periods they cover."""

    rows: pd.DataFrame
    covered: tuple[CoveredPeriod, ...] = ()


class WeekTables(Mapping[str, WeekFrame]):
    """The weeks of an asset, read one by one when they are asked for; weeks that are not stored are absent."""

    def __init__(self, tables: TableStore, asset: str, weeks: Sequence[str]) -> None:
        self._tables = tables
        self._asset = asset
        self._asked = set(weeks)
        self._weeks: list[str] | None = None

    def __getitem__(self, week: str) -> WeekFrame:
        found = self._tables.read_week(self._asset, week) if week in self._asked else None
        if found is None:
            raise KeyError(week)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored_weeks())

    def __len__(self) -> int:
        return len(self._stored_weeks())

    def rows(self, weeks: Sequence[str] | None = None) -> pd.DataFrame:
        """All rows of `weeks` (default: every week) in one frame of the model's types."""
        chosen = self._stored_weeks() if weeks is None else weeks
        found = [self.get(week) for week in chosen]
        filled = [week_frame.rows for week_frame in found if week_frame is not None and len(week_frame.rows)]
        return pd.concat(filled, ignore_index=True) if filled else model_of(self._asset).empty()

    def facts(self, week: str) -> Facts | None:
        return self._tables.week_facts(self._asset, week)

    def _stored_weeks(self) -> list[str]:
        if self._weeks is None:
            self._weeks = [week for week in self._tables.weeks(self._asset) if week in self._asked]
        return self._weeks


def _check_rows(model: type[Table], frame: pd.DataFrame, key: str) -> None:
    """No table is ever stored that its model refuses."""
    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as error:
        case = error.failure_cases.iloc[0]
        raise StorageError(
            f"{key}: {len(error.failure_cases)} values break the rules of {model.table_name()}, for example "
            f"{case['column']} = {case['failure_case']} ({case['check']}); not stored. This is a defect: report it"
        ) from error


def model_of(asset: str) -> type[Table]:
    """The model of the table that an asset stores."""
    return TABLES[layout.PLACES[asset].table]
