"""What a choice leaves: tried on rows, by evaluating the fields that the filters lie over."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.dashboards.quicksight import choices
from pizza_assets.dashboards.quicksight.calculated_fields import CALCULATED_FIELDS, LABEL
from pizza_assets.dashboards.quicksight.parameters import ALL, NO_DAY, NOTHING, PARAMETERS
from pizza_assets_tests.dashboards.quicksight.cross_check import COLUMNS_IN_EXPRESSION
from pizza_assets_tests.dashboards.quicksight.expressions import evaluate

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


@pytest.mark.parametrize(("data_set", "filter_id"), FILTER_FIELDS)
@settings(deadline=None)
@given(data=st.data())
def test_while_nothing_is_chosen_every_row_stays(data_set: str, filter_id: str, data: st.DataObject) -> None:
    columns = COLUMNS_IN_EXPRESSION.findall(EXPRESSIONS[data_set, choices.field_name(filter_id)])
    row = {column: data.draw(CELLS, label=column) for column in columns}
    assert is_chosen(data_set, filter_id, row)


@pytest.mark.parametrize(("data_set", "filter_id"), FILTER_FIELDS)
def test_a_choice_that_nothing_has_leaves_no_row_of_its_kind(data_set: str, filter_id: str) -> None:
    columns = COLUMNS_IN_EXPRESSION.findall(EXPRESSIONS[data_set, choices.field_name(filter_id)])
    row = dict.fromkeys(columns, "Leeds") | ({"scope": filter_id} if "scope" in columns else {})
    chosen = {PARAMETERS[filter_id]: ["Atlantis"]}
    assert not is_chosen(data_set, filter_id, row, **chosen)


def test_a_team_is_either_side_of_a_match() -> None:
    for row in ({"home_team": "Leeds", "away_team": "Hull"}, {"home_team": "Hull", "away_team": "Leeds"}):
        for data_set in ("matches", "match_impact", "anomalies"):
            assert is_chosen(data_set, "team", row, Team=["Leeds", "York"])
            assert not is_chosen(data_set, "team", row, Team=["York"])


def test_alarms_without_a_match_go_once_a_team_is_chosen() -> None:
    alone = {"home_team": None, "away_team": None}
    assert is_chosen("anomalies", "team", alone)
    assert not is_chosen("anomalies", "team", alone, Team=["Leeds"])


def test_one_part_of_the_business_can_be_chosen_beside_the_whole() -> None:
    chosen = {"Team": ["Leeds"]}
    assert is_chosen("correlations", "team", {"scope": "team", "scope_value": "Leeds"}, **chosen)
    assert not is_chosen("correlations", "team", {"scope": "team", "scope_value": "Hull"}, **chosen)
    assert is_chosen("correlations", "team", {"scope": "overall", "scope_value": None}, **chosen)


@pytest.mark.parametrize(
    ("source", "orders", "matches"),
    [("real", {"real"}, {"real"}), ("mock", {"mock"}, {"mock"}), ("mixed", {"real"}, {"mock"})],
)
def test_mixed_is_real_orders_with_mock_matches(source: str, orders: set[str], matches: set[str]) -> None:
    labels = ("real", "mock")
    assert {
        label for label in labels if is_chosen("orders", "source", {"order_source": label}, Source=[source])
    } == orders
    shown = {label for label in labels if is_chosen("matches", "source", {"match_source": label}, Source=[source])}
    assert shown == matches


def test_weeks_of_which_nothing_is_stored_stay_under_any_source() -> None:
    assert is_chosen("data_quality", "source", {"data_source": "none"}, Source=["real"])


def tick(row: dict[str, Any], **chosen: Any) -> bool:
    return evaluate(choices.TICK_IS_CHOSEN, row, NOTHING_CHOSEN | chosen)


def test_a_tick_is_chosen_by_its_match_and_never_mock_beside_real_orders_alone() -> None:
    row = {"match_source": "mock", "home_team": "Hull", "away_team": "Leeds", "competition": "Cup", "match_type": "cup"}
    assert tick(row)
    assert tick(row, Team=["Leeds"], Competition=["Cup"], MatchType=["cup"], Source=["mock"])
    assert not tick(row, Source=["real"])
    assert tick(row | {"match_source": "real"}, Source=["real"])
    for other in ({"Team": ["York"]}, {"Competition": ["League"]}, {"MatchType": ["final"]}):
        assert not tick(row, **other)


MATCH = {"match_id": "m", "kickoff_at": "2026-08-15T14:00:00Z", "month_row": "2026-08 MOCK", "day_of_month": "15"}


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("orders", ["real", "mock"])
@pytest.mark.parametrize("matches", ["real", "mock"])
def test_each_pair_of_labels_has_words_of_its_own(orders: str, matches: str) -> None:
    row = {"order_source": orders, "match_source": matches}
    words = evaluate(EXPRESSIONS["match_impact", LABEL], row, {})
    assert words == evaluate(EXPRESSIONS["event_study", LABEL], row, {})
    assert words.count("MOCK") == [orders, matches].count("mock")
