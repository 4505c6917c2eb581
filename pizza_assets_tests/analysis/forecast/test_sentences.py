"""The short sentence of a forecast says what the long one says that changes its meaning."""

from datetime import date

import pytest

from pizza_assets.analysis.forecast.sentences import fixture_sentence, forecast_sentence, short_forecast_sentence

ROW = {
    "home_team": "Fulham",
    "away_team": "Everton",
    "market": "Fulham",
    "local_date": date(2026, 11, 29),
    "local_start": "12:00",
    "local_end": "18:00",
    "span": "match",
    "kickoff_local": "Sun 29 Nov 2026, 14:00",
    "kickoff_is_fixed": True,
    "order_source": "real",
    "match_source": "real",
    "status": "ok",
    "reasons": None,
    "orders": 69.0,
    "low_80": 57.0,
    "high_80": 82.0,
    "low_95": 51.0,
    "high_95": 89.0,
    "usual_orders": 64.0,
    "football_reasons": None,
    "difference": 4.7,
    "difference_low": 1.0,
    "difference_high": 9.0,
    "average_difference_low": 3.0,
    "average_difference_high": 6.0,
    "skill_against_mean_pct": 12.0,
    "days_ahead": 1,
}


def test_what_the_match_adds_or_costs() -> None:
    assert short_forecast_sentence(ROW) == (
        "Fulham v Everton, Fulham, Sun 29 Nov 12:00 to 18:00: 69 orders (57 to 82 in four of five cases); "
        "4.7 more than without the match"
    )
    assert short_forecast_sentence({**ROW, "difference": -3.2}).endswith("; 3.2 fewer than without the match")
    assert short_forecast_sentence({**ROW, "difference": 0.0}).endswith("in four of five cases)")


@pytest.mark.parametrize(
    ("changed", "caveat"),
    [
        ({"football_reasons": "too_few_matches"}, "so this is too low if the match raises orders"),
        ({"skill_against_mean_pct": -1.0}, "so far no better than the mean of the last 8 weeks (64)"),
        ({"match_source": "mock"}, "Real orders, MOCK MATCHES: "),
        ({"status": "insufficient_data", "reasons": "too_few_weeks"}, "no forecast, because "),
    ],
)
def test_both_sentences_have_each_caveat(changed: dict[str, object], caveat: str) -> None:
    row = {**ROW, **changed}
    assert caveat in short_forecast_sentence(row)
    assert caveat in forecast_sentence(row, None)


@pytest.mark.parametrize(
    ("markets", "told"),
    [
        (["Fulham"], ": forecast for 1 of 1 market (Fulham)."),
        (["Fulham", "Leeds"], ": forecast for 1 of 2 markets (Fulham, Leeds)."),
    ],
)
def test_the_markets_of_a_fixture_are_counted(markets: list[str], told: str) -> None:
    """It said "1 of 2 market(s)"."""
    row = ROW | {"entry": "fixture", "competition": "FA Cup", "note": None}
    assert fixture_sentence(row, markets, 1, []).endswith(told)
