"""Fingerprints of the inputs of weekly tables, taken before a week is materialized and later to see if it is stale.

Only what affects the rows is included: of neighbouring weeks only the matches whose windows overlap the week, so that
a new week does not make the one before it stale. Comparing fingerprints belongs to staleness.py.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.errors import SourceError
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.chosen_seasons import is_outside, requested_seasons
from pizza_assets.orchestration.freshness.match_versions import matches_reaching, weeks_touched
from pizza_assets.settings import Settings
from pizza_assets.sources.base import MatchSource, OrderSource, SourceResult
from pizza_assets.sources.matches.event_file import EventFile
from pizza_assets.storage.fingerprints import ABSENT, fingerprint, frame_fingerprint, week_identity
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.tables import TableStore, WeekFrame, WeekTables

SETTLED_AFTER = timedelta(hours=72)
"""How long after its end a week of a remote source may still change: results and orders arrive late."""

PLANTED_REACH = WindowLengths()
"""The windows of a match in mock orders: the planted effects do not depend on the settings."""


class InputSources(Protocol):
    """The sources of a run."""

    matches: MatchSource
    match_events: EventFile | None
    orders: OrderSource | None


class WeekInputs:
    """Fingerprints of weekly tables, from stored tables, settings and local sources, without a request."""

    def __init__(
        self,
        tables: TableStore,
        settings: Settings,
        markets: Sequence[Market],
        sources: InputSources,
        now: Callable[[], datetime],
    ) -> None:
        self._tables, self._settings, self._sources, self._now = tables, settings, sources, now
        self._lengths = WindowLengths.from_settings(settings)
        self._market_text = repr(tuple(markets))
        self._matches = _RememberedWeeks(tables, "raw_matches")
        self._fingerprints: dict[str, Callable[[MatchWeek], str | None]] = {
            "raw_matches": self._raw_matches,
            "raw_match_events": self._raw_match_events,
            "raw_orders": self._raw_orders,
            "mock_orders": self._mock_orders,
            "order_bins": self._orders_only,
            "quarter_hours": self._orders_only,
            "merged_orders": self._merged_orders,
            "match_windows": self._match_windows,
        }

    def remote_source(self, asset: str) -> str | None:
        """The name of the source that collects the asset over the network; None if the asset has no such source."""
        matches = self._sources.matches
        sources = {"raw_matches": matches, "raw_match_events": matches, "raw_orders": self._sources.orders}
        source = sources.get(asset)
        return source.name if source is not None and source.is_remote else None

    def fingerprint(self, asset: str, week: MatchWeek) -> str | None:
        """The fingerprint of the current inputs of the asset's week; None if nothing would be stored for it.

        For a remote source it depends on the source's settings and, until the week is settled, on the current time, so
        that the week is stale at once. Raises StorageError if an input can't be read.
        """
        return self._fingerprints[asset](week)

    def _raw_matches(self, week: MatchWeek) -> str | None:
        return self._match_answer(week, "raw_matches", lambda answer: frame_fingerprint(answer.frame))

    def _raw_match_events(self, week: MatchWeek) -> str | None:
        matches = week_identity(self._tables, "raw_matches", week.key)
        if matches == ABSENT:
            return None
        answer = self._match_answer(week, matches, lambda answer: frame_fingerprint(answer.events))
        file = self._sources.match_events
        stored = None if file is None else self._matches.get(week.key)
        lines = None if file is None else file.week_fingerprint(week, None if stored is None else stored.rows)
        return answer if answer is None or lines is None else fingerprint(answer, lines)

    def _match_answer(self, week: MatchWeek, text: str, rows_of: Callable[[SourceResult], str]) -> str | None:
        source = self._sources.matches
        if source.is_remote:
            if is_outside(self._settings, week):
                return None
            seasons, phase = requested_seasons(self._settings, week), _phase(week, self._now(), SETTLED_AFTER)
            return fingerprint(text, self._settings.matches, source.identity, *seasons, phase)
        try:
            answer = source.matches(week)
        except SourceError as error:
            return fingerprint(text, source.name, "failed", str(error))
        if not answer.is_covered:
            return None
        rejected = frame_fingerprint(answer.rejected)
        return fingerprint(text, source.name, answer.data_source, rows_of(answer), rejected, answer.reason or "")

    def _raw_orders(self, week: MatchWeek) -> str | None:
        source = self._sources.orders
        identity = None if source is None else source.identity(week)
        if source is None or identity is None or not source.is_remote:
            return identity
        return fingerprint(source.name, identity, _phase(week, self._now(), SETTLED_AFTER))

    def _mock_orders(self, week: MatchWeek) -> str | None:
        is_real_stored = self._tables.objects.exists(week_key("raw_orders", week.key, DataSource.REAL))
        if not self._settings.order_source.is_invented or is_real_stored or week.key not in self._matches:
            return None
        matches = matches_reaching(self._matches, week, PLANTED_REACH)
        phase = _phase(week, self._now(), timedelta(0))
        return fingerprint(self._market_text, str(self._settings.seed), frame_fingerprint(matches), phase)

    def _orders_only(self, week: MatchWeek) -> str | None:
        orders = week_identity(self._tables, "raw_orders", week.key)
        return None if orders == ABSENT else fingerprint(orders)

    def _merged_orders(self, week: MatchWeek) -> str | None:
        orders = week_identity(self._tables, "raw_orders", week.key)
        if orders == ABSENT:
            return None
        matches = matches_reaching(self._matches, week, self._lengths)
        return fingerprint(orders, frame_fingerprint(matches), self._market_text, repr(self._lengths))

    def _match_windows(self, week: MatchWeek) -> str | None:
        matches = self._matches.get(week.key)
        if matches is None:
            return None
        touched = weeks_touched(matches.rows, week, self._lengths)
        bins = [week_identity(self._tables, "order_bins", key) for key in touched]
        return fingerprint(frame_fingerprint(matches.rows), *bins, self._market_text, repr(self._lengths))


class _RememberedWeeks(WeekTables):
    """Weeks of a small table, each cached until another version of it is stored."""

    def __init__(self, tables: TableStore, asset: str) -> None:
        super().__init__(tables, asset, [])
        self._store, self._table = tables, asset
        self._known: dict[str, tuple[str, WeekFrame]] = {}

    def __getitem__(self, week: str) -> WeekFrame:
        identity = week_identity(self._store, self._table, week)
        known = self._known.get(week)
        if known is not None and known[0] == identity:
            return known[1]
        found = None if identity == ABSENT else self._store.read_week(self._table, week)
        if found is None:
            raise KeyError(week)
        self._known[week] = identity, found
        return found

    def _may_give(self, week: str) -> bool:  # noqa: ARG002 - any
        return True


def _phase(week: MatchWeek, now: datetime, settled_after: timedelta) -> str:
    """The text "settled" once the week is not expected to change any more; until then the current time."""
    return "settled" if now >= week.ends_at + settled_after else now.isoformat()
