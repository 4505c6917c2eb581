"""Stored tables by asset and week. If both real and mock are stored, readers get real.

What may overwrite what is decided in week_writer.py. Computations and Dagster do not belong here.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd

from pizza_assets.dashboards.csv_format import read_csv
from pizza_assets.errors import StorageError
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod, coverage_from_json
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.storage import frames, layout
from pizza_assets.storage.facts import Facts, labels_of, read_facts
from pizza_assets.storage.frame_cache import FrameCache
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.refusals import RefusalLimits, RefusedRows, broken_rules
from pizza_assets.storage.week_stream import OrderStream, open_orders
from pizza_assets.storage.week_writer import Origin, Stored, WeekWriter, facts_of, publish, write_table

Derived = TypeVar("Derived")


class TableStore:
    """Reads and writes tables.

    mock_refused: the label columns (order_source, match_source) whose stored mock rows and weeks are ignored.
    limits: how many refused rows a stored week may have; by default any number.
    """

    def __init__(
        self,
        store: ObjectStore,
        now: Callable[[], datetime],
        mock_refused: frozenset[str] = frozenset(),
        limits: RefusalLimits | None = None,
    ) -> None:
        self.objects = store
        self._now = now
        self._mock_refused = mock_refused
        self._limits = limits or RefusalLimits()
        self._frame_cache = FrameCache()
        self.derived_cache: dict[tuple[str, ...], Any] = {}

    @contextmanager
    def writing_week(self, asset: str, week: str) -> Iterator[WeekWriter]:
        """Hold the claim on this week of the asset's dataset during the block; other writers wait."""
        with self.objects.claiming(layout.week_claim(asset, week)) as claim:
            yield WeekWriter(self.objects, claim, asset, week, self._now, self._limits)

    def read_week(
        self, asset: str, week: str, columns: Sequence[str] | None = None, encoded: Sequence[str] = ()
    ) -> "WeekFrame | None":
        """One week's rows, preferably real, or None if nothing (acceptable) is stored.

        encoded: those of `columns` to return as categories, see `frames.table_of`.
        """
        model = model_of(asset)
        labels = [name for name in sorted(self._mock_refused) if name in model.column_names()]
        wanted = columns if columns is None else [*columns, *(name for name in labels if name not in columns)]
        for key in self._candidate_keys(asset, week):
            found = (
                self._whole_week(key, model)
                if columns is None
                else frames.read_parquet(self.objects, key, model, wanted, encoded)
            )
            if found is not None:
                frame, covered = found
                for name in labels:
                    frame = frame[frame[name] != DataSource.MOCK]
                kept = frame if columns is None else frame[list(columns)]
                return WeekFrame(kept.reset_index(drop=True), tuple(coverage_from_json(covered)) if covered else ())
        return None

    def _whole_week(self, key: str, model: type[Table]) -> tuple[pd.DataFrame, str | None] | None:
        """All columns of one object, from the cache if its checksum has not changed."""
        if key in self._frame_cache:
            checksum = frames.read_checksum(self.objects, key)
            cached = None if checksum is None else self._frame_cache.get(key, checksum)
            if cached is not None:
                return cached
        content = self.objects.read(key)
        if content is None:
            return None
        frame, covered = frames.table_of(self.objects.uri(key), content, model)
        self._frame_cache.put(key, frames.content_checksum(content), frame, covered)
        return frame, covered

    def stream_orders(self, week: str) -> OrderStream | None:
        """One week of raw_orders batch by batch, preferably real, or None if nothing (acceptable) is stored."""
        found = (open_orders(self.objects, key) for key in self._candidate_keys("raw_orders", week))
        return next((stream for stream in found if stream is not None), None)

    def week_facts(self, asset: str, week: str) -> Facts | None:
        """The facts of the week that `read_week` would return."""
        for key in self._candidate_keys(asset, week):
            facts = read_facts(self.objects, key)
            if facts is not None:
                return facts
        return None

    def examine_week(self, asset: str, week: str) -> "Facts | Unreadable | None":
        """Like `week_facts`, but returns Unreadable instead of raising, for reports over many weeks."""
        try:
            return self.week_facts(asset, week)
        except StorageError as error:
            return Unreadable(str(error))

    def rejected(self, asset: str, week: str) -> pd.DataFrame:
        """The refused rows of a week, possibly none."""
        found = frames.read_parquet(self.objects, layout.rejected_key(asset, week), RejectedRows)
        return RejectedRows.empty() if found is None else found[0]

    def refused_rows(self, asset: str, week: str) -> RefusedRows:
        """How many rows were refused when the week was last collected, whether or not it was stored then."""
        key = layout.rejected_key(asset, week)
        footer = frames.read_footer(self.objects, key)
        if footer is None:
            return RefusedRows()
        counts = RefusedRows.from_metadata(frames.footer_metadata(self.objects.uri(key), footer))
        if counts is not None:
            return counts
        facts = self.week_facts(asset, week)
        return RefusedRows.of(self.rejected(asset, week), facts.row_count if facts else 0)

    def examine_refused_rows(self, asset: str, week: str) -> "RefusedRows | Unreadable":
        """Like `refused_rows`, but returns Unreadable instead of raising."""
        try:
            return self.refused_rows(asset, week)
        except StorageError as error:
            return Unreadable(str(error))

    def why_missing(self, asset: str, week: str) -> str:
        """Why nothing is stored for this week, as far as the storage tells: withheld, or never collected."""
        objection = self._limits.objection(asset, self.refused_rows(asset, week))
        return (
            f"withheld: {objection}"
            if objection
            else "nothing is stored for this week: not covered, not run, or failed"
        )

    def weeks_with_refused_rows(self, asset: str) -> list[str]:
        """The weeks that lost rows when they were last collected, sorted; some of them may not be stored."""
        prefix = f"{layout.PLACES[asset].prefix}/rejected"
        return sorted(layout.week_of(key) for key in self.objects.keys(prefix) if key.endswith(".parquet"))

    def weeks(self, asset: str) -> list[str]:
        """The stored weeks of an asset, sorted."""
        labels = self._labels(asset)
        return sorted(
            {
                layout.week_of(key)
                for label in labels
                for prefix in layout.week_prefixes(asset, label)
                for key in self.objects.keys(prefix)
                if key.endswith(f"/{layout.PLACES[asset].table}.parquet")
            }
        )

    def write_whole(self, asset: str, frame: pd.DataFrame, origin: Origin) -> Stored:
        """Write a table over all weeks, as Parquet or (dashboards) as CSV."""
        key = layout.whole_key(asset)
        with self.objects.claiming(key) as claim:
            claim.confirm()
            return write_table(self.objects, asset, key, frame, origin, self._now())

    def write_files(self, asset: str, files: Mapping[str, bytes], origin: Origin) -> list[str]:
        """Write finished files to one folder, the asset's main file last; return their addresses."""
        key = layout.whole_key(asset)
        keys = {layout.member_key(asset, name): content for name, content in files.items()}
        with self.objects.claiming(key) as claim:
            claim.confirm()
            for member in sorted(keys, key=lambda member: member == key):
                content = io.BytesIO(keys[member])
                facts = facts_of(content, origin, self._now())
                if member == key:
                    publish(self.objects, key, content, facts)
                else:
                    frames.write_file(self.objects, member, content, labels_of(facts))
        return [self.objects.uri(member) for member in keys]

    def whole_facts(self, asset: str) -> Facts | None:
        """The facts of an asset over all weeks, or None if it was never written."""
        return read_facts(self.objects, layout.whole_key(asset))

    def read_whole(self, asset: str) -> pd.DataFrame | None:
        """A table over all weeks, or None if it was never written."""
        key = layout.whole_key(asset)
        if layout.PLACES[asset].suffix == "csv":
            content = self.objects.read(key)
            return None if content is None else read_csv(content, model_of(asset))
        found = frames.read_parquet(self.objects, key, model_of(asset))
        return None if found is None else found[0]

    def _labels(self, asset: str) -> Iterator[str | None]:
        place = layout.PLACES[asset]
        if not place.labelled:
            yield None
        is_mock_refused = not self._mock_refused.isdisjoint(model_of(asset).column_names())
        yield from (label for label in place.labels if not (label == DataSource.MOCK and is_mock_refused))

    def _candidate_keys(self, asset: str, week: str) -> list[str]:
        """The keys that may hold the week, in order of preference. The real key comes again at the end: between reading
        real and mock, a real week may have replaced the mock one.
        """
        keys = [key for label in self._labels(asset) for key in layout.week_keys(asset, week, label)]
        return [*keys, *keys[:-1]]


@dataclass(frozen=True)
class Unreadable:
    """A damaged stored week, and why it can't be read."""

    why: str


@dataclass(frozen=True)
class WeekFrame:
    """One stored week: its rows and the periods they cover."""

    rows: pd.DataFrame
    covered: tuple[CoveredPeriod, ...] = ()


class WeekTables(Mapping[str, WeekFrame]):
    """The weeks of an asset, read lazily; weeks that are not stored are absent."""

    def __init__(self, tables: TableStore, asset: str, weeks: Sequence[str]) -> None:
        self._tables = tables
        self._asset = asset
        self._requested = set(weeks)
        self._weeks: list[str] | None = None

    def __getitem__(self, week: str) -> WeekFrame:
        found = self._tables.read_week(self._asset, week) if week in self._requested else None
        if found is None:
            raise KeyError(week)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored_weeks())

    def __len__(self) -> int:
        return len(self._stored_weeks())

    def read(self, week: str, columns: Sequence[str], encoded: Sequence[str] = ()) -> pd.DataFrame:
        """Some columns of a week; no rows for a week that is not stored. encoded: see `frames.table_of`."""
        found = self._tables.read_week(self._asset, week, columns, encoded) if week in self._requested else None
        return model_of(self._asset).empty()[list(columns)] if found is None else found.rows

    def read_weeks(self, weeks: Sequence[str], columns: Sequence[str], encoded: Sequence[str]) -> pd.DataFrame:
        """Like `read`, for several weeks in one frame."""
        found = [self.read(week, columns, encoded) for week in weeks]
        filled = [rows for rows in found if len(rows)]
        return frames.joined(filled, encoded) if filled else model_of(self._asset).empty()[list(columns)]

    def distinct(self, column: str) -> set[str]:
        """The distinct values of a text column over all weeks; one week at a time is in memory."""
        return {value for week in self for value in self.read(week, [column])[column].dropna().unique()}

    def derived(
        self,
        kind: str,
        week: str,
        compute: Callable[[pd.DataFrame, str], Derived],
        columns: Sequence[str] | None = None,
        encoded: Sequence[str] = (),
    ) -> Derived | None:
        """`compute` of the week's rows and key; None for a week without rows. Cached under `kind` until the week
        changes, so the result must be small and must not be modified. columns, encoded: what is read, see `read`.
        """
        facts = self.facts(week)
        key = (self._asset, kind, week, facts.content_sha256 if facts else "")
        if not key[-1] or key not in self._tables.derived_cache:
            rows = self[week].rows if columns is None else self.read(week, columns, encoded)
            self._tables.derived_cache[key] = compute(rows, week) if len(rows) else None
        return self._tables.derived_cache[key]

    def derived_from_all(
        self, kind: str, compute: Callable[[Sequence[str]], pd.DataFrame], weeks: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """`compute` of these weeks (default: all stored ones), cached under `kind` until one changes. For small frames.
        A cached frame must not be modified in place.
        """
        chosen = self._stored_weeks() if weeks is None else [week for week in weeks if self._may_give(week)]
        stored = [(week, self.facts(week)) for week in chosen]
        state = tuple((week, facts.content_sha256, facts.collected_at) for week, facts in stored if facts is not None)
        key = (self._asset, kind, *(() if weeks is None else chosen))
        cached = self._tables.derived_cache.get(key)
        if cached is None or cached[0] != state:
            cached = self._tables.derived_cache[key] = state, compute(chosen)
        return cached[1].copy(deep=False)

    def stream(self, week: str) -> OrderStream | None:
        """A week of raw_orders batch by batch, or None if it is not stored."""
        if self._asset != "raw_orders":
            raise StorageError(f"{self._asset} can't be read in batches, only raw_orders can; read its rows")
        return self._tables.stream_orders(week) if week in self._requested else None

    def rows(self, weeks: Sequence[str] | None = None) -> pd.DataFrame:
        """All rows of `weeks` (default: every week) in one frame with the model's types."""
        chosen = self._stored_weeks() if weeks is None else weeks
        found = [self.get(week) for week in chosen]
        filled = [week_frame.rows for week_frame in found if week_frame is not None and len(week_frame.rows)]
        return pd.concat(filled, ignore_index=True) if filled else model_of(self._asset).empty()

    def facts(self, week: str) -> Facts | None:
        return self._tables.week_facts(self._asset, week)

    def refused_count(self, week: str) -> int:
        """How many rows were refused when the week was last collected."""
        return self._tables.refused_rows(self._asset, week).refused

    def why_refused(self, week: str) -> str:
        """Which rule most of them broke; empty if none was refused."""
        return broken_rules(self._tables.rejected(self._asset, week)) if self.refused_count(week) else ""

    def why_missing(self, week: str) -> str:
        """Like that of TableStore."""
        return self._tables.why_missing(self._asset, week)

    def weeks_with_refused_rows(self) -> list[str]:
        """The weeks of which rows were refused; some of them may not be stored."""
        return [week for week in self._tables.weeks_with_refused_rows(self._asset) if week in self._requested]

    def examine(self, week: str) -> Facts | Unreadable | None:
        """Like `facts`, but returns Unreadable instead of raising."""
        return self._tables.examine_week(self._asset, week)

    def _may_give(self, week: str) -> bool:
        """Whether the week is returned if it is stored."""
        return week in self._requested

    def _stored_weeks(self) -> list[str]:
        if self._weeks is None:
            self._weeks = [week for week in self._tables.weeks(self._asset) if week in self._requested]
        return self._weeks


def model_of(asset: str) -> type[Table]:
    """The model of the table that an asset stores."""
    return TABLES[layout.PLACES[asset].table]
