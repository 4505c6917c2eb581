"""Stored tables by asset and week. Real beats mock: here, and nowhere else, it is decided which one counts.

What an asset computes and how Dagster calls it does not belong here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from pizza_assets.dashboards.csv_format import read_csv, to_csv
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json, coverage_to_json
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import frames, layout
from pizza_assets.storage.frames import Facts
from pizza_assets.storage.object_store import ObjectStore


@dataclass(frozen=True)
class Stored:
    """What was written where."""

    uri: str
    facts: Facts


@dataclass(frozen=True)
class Origin:
    """What the facts of a write say about where its rows come from."""

    data_source: str
    code_version: str
    run_id: str
    source_name: str | None = None
    reason: str | None = None


class TableStore:
    """Reads and writes tables. `mock_refused` names assets whose mock weeks are to be ignored."""

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
        """Write one week. A mock week never replaces a real one: then the stored real week is returned.

        A real week retires the mock one after it is safely written.
        """
        labelled = layout.PLACES[asset].labelled
        label = origin.data_source if labelled else None
        if label == DataSource.MOCK and (kept := self._stored(asset, week, DataSource.REAL)):
            return kept
        rejected = RejectedRows.empty() if rejected is None else rejected
        self._write_rejected(asset, week, rejected)
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
        for key in self._keys_of_week(asset, week):
            found = frames.read_parquet(self.objects, key, model_of(asset), columns)
            if found is not None:
                frame, covered = found
                return WeekFrame(frame, tuple(coverage_from_json(covered)) if covered else ())
        return None

    def week_facts(self, asset: str, week: str) -> Facts | None:
        """The facts of the week that `read_week` would give."""
        for key in self._keys_of_week(asset, week):
            if self.objects.exists(key):
                return frames.read_facts(self.objects, key)
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

    def whole_facts(self, asset: str) -> Facts | None:
        """The facts of a table over all weeks."""
        return frames.read_facts(self.objects, layout.whole_key(asset))

    def _write(
        self, asset: str, key: str, frame: pd.DataFrame, origin: Origin, covered: str | None, rejected_count: int
    ) -> Stored:
        model = model_of(asset)
        model.validate(frame, lazy=True)  # no table is ever stored that its model refuses
        if layout.PLACES[asset].suffix == "csv":
            size, checksum = frames.write_bytes(self.objects, key, to_csv(frame, model))
        else:
            size, checksum = frames.write_parquet(self.objects, key, frames.to_arrow(frame, model, covered))
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
        )
        frames.write_facts(self.objects, key, facts)
        return Stored(self.objects.uri(key), facts)

    def _write_rejected(self, asset: str, week: str, rejected: pd.DataFrame) -> None:
        key = layout.rejected_key(asset, week)
        if len(rejected):
            frames.write_parquet(self.objects, key, frames.to_arrow(rejected, RejectedRows))
        else:
            self.objects.delete(key)

    def _stored(self, asset: str, week: str, label: str) -> Stored | None:
        key = layout.week_key(asset, week, label)
        if not self.objects.exists(key):
            return None
        facts = frames.read_facts(self.objects, key)
        return None if facts is None else Stored(self.objects.uri(key), facts)

    def _labels(self, asset: str) -> Iterator[str | None]:
        if not layout.PLACES[asset].labelled:
            yield None
            return
        yield DataSource.REAL
        if asset not in self._mock_refused:
            yield DataSource.MOCK

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


def model_of(asset: str) -> type[Table]:
    """The model of the table that an asset stores."""
    return TABLES[layout.PLACES[asset].table]
