"""Answers to hypotheses: numbers, and reasons why they are missing or weak, each with a code and an explanation.

The analyses decide which reasons apply.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

SEPARATOR = "; "
FEW_CONTROL_MARKETS = 5
"""A result with fewer control markets is shown but flagged."""


MIN_CONTROL_MARKETS = 2
"""The noise of one alone would be taken for what is common to all: estimates were 3 % too low, 9 % of them false."""


class Reason(StrEnum):
    """Each value is a code for programs and an explanation for people."""

    NO_ORDERS = "no_orders: no orders are known for these sources"
    NO_MATCHES = "no_matches: no finished match of a team that a market follows lies in the weeks with orders"
    ORDERS_INCOMPLETE = "orders_incomplete: orders are not known for the whole window, or a store lost some"
    TOO_FEW_FREE_WEEKS = "too_few_free_weeks: fewer than 8 weeks without a match at this time of the week"
    NO_CONTROL_MARKET = "no_control_market: no other open market was free of its own team's match at this time"
    ONE_CONTROL_MARKET = (
        "one_control_market: only one other market was free of its own team's match at this time, too few to tell what "
        "is common to all"
    )
    NOTHING_EXPECTED = "nothing_expected: the market sells nothing at this time of the week"
    NOTHING_ELSE_SOLD = "nothing_else_sold: the market sold nothing in the rest of this week"
    TOO_FEW_CONTROL_ORDERS = "too_few_control_orders: too few orders in other markets at this time to compare with"
    NOT_CONVERGED = "not_converged: no baseline could be fitted to the market's orders"
    OVERLAPPING_MATCH = "overlapping_match: another followed match covers part of this window"
    NOT_FINISHED = "not_finished: the match has no final result"
    TOO_FEW_DATES = "too_few_dates: fewer than 10 dates with a match"
    TOO_FEW_DATES_WITH_OUTCOME = (
        "too_few_dates_with_outcome: fewer than 10 dates with this outcome, or fewer than 10 without it"
    )
    TOO_FEW_KICKOFF_TIMES = "too_few_kickoff_times: fewer than two kinds of kick-off times have 10 dates with a match"
    UNEQUAL_KICKOFF_DATES = (
        "unequal_kickoff_dates: at one kind of kick-off times, one or two dates have most of the orders, too few to "
        "compare it with the others"
    )
    NO_RESULTS = "no_results: no match with a usable window has a known result"
    NO_SHARED_MATCH = "no_shared_match: no finished match is followed by every market"
    TOO_FEW_MATCHES = "too_few_matches: fewer than 3 matches can be compared with their day"
    TOO_FEW_ORDINARY_DAYS = (
        "too_few_matches_outside_holidays: fewer than 3 matches can be compared outside of holidays and special days"
    )
    SPECIAL_DAY = "special_day: the list of special days names this day, so its orders say nothing about the match"
    TOO_FEW_PLACEBO_DATES = "too_few_placebo_dates: fewer than 10 dates without a match at the same time of the week"
    NO_GOALS = "no_goals: no goal fell in these matches"
    NO_GOAL_MINUTES = "no_goal_minutes: the minutes of the goals are not known"
    NOTHING_OBSERVED = "nothing_observed: not one order in these windows"
    NO_VARIATION = "no_variation: every date shows the same, so chance cannot be measured"
    TOO_FEW_CONTROL_MARKETS = "too_few_control_markets: fewer than 6 other markets were free of a match at these hours"
    TOO_SHORT_HISTORY = "too_short_history: fewer than 8 weeks of orders are known"
    MARKET_TOO_NEW = "market_too_new: fewer than 8 weeks of this market's orders are known"
    MARKET_SILENT = "market_silent: no orders of this market are known for the last 7 days with known orders elsewhere"
    SHOP_TOO_NEW = "shop_too_new: fewer than 8 weeks of this shop's orders are known"
    SHOP_SILENT = "shop_silent: this shop has sold nothing in the last 7 days with known orders"
    SHOP_CLOSED = "shop_closed: this shop sells nothing on this day of the week"
    SHOP_DONE = "shop_done: this shop sells nothing more on this business day"
    TOO_FEW_SCORED = "too_few_scored_forecasts: fewer than 30 forecasts of this kind could be compared with real orders"
    WORSE_THAN_MEAN = "worse_than_mean: past forecasts were significantly worse than the mean of the last 8 weeks"
    FOOTBALL_DID_NOT_HELP = (
        "football_did_not_help: past forecasts that included the matches were no better than those that did not"
    )
    TOO_FAR_AHEAD = "too_far_ahead: this lies more than 14 days after the last known order"
    ALREADY_OVER = "already_over: this ended before the last known order"
    NO_COMMON_WEEKS = "no_common_weeks: no stored week has both orders and matches with these labels"
    NOT_SOLD_THEN = "not_sold_then: the market sells nothing at this time of the week"
    BANK_HOLIDAY = (
        "bank_holiday: it is a bank holiday or the eve of one, and how far off forecasts are on those is not known"
    )
    HOLIDAY_UNKNOWN = "holiday_unknown: no orders are known of this holiday in earlier years"
    LISTED_DAY = "listed_day: the list of special days names this day, and how it changes orders is not known"
    LISTED_AS_CLOSED = "listed_as_closed: the list of special days says that this day is closed"
    FEW_CONTROLS = "few_control_markets: some windows rest on fewer than 5 other markets"

    @property
    def code(self) -> str:
        return self.value.partition(":")[0]


def joined(reasons: Iterable[str]) -> str | None:
    """The reasons as one text, in order and without duplicates; None if there are none."""
    return SEPARATOR.join(dict.fromkeys(reasons)) or None


def split(text: object) -> list[str]:
    """The inverse of `joined`; empty for missing text."""
    return text.split(SEPARATOR) if isinstance(text, str) and text else []


def counted(texts: pd.Series) -> dict[str, int]:
    """The number of rows with each reason, most frequent first, ties by name."""
    counts: dict[str, int] = {}
    for text, rows in texts.dropna().value_counts().items():
        for reason in split(text):
            counts[reason] = counts.get(reason, 0) + int(rows)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True)
class Answer:
    """The answer to one hypothesis.

    numbers: by column of CorrelationResults; absent columns are stored empty. missing: why there is no p-value; empty
    if there is one. left_out: which data were not used on purpose, in words. unused: market-matches that were not used
    for whatever reason, by the reason in words, to follow their number.
    """

    numbers: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    unused: Mapping[str, int] = field(default_factory=dict)
