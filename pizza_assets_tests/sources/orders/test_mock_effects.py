"""What is planted in mock orders agrees with what the analysis looks for."""

from datetime import UTC, datetime

import pytest

from pizza_assets.analysis.exposure import exposures
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets_tests.analysis.tables import a_match, at

LONDON = Market("London", "Europe/London", ("Arsenal",))
WEEK = MatchWeek.containing(at("14:00"), "Europe/London")
LATE = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("is_fixed", [True, False])
@pytest.mark.parametrize("status", list(MatchStatus))
def test_effects_are_planted_exactly_where_the_analysis_sees_a_match(status: MatchStatus, is_fixed: bool) -> None:
    matches = RawMatches.conform([a_match(status=status.value, kickoff_is_fixed=is_fixed)])
    with_match, without = (
        len(mock_orders(WEEK, (LONDON,), rows, LATE, 1, orders_per_store_day=2000).rows)
        for rows in (matches, RawMatches.empty())
    )
    assert (with_match > without) == (len(exposures(matches, [LONDON])) == 1)
