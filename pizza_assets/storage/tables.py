"""Stored tables by asset and week. A reader that finds real and mock trusts real.

What replaces what is decided in week_writer.py; what an asset computes and how Dagster calls it in neither.
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
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.remembered import Remembered
from pizza_assets.storage.week_stream import OrderStream, open_orders
from pizza_assets.storage.week_writer import Origin, Stored, WeekWriter, facts_of, publish, write_table

Made = TypeVar("Made")


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
        self._remembered = Remembered()
        self.made_of_weeks: dict[tuple[str, ...], Any] = {}

    @contextmanager
    def writing_week(self, asset: str, week: str) -> Iterator[WeekWriter]:
        """Be the only one who makes and writes this week of the asset's dataset during the block; others wait."""
        with self.objects.claiming(layout.week_claim(asset, week)) as claim:
            yield WeekWriter(self.objects, claim, asset, week, self._now)

    def read_week(self, asset: str, week: str, columns: Sequence[str] | None = None) -> "WeekFrame | None":
        """One week's rows, real before mock, or None if nothing (acceptable) is stored."""
        model = model_of(asset)
        labels = [name for name in sorted(self._mock_refused) if name in model.column_names()]
        wanted = columns if columns is None else [*columns, *(name for name in labels if name not in columns)]
        for key in self._keys_to_look_at(asset, week):
            found = (
                self._whole_week(key, model)
                if columns is None
                else frames.read_parquet(self.objects, key, model, wanted)
            )
            if found is not None:
                frame, covered = found
                for name in labels:
                    frame = frame[frame[name] != DataSource.MOCK]
                kept = frame if columns is None else frame[list(columns)]
                return WeekFrame(kept.reset_index(drop=True), tuple(coverage_from_json(covered)) if covered else ())
        return None

    def _whole_week(self, key: str, model: type[Table]) -> tuple[pd.DataFrame, str | None] | None:
        """All columns of one object: as it was read before, if it carries the checksum that it carried then."""
        if key in self._remembered:
            footer = frames.read_footer(self.objects, key)
            known = None if footer is None else self._remembered.get(key, footer.checksum)
            if known is not None:
                return known
        content = self.objects.read(key)
        if content is None:
            return None
        frame, covered = frames.table_of(self.objects.uri(key), content, model)
        self._remembered.put(key, frames.content_checksum(content), frame, covered)
        return frame, covered

    def stream_orders(self, week: str) -> OrderStream | None:
        """One week of raw_orders batch by batch, real before mock, or None if nothing (acceptable) is stored."""
        found = (open_orders(self.objects, key) for key in self._keys_to_look_at("raw_orders", week))
        return next((stream for stream in found if stream is not None), None)

    def week_facts(self, asset: str, week: str) -> Facts | None:
        """The facts of the week that `read_week` would give."""
        for key in self._keys_to_look_at(asset, week):
            facts = read_facts(self.objects, key)
            if facts is not None:
                return facts
        return None

    def examine_week(self, asset: str, week: str) -> "Facts | Unreadable | None":
        """As `week_facts`, for those who report on a week and go on: what can't be read is told, not raised."""
        try:
            return self.week_facts(asset, week)
        except StorageError as error:
            return Unreadable(str(error))

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
        key = layout.whole_key(asset)
        with self.objects.claiming(key) as claim:
            claim.confirm()
            return write_table(self.objects, asset, key, frame, origin, self._now())

    def write_files(self, asset: str, files: Mapping[str, bytes], origin: Origin) -> list[str]:
        """Write finished files side by side, the asset's own last; returns where they are."""
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

    def _keys_to_look_at(self, asset: str, week: str) -> list[str]:
        """Where the week may be. The real key once more at the end: between the looks at real and mock, a real week may
        have come and retired the mock one.
        """
        keys = [layout.week_key(asset, week, label) for label in self._labels(asset)]
        return [*keys, *keys[:-1]]


@dataclass(frozen=True)
class Unreadable:
    """A stored week that is damaged, and how."""

    why: str


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

    def read(self, week: str, columns: Sequence[str]) -> pd.DataFrame:
        """Some columns of a week; empty for a week that is not stored."""
        found = self._tables.read_week(self._asset, week, columns) if week in self._asked else None
        return model_of(self._asset).empty()[list(columns)] if found is None else found.rows

    def distinct(self, column: str) -> set[str]:
        """The values that a column of text has in any week; a week at a time is in memory."""
        return {value for week in self for value in self.read(week, [column])[column].dropna().unique()}

    def made(self, kind: str, week: str, make: Callable[[pd.DataFrame, str], Made]) -> Made | None:
        """What `make` gives for the week's rows and key; None for a week without rows. Made once for each content of
        the week and kept under `kind`, so it must be small and is never to be changed.
        """
        facts = self.facts(week)
        key = (self._asset, kind, week, facts.content_sha256 if facts else "")
        if not key[-1] or key not in self._tables.made_of_weeks:
            rows = self[week].rows
            self._tables.made_of_weeks[key] = make(rows, week) if len(rows) else None
        return self._tables.made_of_weeks[key]

    def made_of_all(self, kind: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """What `make` gives for all weeks as they are stored now, kept under `kind`: made anew if one of them changes.
        For small frames.
        """
        told = [(week, self.facts(week)) for week in self._stored_weeks()]
        state = tuple((week, facts.content_sha256, facts.collected_at) for week, facts in told if facts is not None)
        known = self._tables.made_of_weeks.get((self._asset, kind))
        if known is None or known[0] != state:
            known = self._tables.made_of_weeks[self._asset, kind] = state, make()
        return known[1].copy(deep=False)

    def stream(self, week: str) -> OrderStream | None:
        """A week of raw_orders batch by batch, or None if it is not stored."""
        if self._asset != "raw_orders":
            raise StorageError(f"{self._asset} can't be read in batches, raw_orders can")
        return self._tables.stream_orders(week) if week in self._asked else None

    def rows(self, weeks: Sequence[str] | None = None) -> pd.DataFrame:
        """All rows of `weeks` (default: every week) in one frame of the model's types."""
        chosen = self._stored_weeks() if weeks is None else weeks
        found = [self.get(week) for week in chosen]
        filled = [week_frame.rows for week_frame in found if week_frame is not None and len(week_frame.rows)]
        return pd.concat(filled, ignore_index=True) if filled else model_of(self._asset).empty()

    def facts(self, week: str) -> Facts | None:
        return self._tables.week_facts(self._asset, week)

    def examine(self, week: str) -> Facts | Unreadable | None:
        """As `facts`; what can't be read is told, not raised."""
        return self._tables.examine_week(self._asset, week)

    def _stored_weeks(self) -> list[str]:
        if self._weeks is None:
            self._weeks = [week for week in self._tables.weeks(self._asset) if week in self._asked]
        return self._weeks


def model_of(asset: str) -> type[Table]:
    """The model of the table that an asset stores."""
    return TABLES[layout.PLACES[asset].table]
