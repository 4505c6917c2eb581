"""What a choice leaves: tried on rows, by evaluating the fields that the filters lie over."""

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards.quicksight import choices
from pizza_assets.dashboards.quicksight.calculated_fields import CALCULATED_FIELDS, LABEL
from pizza_assets.dashboards.quicksight.drawings.effects import GOALS
from pizza_assets.dashboards.quicksight.parameters import ALL, NO_DAY, NOTHING, PARAMETERS, SOURCE_PAIRS
from pizza_assets_tests.dashboards.quicksight.cross_check import COLUMNS_IN_EXPRESSION
from pizza_assets_tests.dashboards.quicksight.expressions import evaluate
from pizza_assets_tests.support.cases import each_of

EXPRESSIONS = {(field.data_set.identifier, field.name): field.expression for field in CALCULATED_FIELDS}
NOTHING_CHOSEN: dict[str, Any] = {
    **{name: [ALL] for name in PARAMETERS.values()},
    "Match": NOTHING,
    "MonthRow": NOTHING,
    "DayOfMonth": NOTHING,
    "Day": NO_DAY,
}
FILTER_FIELDS = [(d, f) for d, filters in choices.CHOICES.items() for f in filters]
CELLS = st.one_of(st.none(), st.sampled_from(["real", "mock", "mixed", "none", "team", "market", "Leeds", "Domino's"]))


def is_chosen(data_set: str, filter_id: str, row: dict[str, Any], **chosen: Any) -> bool:
    expression = EXPRESSIONS[data_set, choices.field_name(filter_id)]
    return evaluate(expression, row, NOTHING_CHOSEN | chosen) == choices.YES


@each_of(("data_set", "filter_id"), FILTER_FIELDS)
@given(data=st.data())
def test_while_nothing_is_selected_every_row_stays(data_set: str, filter_id: str, data: st.DataObject) -> None:
    columns = COLUMNS_IN_EXPRESSION.findall(EXPRESSIONS[data_set, choices.field_name(filter_id)])
    row = {column: data.draw(CELLS, label=column) for column in columns}
    assert is_chosen(data_set, filter_id, row)


@each_of(("data_set", "filter_id"), FILTER_FIELDS)
def test_selecting_a_value_that_no_row_has_leaves_no_such_row(data_set: str, filter_id: str) -> None:
    columns = COLUMNS_IN_EXPRESSION.findall(EXPRESSIONS[data_set, choices.field_name(filter_id)])
    row = dict.fromkeys(columns, "Leeds") | ({"scope": filter_id} if "scope" in columns else {})
    chosen = {PARAMETERS[filter_id]: ["Atlantis"]}
    assert not is_chosen(data_set, filter_id, row, **chosen)


def test_a_team_is_either_side_of_a_match() -> None:
    for row in ({"home_team": "Leeds", "away_team": "Hull"}, {"home_team": "Hull", "away_team": "Leeds"}):
        for data_set in ("matches", "coming_matches", "anomalies"):
            assert is_chosen(data_set, "team", row, Team=["Leeds", "York"])
            assert not is_chosen(data_set, "team", row, Team=["York"])


@each_of("data_set", ["match_impact", "match_forecast"])
def test_a_team_selects_the_markets_that_follow_it(data_set: str) -> None:
    row = {"home_team": "Leeds", "away_team": "Hull", "team": "Hull"}
    assert is_chosen(data_set, "team", row, Team=["Hull"])
    assert not is_chosen(data_set, "team", row, Team=["Leeds"])


def test_alarms_without_a_match_disappear_once_a_team_is_selected() -> None:
    alone = {"home_team": None, "away_team": None}
    assert is_chosen("anomalies", "team", alone)
    assert not is_chosen("anomalies", "team", alone, Team=["Leeds"])


def test_one_part_of_the_business_can_be_selected_beside_the_whole() -> None:
    chosen = {"Team": ["Leeds"]}
    assert is_chosen("correlations", "team", {"scope": "team", "scope_value": "Leeds"}, **chosen)
    assert not is_chosen("correlations", "team", {"scope": "team", "scope_value": "Hull"}, **chosen)
    assert is_chosen("correlations", "team", {"scope": "overall", "scope_value": None}, **chosen)


@each_of("pair", SOURCE_PAIRS)
def test_a_pair_of_sources_shows_its_orders_its_matches_and_its_results(pair: tuple[str, str]) -> None:
    labels, chosen = ("real", "mock"), {"Source": [SOURCE_PAIRS[pair]]}
    assert [x for x in labels if is_chosen("orders", "source", {"order_source": x}, **chosen)] == [pair[0]]
    assert [x for x in labels if is_chosen("matches", "source", {"match_source": x}, **chosen)] == [pair[1]]
    for data_set in ("match_impact", "correlations", "event_study", "match_forecast", "insights"):
        shown = [
            (orders, matches)
            for orders in labels
            for matches in labels
            if is_chosen(data_set, "source", {"order_source": orders, "match_source": matches}, **chosen)
        ]
        assert shown == [pair], data_set
    for dataset, label in zip(("orders", "matches"), pair, strict=True):
        weeks = [{"dataset": dataset, "data_source": x} for x in (*labels, "none")]
        shown = [week["data_source"] for week in weeks if is_chosen("data_quality", "source", week, **chosen)]
        assert shown == [label, "none"], dataset


def test_a_sentence_about_all_data_stays_and_one_about_orders_is_filtered_by_orders() -> None:
    chosen = {"Source": [SOURCE_PAIRS["real", "mock"]]}
    assert is_chosen("insights", "source", {"order_source": None, "match_source": None}, **chosen)
    assert is_chosen("insights", "source", {"order_source": "real", "match_source": None}, **chosen)
    assert not is_chosen("insights", "source", {"order_source": "mock", "match_source": None}, **chosen)


def tick(row: dict[str, Any], **chosen: Any) -> bool:
    return evaluate(choices.TICK_IS_CHOSEN, row, NOTHING_CHOSEN | chosen)


def test_a_match_mark_follows_the_filters_and_no_mock_match_is_shown_with_real_data_only() -> None:
    row = {"match_source": "mock", "home_team": "Hull", "away_team": "Leeds", "competition": "Cup", "match_type": "cup"}
    assert tick(row)
    assert tick(row, Team=["Leeds"], Competition=["Cup"], MatchType=["cup"], Source=["real orders, MOCK matches"])
    assert not tick(row, Source=["real orders, real matches"])
    assert tick(row | {"match_source": "real"}, Source=["real orders, real matches"])
    for other in ({"Team": ["York"]}, {"Competition": ["League"]}, {"MatchType": ["final"]}):
        assert not tick(row, **other)


MATCH = {"match_id": "m", "kickoff_at": "2026-08-15T14:00:00Z", "month_row": "2026-08 MOCK", "day_of_month": "15"}


@each_of(
    ("clicked", "is_listed"),
    [
        ({}, False),
        ({"Match": "m"}, True),
        ({"Match": "another"}, False),
        ({"Day": "2026-08-15T00:00:00Z"}, True),
        ({"Day": "2026-08-16T00:00:00Z"}, False),
        ({"MonthRow": "2026-08 MOCK", "DayOfMonth": "15"}, True),
        ({"MonthRow": "2026-08 MOCK", "DayOfMonth": "16"}, False),
        ({"MonthRow": "2026-08 real", "DayOfMonth": "15"}, False),
    ],
)
def test_a_click_lists_the_matches_that_were_clicked(clicked: dict[str, str], is_listed: bool) -> None:
    said = evaluate(EXPRESSIONS["match_impact", "match_is_listed"], MATCH, NOTHING_CHOSEN | clicked)
    assert (said == choices.YES) == is_listed


def test_the_cell_of_a_calendar_is_a_day_of_a_label() -> None:
    row = {"kickoff_date": "2026-08-15", LABEL: "MOCK orders, real matches"}
    assert evaluate(EXPRESSIONS["match_impact", "month_row"], row, {}) == "2026-08 MOCK orders, real matches"
    assert evaluate(EXPRESSIONS["match_impact", "day_of_month"], row, {}) == "15"


@each_of(("orders", "matches"), list(itertools.product(["real", "mock"], repeat=2)))
def test_each_pair_of_labels_has_its_own_wording(orders: str, matches: str) -> None:
    row = {"order_source": orders, "match_source": matches}
    words = evaluate(EXPRESSIONS["match_impact", LABEL], row, {})
    assert words == evaluate(EXPRESSIONS["event_study", LABEL], row, {})
    assert words.count("MOCK") == [orders, matches].count("mock")


def curve(**row: str) -> str:
    return evaluate(EXPRESSIONS["event_study", "curve"], {LABEL: "real", **row}, {})


def test_a_curve_says_what_its_band_is_and_whether_it_is_a_sketch() -> None:
    whole = curve(series="own_match", band="simultaneous", is_calibrated="true")
    assert whole == "around kick-off (real): 95 % band of the whole curve"
    goal = curve(series="own_goal_before", band="pointwise", is_calibrated="false")
    assert "before the own team scores" in goal
    assert "each point alone" in goal
    assert "sketch" in goal


@each_of("series", ["own_match", *GOALS])
def test_every_drawn_series_is_named_in_words(series: str) -> None:
    assert series not in curve(series=series, band="pointwise", is_calibrated="true")
