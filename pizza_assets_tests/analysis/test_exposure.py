"""Exposure of markets to matches."""

import pandas as pd
import pytest
from hypothesis import given

from pizza_assets.analysis.exposure import exposures, unknown_spans
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import EXPOSING_STATUSES, MatchStatus
from pizza_assets_tests.analysis.tables import a_match
from pizza_assets_tests.strategies import World, worlds
from pizza_assets_tests.support.examples import examples

MARKETS = [
    Market("London", "Europe/London", ("Arsenal", "Chelsea")),
    Market("Leeds", "Europe/London", ("Leeds United",)),
]


def test_both_sides_followers_are_exposed() -> None:
    matches = RawMatches.conform([a_match(home_team="Leeds United", away_team="Chelsea")])

    exposed = exposures(matches, MARKETS)

    assert exposed.to_dict("list") == {
        "match_id": ["m1", "m1"],
        "match_source": ["real", "real"],
        "kickoff_at": [pd.Timestamp("2025-09-06 14:00", tz="UTC")] * 2,
        "market": ["Leeds", "London"],
        "team": ["Leeds United", "Chelsea"],
        "side": ["home", "away"],
    }


def test_a_market_that_follows_both_sides_is_exposed_once_by_the_home_side() -> None:
    matches = RawMatches.conform([a_match(home_team="Chelsea", away_team="Arsenal")])

    exposed = exposures(matches, MARKETS)

    assert exposed[["market", "team", "side"]].to_numpy().tolist() == [["London", "Chelsea", "home"]]


@pytest.mark.parametrize("name", ["arsenal", "Arsenal ", "Arsenal FC", "FC Arsenal"])
def test_team_names_must_match_exactly(name: str) -> None:
    assert exposures(RawMatches.conform([a_match(home_team=name)]), MARKETS).empty


@pytest.mark.parametrize("status", list(MatchStatus))
def test_only_a_match_whose_time_is_not_in_doubt_exposes(status: MatchStatus) -> None:
    matches = RawMatches.conform([a_match(status=status.value)])

    assert len(exposures(matches, MARKETS)) == (status.value in {"FINISHED", "IN_PLAY", "PAUSED", "TIMED"})
    assert (status in EXPOSING_STATUSES) == (status.value in {"FINISHED", "IN_PLAY", "PAUSED", "TIMED"})


def test_a_match_without_a_fixed_kickoff_exposes_no_market() -> None:
    assert exposures(RawMatches.conform([a_match(kickoff_is_fixed=False)]), MARKETS).empty


@pytest.mark.parametrize("markets", [[], MARKETS])
def test_no_matches_give_an_empty_table_of_the_same_types(markets: list[Market]) -> None:
    some = exposures(RawMatches.conform([a_match()]), MARKETS)

    none = exposures(RawMatches.empty(), markets)

    assert none.empty
    assert none.dtypes.to_dict() == some.dtypes.to_dict()


@examples(100)
@given(worlds())
def test_equals_the_definition_row_by_row(world: World) -> None:
    expected = []
    for match in world.matches.to_dict("records"):
        for market in world.markets:
            side = next((s for s in ("home", "away") if match[f"{s}_team"] in market.teams), None)
            if side and match["kickoff_is_fixed"] and match["status"] in {"FINISHED", "IN_PLAY", "PAUSED", "TIMED"}:
                key = (match["match_source"], match["kickoff_at"], match["match_id"], market.name)
                expected.append((*key, match[f"{side}_team"], side))

    exposed = exposures(world.matches, world.markets)

    columns = ["match_source", "kickoff_at", "match_id", "market", "team", "side"]
    assert list(exposed[columns].itertuples(index=False, name=None)) == sorted(expected)


@examples(100)
@given(worlds())
def test_order_of_matches_and_markets_does_not_matter(world: World) -> None:
    expected = exposures(world.matches, world.markets)

    pd.testing.assert_frame_equal(exposures(world.matches.iloc[::-1], world.markets[::-1]), expected)


@pytest.mark.parametrize("status", list(MatchStatus))
@pytest.mark.parametrize("is_fixed", [True, False])
def test_at_every_match_a_follower_is_exposed_free_or_unknown(status: MatchStatus, is_fixed: bool) -> None:
    kickoff = pd.Timestamp("2025-09-06T14:00Z" if is_fixed else "2025-09-05T23:00Z")
    matches = RawMatches.conform([a_match(status=status.value, kickoff_is_fixed=is_fixed, kickoff_at=kickoff)])
    spans = unknown_spans(matches, MARKETS, WindowLengths())
    if status in (MatchStatus.POSTPONED, MatchStatus.CANCELLED) or (is_fixed and status in EXPOSING_STATUSES):
        assert spans.empty
        return
    assert exposures(matches, MARKETS).empty
    (span,) = spans.to_dict("records")
    begins, ends = (pd.Timestamp(span[name] * 60, unit="s", tz="UTC") for name in ("first_minute", "end_minute"))
    after = pd.Timedelta(minutes=115 + 120) + pd.Timedelta(days=0 if is_fixed else 1)
    assert (span["market"], begins, ends) == ("London", kickoff - pd.Timedelta(hours=2), kickoff + after)
