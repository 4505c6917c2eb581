"""Sentences for managers about findings, their absence, and missing or mock data."""

from datetime import date
from math import exp

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.correlation_rows import Evidence, answer_rows, results_table
from pizza_assets.analysis.event_points import goal_claims
from pizza_assets.analysis.expected_grid import EMPTY_GRID
from pizza_assets.analysis.hypotheses import GOAL_HYPOTHESES
from pizza_assets.analysis.insights import insights
from pizza_assets.analysis.outage_caveats import listed_outages
from pizza_assets.analysis.reasons import Reason, joined
from pizza_assets.models import CorrelationResults, EventStudy, MatchImpact, MatchWindows, OrderAnomalies
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets_tests.analysis.simulated_worlds import analyse, simulate

NO_IMPACT, NO_WINDOWS = MatchImpact.empty(), MatchWindows.empty()

SEASONS = {"own_season_markets": "Leeds; Hull", "own_season_off_by_pct": 1.24}


def result(window: str = "post", order_source: str = "real", match_source: str = "real", **changes) -> dict:
    label = "mock" if order_source == "mock" else "real" if match_source == "real" else "mixed"
    role = "primary" if window == "post" else "exploratory"
    numbers = {"uplift_pct": 12.04, "ci_low_pct": 6.2, "ci_high_pct": 18.1, "q_value": 0.001, "mde_80_pct": 4.0}
    return {
        **{column.name: (None if column.nullable else 0) for column in CorrelationResults.columns()},
        "subject": "own_team_match",
        "scope": "overall",
        **dict.fromkeys(("hypothesis", "estimand", "pattern_description", "data_quality", "family_id"), "-"),
        **dict.fromkeys(("cluster_by", "method", "controls", "computed_from_weeks"), "-"),
        **{"analysis_id": f"{window}.{order_source}.{match_source}", "role": role, "time_window": window},
        **{"direction": "up", "converged": True, "status": "ok", "n_matches": 19, "data_source": label},
        **{"order_source": order_source, "match_source": match_source, **numbers, **changes},
    }


def written(*results: dict, **options) -> pd.DataFrame:
    return insights(CorrelationResults.checked(list(results)), NO_IMPACT, NO_WINDOWS, **options)


def test_a_finding_reads_as_a_sentence_with_its_evidence_and_estimand():
    row = written(result()).iloc[0]
    assert row["headline"] == (
        "Orders run 12 % above normal after the own team's match (95 % interval 6.2 to 18 %, 19 matches)."
    )
    assert row["kind"] == "finding"
    assert row["caveat"] == "This is the effect beyond what football does to everyone at that hour."
    assert row[["uplift_pct", "n_matches"]].tolist() == [12.04, 19]


def test_nothing_found_states_the_detectable_effect():
    row = written(result(direction="none", uplift_pct=-0.5, ci_low_pct=-3.0, ci_high_pct=2.0)).iloc[0]
    assert row["kind"] == "nothing_found"
    assert "No effect found after" in row["headline"]
    assert "0.5 % below normal" in row["headline"]
    assert "a change of 4.0 % or more would have been found in 80 %" in row["headline"]
    assert "not the same as no effect" in row["caveat"]


def test_insufficient_data_states_what_is_missing_and_the_estimate_so_far():
    missing = {"status": "insufficient_data", "direction": "unknown", "reasons": joined([Reason.TOO_FEW_DATES])}
    row = written(result(**missing, ci_low_pct=None, ci_high_pct=None, q_value=None, n_matches=3)).iloc[0]
    assert row["kind"] == "insufficient_data"
    assert "fewer than 10 dates with a match" in row["headline"]
    assert "So far: 12 % above normal over 3 matches, which may be chance." in row["headline"]
    silent = written(result(**missing, uplift_pct=None, ci_low_pct=None, ci_high_pct=None, q_value=None)).iloc[0]
    assert "So far" not in silent["headline"]


@pytest.mark.parametrize(
    ("order_source", "match_source", "start"),
    [
        ("real", "real", "Orders run"),
        ("mock", "mock", "MOCK DATA: Orders run"),
        ("mock", "real", "MOCK ORDERS, real matches: Orders run"),
        ("real", "mock", "Real orders, MOCK MATCHES: Orders run"),
    ],
)
def test_mock_is_called_mock(order_source: str, match_source: str, start: str):
    row = written(result(order_source=order_source, match_source=match_source)).iloc[0]
    assert row["headline"].startswith(start)
    assert ("mock" in row["caveat"] or "invented" in row["caveat"]) == (start != "Orders run")


def test_the_primary_comes_first_and_real_before_mixed_before_mock():
    labels = (("mock", "mock"), ("real", "mock"), ("real", "real"))
    rows = written(*(result(window, *pair) for window in ("pre", "post", "during") for pair in labels))
    assert rows["rank"].tolist() == list(range(1, 10))
    assert rows["data_source"].tolist() == ["real", "mixed", "mock", "real", "real", "mixed", "mixed", "mock", "mock"]
    assert rows["analysis_id"].str.split(".").str[0].tolist()[:5] == ["post", "post", "post", "pre", "during"]


def test_source_reasons_come_last_without_duplicates():
    rows = written(result(order_source="mock"), source_reasons=["planted: post +10 %", "planted: post +10 %"])
    assert rows["kind"].tolist() == ["finding", "caveat"]
    assert rows.iloc[1]["headline"] == "planted: post +10 %"
    assert rows.iloc[1]["data_source"] == "mock"


def test_no_results_still_give_a_sentence():
    rows = insights(CorrelationResults.empty(), NO_IMPACT, NO_WINDOWS)
    assert rows["kind"].tolist() == ["insufficient_data"]
    assert "Nothing can be said yet" in rows["headline"].iloc[0]


@pytest.fixture(scope="module")
def lively() -> tuple:
    world = simulate(9, market_count=8, week_count=20, orders_per_bin=20, uplift={"post": 0.5})
    return world, analyse(world)


def test_an_effect_is_given_in_orders_and_money_per_store_hour(lively: tuple):
    analysis = lively[1]
    row = analysis.insights.iloc[0]
    used = analysis.impact.query("status == 'ok' and window == 'post'")
    # two stores sell in every window, for two hours, at 16.50 per order
    extra = (used["observed"] - used["expected"]).sum() / (len(used) * 2 * 2)
    assert row["extra_orders_per_store_hour"] == pytest.approx(extra)
    assert row["extra_revenue_per_store_hour_cents"] == pytest.approx(1650 * extra)
    assert row["currency"] == "GBP"
    assert "in the two hours after the own team's match" in row["headline"]
    assert f"about {extra:.{1 if extra < 9.95 else 0}f} orders and £" in row["headline"]
    assert "more per store and hour" in row["headline"]


@pytest.mark.parametrize(
    ("currency", "units", "money"),
    [("XOF", 1, "XOF"), ("PYG", 1, "PYG"), ("EUR", 100, "€"), ("KWD", 1000, "KWD"), ("LYD", 1000, "LYD")],
)
def test_money_is_given_in_major_units_of_its_currency(lively: tuple, currency: str, units: int, money: str):
    world, analysis = lively
    sold = world.windows.assign(currency=currency, revenue_cents=world.windows["order_count"] * 12_000_000)
    row = insights(analysis.results, analysis.impact, MatchWindows.conform(sold)).iloc[0]
    amount = f"{row['extra_revenue_per_store_hour_cents'] / units:,.0f}"
    assert (f"{money}{amount} more" if money == "€" else f"{amount} {money} more") in row["headline"]


def test_several_currencies_give_orders_but_no_money(lively: tuple):
    world, analysis = lively
    other = np.where(world.windows["market"] == "market 00", "EUR", "GBP")
    rows = insights(analysis.results, analysis.impact, MatchWindows.conform(world.windows.assign(currency=other)))
    assert np.isfinite(rows["extra_orders_per_store_hour"].iloc[0])
    assert np.isnan(rows["extra_revenue_per_store_hour_cents"].iloc[0])
    assert "£" not in rows["headline"].iloc[0]


def point(**columns: object) -> dict:
    base = {column.name: (None if column.nullable else 0) for column in EventStudy.columns()}
    return {
        **base, "event": "goal", "series": "own_goal_0_15", "minutes_to": 15, "uplift_pct": 4.0, "ci_low_pct": 1.0,
        "ci_high_pct": 7.0, "p_value": 0.01, "n_goals": 120, "n_matches": 80, "band": "pointwise",
        "is_calibrated": True,
        "status": "ok", "order_source": "real", "match_source": "real", "data_source": "real", **columns,
    }  # fmt: skip


def claims(points: pd.DataFrame) -> pd.DataFrame:
    """The rows of CorrelationResults about the goals of `points`."""
    rows = [
        row
        for pair, answers in goal_claims(points).items()
        for row in answer_rows(
            pair,
            Evidence(MatchImpact.empty(), EMPTY_GRID),
            {GOAL_HYPOTHESES[series]: answer for series, answer in answers.items()},
        )
    ]
    return results_table(rows)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({}, "finding", "Orders run 4.0 % higher in the quarter of an hour after a goal of the own team"),
        (
            {"p_value": 0.4, "ci_low_pct": -4.0},
            "nothing_found",
            "No effect found in the quarter of an hour after a goal",
        ),
        # below 0.05, but not within the budget of all exploratory claims
        ({"p_value": 0.03}, "nothing_found", "that is no finding: it may be chance among all the claims"),
        ({"status": "insufficient_data", "reasons": "no_goals: no goal fell"}, "insufficient_data", "no goal fell"),
        ({"order_source": "mock", "data_source": "mock"}, "finding", "MOCK ORDERS, real matches: Orders run"),
    ],
)
def test_goals_have_an_insight(changes: dict, kind: str, words: str):
    points = EventStudy.checked([point(**changes)])
    (row,) = insights(claims(points), NO_IMPACT, NO_WINDOWS, points=points).to_dict("records")
    assert row["kind"] == kind
    assert words in row["headline"]


def test_goals_are_given_in_orders_and_money_of_the_usual_hour_during_matches(lively: tuple):
    world, analysis = lively
    labels = {"order_source": "mock", "match_source": "mock", "data_source": "mock"}
    points = EventStudy.checked([point(**labels), point(**labels, series="own_goal_15_30", uplift_pct=90.0)])
    results = pd.concat([analysis.results, claims(points)], ignore_index=True)
    rows = insights(results, analysis.impact, world.windows, points=points)
    (row,) = rows[rows["headline"].str.contains("after a goal of the own team")].to_dict("records")
    used = analysis.impact.query("status == 'ok' and window == 'during'")
    extra = 0.04 * used["expected"].sum() / (len(used) * 2 * 115 / 60)
    assert row["extra_orders_per_store_hour"] == pytest.approx(extra)
    assert row["extra_revenue_per_store_hour_cents"] == pytest.approx(1650 * extra)
    assert row["currency"] == "GBP"
    money = f"£{16.5 * extra:,.2f}" if 16.5 * extra < 10 else f"£{16.5 * extra:,.0f}"
    assert f"120 goals; about {extra:.1f} orders and {money} more per store and hour)." in row["headline"]
    refused = point(**labels, status="insufficient_data", reasons="no_goals: no goal fell", uplift_pct=None)
    rows = insights(analysis.results, analysis.impact, world.windows, points=EventStudy.checked([refused]))
    (silent,) = rows[rows["headline"].str.contains("no goal fell")].to_dict("records")
    assert np.isnan(silent["extra_orders_per_store_hour"])
    assert "per store and hour" not in silent["headline"]


def test_anomalies_are_counted_with_their_false_share_and_source():
    alarm = {column.name: (None if column.nullable else 0) for column in OrderAnomalies.columns()}
    at = pd.Timestamp("2025-09-06 18:00", tz="UTC")
    rows = [
        {**alarm, "market": "Leeds", "chain": "a", "store_id": str(n), "kind": kind, "starts_at": at, "ends_at": at,
         "expected": 30.0, "expected_false_share": 0.08, "match_id": "m" if n == 0 else None, "order_source": "mock",
         "seen_in": "mock"}
        for n, kind in enumerate(["low", "low", "high", "missing_day"])
    ]  # fmt: skip
    anomalies = OrderAnomalies.checked(rows)
    (row,) = insights(CorrelationResults.empty(), NO_IMPACT, NO_WINDOWS, anomalies=anomalies).to_dict("records")
    assert row["kind"] == "alarm"
    assert "MOCK ORDERS" in row["headline"]
    assert "2 outages, 1 surge, 1 day without any order" in row["headline"]
    assert "at most 8.0 % of a kind are expected to be false" in row["headline"]
    assert "1 of them lies near" in row["headline"]


@pytest.mark.parametrize(("value", "words"), [("win", "won"), ("draw", "drawn"), ("loss", "lost")])
def test_effects_by_result_have_a_caveat_that_results_are_known_only_afterwards(value: str, words: str):
    family = {"family_id": "exploratory_windows_by_result.x", "role": "exploratory", "scope": "result"}
    row = written(result(**family, scope_value=value)).iloc[0]
    assert row["headline"] == (
        f"Orders run 12 % above normal after the own team's match when it was {words} "
        "(95 % interval 6.2 to 18 %, 19 matches)."
    )
    assert "known only afterwards: this describes the past and predicts nothing" in row["caveat"]
    nothing = {"direction": "none", "ci_low_pct": -2.0}
    silent = written(result(**family, scope_value=value, **nothing)).iloc[0]
    assert "No effect found in any of 1 claim about the matches, result by result" in silent["headline"]


def test_other_families_list_findings_or_say_that_nothing_was_found():
    outcomes = [
        result(analysis_id=f"{n}", subject="draw", family_id="exploratory_outcomes.x", role="exploratory", **found)
        for n, found in enumerate(
            [
                {"direction": "none", "q_value": 0.5, "ci_low_pct": -1.0},
                {"direction": "none", "q_value": 0.6, "ci_low_pct": -2.0, "mde_80_pct": 3.3},
            ]
        )
    ]
    (row,) = written(*outcomes).to_dict("records")
    assert row["kind"] == "nothing_found"
    assert "No effect found in any of 2 claims about how the match ended" in row["headline"]
    found = [
        result(analysis_id=f"{n}", subject="draw", family_id="exploratory_outcomes.x", role="exploratory")
        for n in range(8)
    ]
    rows = written(*found)
    assert len(rows) == 6
    assert "if it was a draw rather than not" in rows["headline"].iloc[0]
    assert "3 more findings about how the match ended" in rows["headline"].iloc[5]
    assert rows["extra_orders_per_store_hour"].isna().all()


def test_a_family_names_all_its_markets_with_a_season_of_their_own():
    """It told the number of the first market as if it were that of all claims."""
    nothing = {"direction": "none", "ci_low_pct": -2.0, "q_value": 0.5}
    by_market = {"family_id": "exploratory_windows_by_market.x", "role": "exploratory", "scope": "market"}
    refused = {"status": "insufficient_data", "direction": "unknown", "reasons": joined([Reason.TOO_FEW_DATES])}

    def of(market: str, off_by: float | None, **changes) -> dict:
        seasons = {"own_season_markets": market if off_by else None, "own_season_off_by_pct": off_by}
        return result(analysis_id=market, scope_value=market, **by_market, **seasons, **changes)

    rows = [of("Hull", 3.0), of("Bath", None), of("Leeds", 4.2), of("York", 9.0)]
    quiet = [row | nothing for row in rows[:3]] + [rows[3] | refused]
    (silent,) = written(*quiet).to_dict("records")
    assert "No effect found in any of 4 claims" in silent["headline"]
    assert "At these hours Hull, Leeds keep a season of their own" in silent["caveat"]
    assert "the number of each may be off by up to 4.2 %" in silent["caveat"]
    (one,) = written(rows[0] | nothing, rows[1] | nothing).to_dict("records")
    assert "Hull keeps a season of its own, which is not the match's: the number of this market may" in one["caveat"]

    told = [of(f"told {n}", None) for n in range(5)]
    (more,) = written(*told, of("z", 3.0), of("zz", None)).to_dict("records")[5:]
    assert "2 more findings" in more["headline"]
    assert "At these hours z keeps a season of its own" in more["caveat"]
    (single,) = written(result(**SEASONS, **refused)).to_dict("records")
    assert "season" not in f"{single['headline']} {single['caveat']}"


def outages_of(source: str, *starts: str, market: str = "Leeds", hours: int = 0, observed: int = 1) -> pd.DataFrame:
    """Outages of one store from these times, UTC, that last so many hours, each with so many orders; lost hours if it
    is none."""
    alarm = {column.name: (None if column.nullable else 0) for column in OrderAnomalies.columns()}
    rows = [
        {**alarm, "market": market, "chain": "a", "store_id": "7", "kind": "low", "starts_at": at,
         "ends_at": at + pd.Timedelta(hours=hours), "observed": observed, "expected": 30.0,
         "p_value": exp(-30.0), "expected_false_share": 0.08, "order_source": source, "seen_in": source}
        for at in pd.to_datetime(list(starts), utc=True)
    ]  # fmt: skip
    return OrderAnomalies.checked(rows)


def test_an_answer_about_matches_names_the_outages_that_count_in_it():
    anomalies = outages_of("real", *(f"2025-09-0{day} 18:00" for day in (1, 2, 3, 4)))
    first = written(result(), anomalies=anomalies).iloc[0]
    assert "4 outages count as hours with few orders (store 7 in Leeds on 2025-09-01, " in first["caveat"]
    assert "2025-09-03 and 1 more)" in first["caveat"]
    assert "PIZZA_SPECIAL_DAYS" in first["caveat"]
    mock = result(order_source="mock", match_source="real", data_source="mock")
    other = written(mock, anomalies=anomalies).iloc[0]
    assert "outage" not in other["caveat"]


def test_an_outage_without_orders_and_a_listed_one_are_told_as_left_out():
    anomalies = pd.concat([outages_of("real", "2025-09-01 18:00", observed=0), outages_of("real", "2025-09-02 18:00")])
    told = written(result(), anomalies=anomalies).iloc[0]["caveat"]
    lost = (
        "1 outage without any order is left out of answers and forecasts, with all matches in these hours "
        "(store 7 in Leeds on 2025-09-01)"
    )
    assert lost in told
    assert "1 outage counts as hours with few orders (store 7 in Leeds on 2025-09-02)" in told
    days = [SpecialDay(date(2025, 9, day), date(2025, 9, day), SpecialKind.OUTAGE) for day in (6, 7)]
    snow = SpecialDay(date(2025, 9, 6), date(2025, 9, 6), SpecialKind.SNOW)
    markets = (Market("Leeds", "Europe/London", (), special_days=(days[0], snow)),)
    kickoffs = pd.Series(pd.to_datetime(["2025-09-01 14:00", "2025-09-06 19:00"], utc=True))
    assert listed_outages(markets, kickoffs) == "1 listed outage is left out with the whole day (Leeds on 2025-09-06)."
    later = (Market("Leeds", "Europe/London", (), special_days=(days[1],)),)
    assert listed_outages(later, kickoffs) is None


@pytest.mark.parametrize(
    ("zone", "kickoff", "is_told"),
    [
        pytest.param("America/New_York", "2026-01-02 00:30", True, id="evening before"),
        pytest.param("Australia/Sydney", "2025-12-31 19:00", True, id="morning after"),
        pytest.param("Europe/London", "2026-01-02 00:30", False, id="another day"),
    ],
)
def test_listed_outages_are_on_days_of_the_markets_own_calendar(zone: str, kickoff: str, is_told: bool):
    day = date(2026, 1, 1)
    market = Market("A", zone, (), special_days=(SpecialDay(day, day, SpecialKind.OUTAGE),))
    told = listed_outages((market,), pd.Series(pd.to_datetime([kickoff], utc=True)))
    assert (told is not None) is is_told


def test_a_missing_day_of_a_store_is_told_as_counted():
    day = outages_of("real", "2025-09-03 10:00", hours=12, observed=0).assign(kind="missing_day", p_value=None)
    anomalies = OrderAnomalies.checked(pd.concat([outages_of("real", "2025-09-02 18:00"), day]).to_dict("records"))
    told = written(result(), anomalies=anomalies).iloc[0]["caveat"]
    assert "1 outage counts as hours with few orders (store 7 in Leeds on 2025-09-02)" in told
    assert "1 day without any order counts as quiet in the market (store 7 in Leeds on 2025-09-03)" in told


def test_every_answer_from_orders_with_an_outage_says_so():
    """Only those about the match itself said so, though it counts in all of them."""
    draws = {"subject": "draw", "family_id": "exploratory_outcomes.x", "role": "exploratory"}
    lost = {"family_id": "exploratory_windows_by_result.x", "role": "exploratory", "scope": "result"}
    rows = [
        result(),
        *(result(analysis_id=f"draw {n}", **draws) for n in range(7)),
        result(analysis_id="lost", scope_value="loss", direction="none", ci_low_pct=-2.0, **lost),
    ]
    points = EventStudy.checked([point()])
    told = written(
        *rows,
        *claims(points).to_dict("records"),
        points=points,
        anomalies=outages_of("real", "2025-09-01 18:00"),
        source_reasons=["a note of the source"],
    )
    answers = told[~told["kind"].isin(["alarm", "caveat"])]
    assert len(answers) == 9
    assert answers["caveat"].str.count("1 outage counts as hours with few orders").eq(1).all()
    others = told.drop(answers.index)["caveat"].dropna()
    assert not others.str.contains("outage").any()


@pytest.mark.parametrize(
    ("zone", "start", "hours", "days"),
    [
        pytest.param("America/New_York", "2025-09-07 00:00", 3, "on 2025-09-06)", id="Saturday 20:00 in New York"),
        pytest.param("America/New_York", "2025-09-07 00:00", 4, "on 2025-09-06)", id="until midnight"),
        pytest.param("America/New_York", "2025-09-07 00:00", 5, "on 2025-09-06 and 2025-09-07)", id="past midnight"),
        pytest.param("Australia/Sydney", "2025-09-05 22:00", 2, "on 2025-09-06)", id="Saturday morning in Sydney"),
        pytest.param(None, "2025-09-06 23:30", 2, "on 2025-09-07)", id="a market that is not in the table: London"),
    ],
)
def test_an_outage_is_told_with_the_days_to_list_in_the_market_s_time(
    zone: str | None, start: str, hours: int, days: str
):
    """It named the date in UTC, and Saturday evening in New York became Sunday."""
    markets = () if zone is None else (Market("Leeds", zone, ()),)
    anomalies = outages_of("real", start, hours=hours)
    (row,) = written(result(), anomalies=anomalies, markets=markets, default_timezone="Europe/London").to_dict(
        "records"
    )[:1]
    assert f"store 7 in Leeds {days}" in row["caveat"]
