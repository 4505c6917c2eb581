"""Orders from a folder of exported files, week by week. Parsing belongs to file_import, keeping to staging."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.file_import import (
    PARSER_VERSION,
    ImportFacts,
    OrderFile,
    import_files,
    staged_orders,
    staged_rejects,
)
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.staging import Staging

COUNT_TEXTS = {
    "duplicate": "{} duplicate lines dropped",
    "excluded": "{} lines excluded by their status",
    "moved_out_of_gap": "{} orders at a time that did not exist (clocks went forward) moved forward by the gap",
    "first_of_two": "{} orders at a time that existed twice (clocks went back) taken as the first",
}


class OrderFiles:
    """An OrderSource over files. They are parsed once per content and mapping, at the first question.

    business_timezone: the zone of the match weeks, and of the business day where the mapping has no zone.
    now: gives the current instant; orders after it are refused.
    """

    name = "files"

    def __init__(
        self,
        folder_or_file: str | Path,
        mapping: FileMapping,
        staging: Staging,
        business_timezone: str,
        now: Callable[[], datetime],
    ) -> None:
        self.path, self.mapping, self.staging = Path(folder_or_file), mapping, staging
        self.business_timezone, self.now = business_timezone, now

    def orders(self, week: MatchWeek) -> SourceResult:
        """The week's orders, under the mapping's label.

        Weeks outside of what the files speak for are not covered. Raises BadFile if the week is not covered by
        readable files and there are unreadable ones, which may hold it.
        """
        if week.timezone != self.business_timezone:
            raise ValueError(f"week {week} is not in the zone of this source, {self.business_timezone}")
        now = self.now()
        covered = self._covered(week, now)
        if not covered and self.facts.bad_files:
            raise BadFile(
                f"week {week.key} is in no readable file, and may be in one of these:\n" + self._bad_files_text("\n")
            )
        rows, rejected = self._rows(week, now)
        return SourceResult(
            rows=rows if covered else RawOrders.empty(),
            data_source=self.mapping.label,
            source_name=self.name,
            is_covered=bool(covered),
            covered=covered,
            reason=self._reason(week, bool(covered)),
            rejected=rejected,
        )

    def periods(self) -> tuple[MatchWeek, MatchWeek] | None:
        """The first and the last week the files speak for; None if they hold no order.

        Raises BadFile if that is because none of them can be read.
        """
        coverage = self.facts.coverage
        if coverage:
            first, last = min(p.starts_at for p in coverage), max(p.ends_at for p in coverage)
            last_minute = last - pd.Timedelta(minutes=1)
            return MatchWeek.containing(first, self.business_timezone), MatchWeek.containing(
                last_minute, self.business_timezone
            )
        if self.facts.bad_files:
            raise BadFile("no order file can be read:\n" + self._bad_files_text("\n"))
        return None

    @cached_property
    def facts(self) -> ImportFacts:
        """What the files hold: lines by fate per week, coverage, unreadable files."""
        found = self.staging.facts(self._source, self.fingerprint)
        if found is None:
            found = self.staging.build(self._source, self.fingerprint, self._import)
        return ImportFacts.from_json(found)

    @cached_property
    def fingerprint(self) -> str:
        """Of everything the orders depend on: names and contents of the files, mapping, zone, parser and schema."""
        digest = hashlib.sha256()
        versions = f"{PARSER_VERSION} {RawOrders.schema_version()} {RejectedRows.schema_version()}"
        for text in (versions, self.business_timezone, self.mapping.text):
            digest.update(f"{len(text)}:{text};".encode())
        for file in self._files:
            with file.path.open("rb") as handle:
                content = hashlib.file_digest(handle, "sha256").hexdigest()
            digest.update(f"{len(file.name)}:{file.name};{content};".encode())
        return digest.hexdigest()[:32]

    @property
    def _source(self) -> str:
        return hashlib.sha256(f"{self.path.resolve()}\0{self.mapping.origin}".encode()).hexdigest()[:12]

    @cached_property
    def _files(self) -> list[OrderFile]:
        if self.path.is_file():
            return [OrderFile(self.path.name, self.path)]
        if not self.path.is_dir():
            raise ConfigurationError(f"orders path {self.path} does not exist; give a folder of exports or one file")
        found = (path for path in self.path.glob(self.mapping.files) if path.is_file())
        return sorted(
            (OrderFile(path.relative_to(self.path).as_posix(), path) for path in found), key=lambda file: file.name
        )

    def _import(self, folder: Path) -> dict:
        return import_files(self._files, self.mapping, self.business_timezone, folder).to_json()

    def _covered(self, week: MatchWeek, now: datetime) -> tuple[CoveredPeriod, ...]:
        ends_at = min(week.ends_at, now.replace(second=0, microsecond=0))
        clipped = (period.clipped(week.starts_at, ends_at) for period in self.facts.coverage)
        return tuple(period for period in clipped if period is not None)

    def _rows(self, week: MatchWeek, now: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
        if week.key not in self.facts.weeks:
            return RawOrders.empty(), RejectedRows.empty()
        folder = self.staging.path(self._source, self.fingerprint)
        orders = staged_orders(folder, week.key)
        is_future = orders["ordered_at"] > now
        rejected = [staged_rejects(folder, week.key), self._refused_future(orders[is_future])]
        rows = pd.concat([part for part in rejected if len(part)] or [RejectedRows.empty()], ignore_index=True)
        return RawOrders.conform(orders[~is_future]), RejectedRows.conform(rows)

    def _refused_future(self, orders: pd.DataFrame) -> pd.DataFrame:
        column = (
            self.mapping.columns.get("timestamp") or f"{self.mapping.columns['date']} + {self.mapping.columns['time']}"
        )
        return pd.DataFrame(
            {
                "origin": orders["origin"],
                "line_number": orders["line_number"],
                "row_id": orders["order_id"],
                "column": column,
                "check": "is not in the future",
                "value": orders["ordered_at"].astype("str"),
                "reason": f"column {column!r}: the time lies in the future; is the zone of the mapping right?",
            }
        )

    def _reason(self, week: MatchWeek, is_covered: bool) -> str | None:
        parts = [] if is_covered else [self._extent_text()]
        counts = self.facts.weeks.get(week.key, {})
        parts += [text.format(counts[kind]) for kind, text in COUNT_TEXTS.items() if counts.get(kind)]
        if self.facts.bad_files:
            parts.append("some files can't be read and may hold more: " + self._bad_files_text(" | "))
        return "; ".join(parts) or None

    def _extent_text(self) -> str:
        coverage = self.facts.coverage
        if not coverage:
            return f"no order in files {self.mapping.files} of {self.path.name}"
        first, last = min(p.starts_at for p in coverage), max(p.ends_at for p in coverage)
        return f"files cover {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC only"

    def _bad_files_text(self, separator: str) -> str:
        return separator.join(self.facts.bad_files.values())
