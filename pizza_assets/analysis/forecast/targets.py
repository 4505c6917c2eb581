"""The time spans to forecast (targets): windows of own matches, whole matches, hours, days. No orders here."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.local_week import BINS_PER_DAY
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.models.vocabulary import Span

SPANS = tuple(Span)
MATCH_SPANS = (Span.PRE, Span.DURING, Span.POST, Span.MATCH)
"""The windows of a match, and all three together."""
BINS_PER_HOUR = 60 // BIN_MINUTES
MAX_SLOTS = 12
"""Number of most frequent kick-off times of the week at which the same windows are also forecast without an own match,
as evidence for intervals and baseline where own matches are few."""
HORIZONS = ((1, 3), (4, 7), (8, 14))
"""Classes of days ahead: first and last day."""


@dataclass(frozen=True)
class Targets:
    """Spans of whole quarter-hours [start, end), as columns of a history. span: index in SPANS. market: row. own: row
    of the own match, -1 for none."""

    span: np.ndarray
    market: np.ndarray
    own: np.ndarray
    start: np.ndarray
    end: np.ndarray

    def chosen(self, is_chosen: np.ndarray) -> "Targets":
        return Targets(*(getattr(self, field.name)[is_chosen] for field in fields(self)))

    def remaining(self, cut: int) -> "Targets":
        """The same targets without what lies before `cut`; those that end by then stay as they are."""
        return replace(self, start=np.where((self.start < cut) & (self.end > cut), cut, self.start))

    def within(self, cut: int) -> "Targets":
        """The targets that start at `cut` or later and end within the horizon."""
        return self.chosen((self.start >= cut) & (self.end <= cut + HORIZON))

    @classmethod
    def joined(cls, parts: Iterable["Targets"]) -> "Targets":
        found = list(parts)
        return cls(*(np.concatenate([getattr(part, field.name) for part in found]) for field in fields(cls)))

    def sums(self, cells: np.ndarray, first: int) -> np.ndarray:
        """Sums of cells [market, column from `first` on] over each target; NaN if a cell is NaN."""
        running = np.pad(np.cumsum(np.nan_to_num(cells), axis=1), ((0, 0), (1, 0)))
        sums = running[self.market, self.end - first] - running[self.market, self.start - first]
        gaps = np.pad(np.cumsum(np.isnan(cells), axis=1), ((0, 0), (1, 0)))
        is_whole = gaps[self.market, self.end - first] == gaps[self.market, self.start - first]
        return np.where(is_whole, sums, np.nan)


def match_targets(history: OrderHistory) -> Targets:
    """The windows of each own match, all three together, and the hours and the business day around it."""
    own = history.own
    number = np.arange(len(own.match))
    parts = [
        _targets(SPANS.index(span), own.market, number, own.edges[:, first], own.edges[:, last])
        for span, (first, last) in zip(MATCH_SPANS, ((0, 1), (1, 2), (2, 3), (0, 3)), strict=True)
    ]
    inside = (own.kickoff >= 0) & (own.kickoff < history.counts.shape[1])
    for row in np.flatnonzero(inside):
        market = own.market[row]
        day = np.flatnonzero(history.day[market] == history.day[market, own.kickoff[row]])
        hours = day[(history.place[market, day] % BINS_PER_HOUR == 0) & (day + BINS_PER_HOUR <= day[-1] + 1)]
        parts.append(_targets(SPANS.index(Span.HOUR), market, row, hours, hours + BINS_PER_HOUR))
        parts.append(_targets(SPANS.index(Span.DAY), market, row, day[:1], day[-1:] + 1))
    joined = Targets.joined(parts)
    return joined.chosen((joined.start >= 0) & (joined.end <= history.counts.shape[1]))


def other_targets(history: OrderHistory) -> Targets:
    """The same windows at usual kick-off times of the week without an own match nearby, and all other days.

    Left out is also when the market's team may have played.
    """
    own = history.own
    inside = (own.kickoff >= 0) & (own.kickoff < history.counts.shape[1])
    kickoff_slots = history.place[own.market[inside], own.kickoff[inside]]
    slots, times = np.unique(kickoff_slots, return_counts=True)
    slots = np.sort(slots[np.argsort(-times, kind="stable")[:MAX_SLOTS]])
    offsets = np.median(own.edges - own.kickoff[:, None], axis=0).astype(int) if len(own.match) else np.zeros(4, int)
    busy = np.pad(np.cumsum(history.under_matches(), axis=1), ((0, 0), (1, 0)))
    match_days = {
        (int(market), int(history.day[market, kickoff]))
        for market, kickoff in zip(own.market[inside], own.kickoff[inside], strict=True)
    }
    parts = []
    for market, (places, days) in enumerate(zip(history.place, history.day, strict=True)):
        kickoff = np.flatnonzero(np.isin(places, slots))
        edges = kickoff[:, None] + offsets
        kept = (edges[:, 0] >= 0) & (edges[:, 3] <= len(places))
        edges = edges[kept]
        edges = edges[busy[market, edges[:, 3]] == busy[market, edges[:, 0]]]
        parts += [
            _targets(SPANS.index(span), market, -1, edges[:, first], edges[:, last])
            for span, (first, last) in zip(MATCH_SPANS, ((0, 1), (1, 2), (2, 3), (0, 3)), strict=True)
        ]
        turns = np.flatnonzero(np.diff(days)) + 1
        is_unclear = history.is_unclear[market]
        free = [
            (a, b) for a, b in pairwise(turns) if (market, int(days[a])) not in match_days and not is_unclear[a:b].any()
        ]
        starts, ends = np.array(free, dtype=np.int64).reshape(-1, 2).T
        parts.append(_targets(SPANS.index(Span.DAY), market, -1, starts, ends))
    return Targets.joined(parts)


def days_ahead(targets: Targets, cut: int) -> np.ndarray:
    """Days from the cut to the start of each target: 1 for the first 24 hours, up to 14."""
    return (targets.start - cut) // BINS_PER_DAY + 1


def horizon_class(days: np.ndarray) -> np.ndarray:
    """Index in HORIZONS."""
    return np.searchsorted([last for _, last in HORIZONS], days)


def horizon_name(number: int) -> str:
    """The horizon as text, such as "4-7"."""
    first, last = HORIZONS[number]
    return f"{first}-{last}"


def _targets(span: int, market: object, own: object, start: np.ndarray, end: np.ndarray) -> Targets:
    size = len(start)
    return Targets(
        np.full(size, span, dtype=np.int64),
        np.broadcast_to(np.asarray(market, dtype=np.int64), size).copy(),
        np.broadcast_to(np.asarray(own, dtype=np.int64), size).copy(),
        np.asarray(start, dtype=np.int64),
        np.asarray(end, dtype=np.int64),
    )
