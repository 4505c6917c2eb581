"""What an export could answer: the windows that are counted are those of the hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.own_export.readiness import Answerable, readiness
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, ZONE, fixtures, markets_of

WEEKS = tuple(FIRST_WEEK.shifted(n) for n in range(24))


def questions(
    market_count: int, lost_after: datetime | None = None, *, is_finished: bool = True, sold_weeks: int = len(WEEKS)
) -> dict[str, Answerable]:
    """By statement, about mock orders of the first markets of ten; of the first one without six hours of orders.

    is_finished: whether the matches of the last three weeks with orders are. sold_weeks: those with orders, the first.
    """
    matches = RawMatches.conform(fixtures(markets_of(10), list(WEEKS), np.random.default_rng(5)))
    markets = markets_of(10)[:market_count]
    if not is_finished:
        is_last = matches["kickoff_at"] >= pd.Timestamp(WEEKS[sold_weeks - 3].starts_at)
        matches = matches.assign(status=matches["status"].mask(is_last, "IN_PLAY"))

    def orders_of(week: MatchWeek) -> SourceResult:
        answer = mock_orders(week, markets, matches, datetime(2027, 1, 1, tzinfo=UTC), 1, 1, 60.0)
        if week not in WEEKS[:sold_weeks]:
            return replace(answer, rows=answer.frame[:0], covered=())
        if lost_after is None:
            return answer
        orders = answer.frame
        is_lost = orders["ordered_at"].between(lost_after, lost_after + timedelta(hours=6), inclusive="left")
        kept = orders[~is_lost | (orders["market"] != markets[0].name)].reset_index(drop=True)
        return replace(answer, rows=kept)

    def matches_of(week: MatchWeek) -> SourceResult:
        at = matches["kickoff_at"]
        own = matches[(at >= week.starts_at) & (at < week.ends_at)].reset_index(drop=True)
        return SourceResult(own, DataSource.MOCK, "mock", is_covered=True)

    answers = {week.key: matches_of(week) for week in WEEKS}
    ready = readiness(WEEKS, orders_of, answers, markets, WindowLengths(), ZONE)
    return {question.hypothesis: question for question in ready.questions}


@pytest.mark.parametrize("market_count", [10, 1])
def test_the_whole_match_has_a_window_for_each_match_and_market(market_count: int) -> None:
    """`pizza check` said "0 of 0 windows", and for one market alone "20 of 0 windows"."""
    found = questions(market_count)
    [whole] = [question for statement, question in found.items() if "taken together" in statement]
    [after] = [question for question in found.values() if question.role == "primary"]
    assert whole.windows == after.windows > 0
    assert 0 < whole.usable_windows <= whole.windows


@pytest.mark.parametrize(
    ("market_count", "lost_after"),
    [
        pytest.param(1, None, id="one shop"),
        pytest.param(1, datetime(2025, 10, 18, 15, tzinfo=UTC), id="one shop that lost hours"),
        pytest.param(2, None, id="two shops with teams of their own"),
    ],
)
def test_every_window_that_is_not_used_is_in_a_counted_reason(market_count: int, lost_after: datetime | None) -> None:
    """It said "18 of 27 windows", and gave a reason for three of the other nine."""
    for question in questions(market_count, lost_after).values():
        counts = [int(text.partition(" window")[0]) for text in question.left_out]
        assert question.usable_windows + sum(counts) == question.windows
        assert question.usable_windows < question.windows


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"is_finished": False}, "of matches that are not finished", id="in play"),
        pytest.param({"sold_weeks": 21}, "of matches before the first or after the last orders", id="no orders"),
    ],
)
def test_windows_of_matches_that_are_not_considered_are_counted_by_the_reason(changes: dict, why: str) -> None:
    """Whatever no other reason explained was "not finished, or at the edge of the orders"."""
    for question in questions(1, **changes).values():
        assert [text for text in question.left_out if text.partition(" window")[2].lstrip("s ") == why]
        counts = [int(text.partition(" window")[0]) for text in question.left_out]
        assert question.usable_windows + sum(counts) == question.windows


def test_windows_that_the_analysis_refuses_for_lost_hours_are_not_counted() -> None:
    """`pizza check` counted them, and said that they are left out."""
    after_own_match = datetime(2025, 10, 18, 15, tzinfo=UTC)
    usable = []
    for lost_after in (None, after_own_match):
        found = questions(10, lost_after)
        [primary] = [question for question in found.values() if question.role == "primary"]
        usable.append(primary.usable_windows)
    assert usable[1] == usable[0] - 1
