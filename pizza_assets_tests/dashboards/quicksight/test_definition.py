"""The QuickSight dashboard is the table of views: the same views, questions and filters as the page's."""

import copy
from typing import Any

from pizza_assets.analysis.goal_study import TERMS
from pizza_assets.analysis.outcome_effects import OUTCOMES
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS
from pizza_assets.dashboards.quicksight.definition import definition
from pizza_assets.dashboards.quicksight.drawings.effects import CURVE, GOALS
from pizza_assets.dashboards.quicksight.drawings.effects import OUTCOMES as DRAWN_OUTCOMES
from pizza_assets.dashboards.quicksight.parameters import DATES_FROM, DATES_TO, PARAMETERS, SOURCE_PAIRS
from pizza_assets.dashboards.quicksight.sheets import SHEETS
from pizza_assets.dashboards.view import FILTERS, View
from pizza_assets.dashboards.views import VIEWS
from pizza_assets_tests.dashboards.quicksight.cross_check import (
    COLUMNS_IN_EXPRESSION,
    PARAMETERS_IN_EXPRESSION,
    data_set_of,
    faults,
    visuals_of,
    walk,
)
from pizza_assets_tests.dashboards.quicksight.target import TARGET
from pizza_assets_tests.support.cases import each_of

DEFINITION: dict[str, Any] = definition(TARGET)
COLUMNS = {data_set.identifier: set(data_set.column_types()) for data_set in DATA_SETS}
DRAWINGS = {name: drawn for sheet in SHEETS for name, drawn in sheet.drawings.items()}
DRAWN = [view for view in VIEWS if not view.only_on_page]
BODIES = {body["VisualId"]: body for sheet in DEFINITION["Sheets"] for body in visuals_of(sheet)}
FILTER_OF = {parameter: name for name, parameter in PARAMETERS.items()} | {DATES_FROM: "dates", DATES_TO: "dates"}
LABEL_COLUMNS = {LABEL, "order_source", "match_source", "data_source"}


def charts_of(view: View) -> list[dict[str, Any]]:
    return [BODIES[chart.id] for chart in DRAWINGS[view.id]]


def expressions(data_set: str) -> dict[str, str]:
    fields = DEFINITION["CalculatedFields"]
    return {field["Name"]: field["Expression"] for field in fields if field["DataSetIdentifier"] == data_set}


def columns_behind(data_set: str, names: set[str]) -> set[str]:
    """The columns and, for calculated fields, the columns from which they are computed."""
    known = expressions(data_set)
    reached = set(names)
    for name in names:
        inner = set(COLUMNS_IN_EXPRESSION.findall(known.get(name, "")))
        reached |= columns_behind(data_set, inner) if inner else set()
    return reached


def filters_that_reach(body: dict[str, Any]) -> set[str]:
    """Read from the definition, not from its source: through a filter group or within a measure."""
    (data_set,) = data_set_of(body)
    read = {found["ColumnName"] for found in walk(body) if "ColumnName" in found}
    reached: set[str] = set()
    for group in DEFINITION["FilterGroups"]:
        scopes = group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]
        if any(body["VisualId"] in scope["VisualIds"] for scope in scopes):
            read |= {found["ColumnName"] for found in walk(group) if "ColumnName" in found}
            reached |= {FILTER_OF[found["Parameter"]] for found in walk(group) if "Parameter" in found}
    known = expressions(data_set)
    for name in columns_behind(data_set, read):
        reached |= {FILTER_OF[p] for p in PARAMETERS_IN_EXPRESSION.findall(known.get(name, "")) if p in FILTER_OF}
    return reached


def test_the_definition_is_sound() -> None:
    assert faults(DEFINITION, COLUMNS) == []


def test_the_definition_is_deterministic() -> None:
    assert definition(TARGET) == DEFINITION


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_a_visual_has_its_title_question_and_the_note_on_filters(view: View) -> None:
    charts = charts_of(view)
    assert charts
    for body in charts:
        assert body["Title"]["FormatText"]["PlainText"].startswith(view.title)
        subtitle = body["Subtitle"]["FormatText"]["PlainText"]
        assert view.question in subtitle
        assert view.filter_note in subtitle


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_a_visual_honours_the_filters_that_the_page_honours(view: View) -> None:
    reached = set().union(*(filters_that_reach(body) for body in charts_of(view)))
    assert reached == set(view.filters)


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_a_chart_that_ignores_a_filter_of_its_visual_says_so(view: View) -> None:
    """The subtitle names exactly the filters that do not reach the chart."""
    for body in charts_of(view):
        ignored = [name for name in FILTERS if name in view.filters and name not in filters_that_reach(body)]
        said = body["Subtitle"]["FormatText"]["PlainText"].rpartition("Not filtered here: ")[2].partition(".")[0]
        named = {word for part in said.split(", ") for word in part.split(" and ")} if ignored else set()
        assert named == {FILTERS[name] for name in ignored}, body["VisualId"]
        assert ("Not filtered here" in body["Subtitle"]["FormatText"]["PlainText"]) == bool(ignored), body["VisualId"]


def test_the_answer_to_the_first_question_is_not_filtered_to_a_part() -> None:
    assert filters_that_reach(BODIES["kpis-effect"]) == {"source"}


def test_the_timeline_says_that_matches_are_counted_in_every_market() -> None:
    assert "whichever market and chain" in BODIES["timeline"]["Subtitle"]["FormatText"]["PlainText"]


def test_a_chart_says_what_selecting_a_team_does() -> None:
    for name, words in (
        ("calendar", "the markets that follow it"),
        ("coming", "the markets that follow it"),
        ("matches-all", "either side"),
        ("anomalies", "either side"),
    ):
        assert words in BODIES[name]["Subtitle"]["FormatText"]["PlainText"]


ESTIMATES = ("match_impact", "correlations", "event_study", "match_forecast", "demand_forecast")
"""Data sets whose status says whether a number was answered or refused."""


def only_values(body: dict[str, Any], column: str) -> list[str] | None:
    """The values of a column that the definition leaves on a chart, whatever is selected."""
    for group in DEFINITION["FilterGroups"]:
        scopes = group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]
        if any(body["VisualId"] in scope["VisualIds"] for scope in scopes):
            for found in walk(group):
                if "CategoryFilter" in found and found["CategoryFilter"]["Column"]["ColumnName"] == column:
                    return found["CategoryFilter"]["Configuration"]["FilterListConfiguration"]["CategoryValues"]
    return None


@each_of("chart_id", [name for name, body in BODIES.items() if data_set_of(body) <= set(ESTIMATES)])
def test_a_refused_number_is_never_drawn(chart_id: str) -> None:
    """Tables show the status and the reasons beside each number instead."""
    body = BODIES[chart_id]
    if "TableUnaggregatedFieldWells" in body["ChartConfiguration"]["FieldWells"]:
        shown = {found["ColumnName"] for found in walk(body) if "ColumnName" in found}
        assert shown >= {"status", "reasons"} or not shown & {"uplift_pct", "orders"}
    else:
        assert only_values(body, "status") == ["ok"]


def test_the_calendar_shows_the_time_after_the_match() -> None:
    assert only_values(BODIES["calendar"], "window") == ["post"]
    assert BODIES["calendar"]["Title"]["FormatText"]["PlainText"].endswith(": after the match")


def test_the_curve_and_the_three_questions_about_goals_are_drawn_apart() -> None:
    assert only_values(BODIES["kickoff"], "series") == [CURVE]
    assert only_values(BODIES["kickoff-goals"], "series") == list(GOALS)
    assert {term.name for term in TERMS} == set(GOALS)
    (table,) = (body for body in charts_of(view_of("kickoff")) if body["VisualId"] == "kickoff-table")
    shown = {found["ColumnName"] for found in walk(table) if "ColumnName" in found}
    assert shown >= {"extra_orders_per_store_hour", "extra_revenue_per_store_hour", "currency"}


def view_of(name: str) -> View:
    return next(view for view in VIEWS if view.id == name)


def test_the_weekend_is_a_grid_of_shops_and_days_without_any_total() -> None:
    """A sum over shops is not what to staff for, and real and mock are never added."""
    grid = BODIES["weekend"]["ChartConfiguration"]
    assert {option["TotalsVisibility"] for option in grid["TotalOptions"].values()} == {"HIDDEN"}
    assert len(grid["TotalOptions"]) == 4
    wells = grid["FieldWells"]["PivotTableAggregatedFieldWells"]
    rows = [row["CategoricalDimensionField"]["Column"]["ColumnName"] for row in wells["Rows"]]
    assert rows == [LABEL, "chain", "market", "store_id"]
    values = [value["NumericalMeasureField"] for value in wells["Values"]]
    assert [value["Column"]["ColumnName"] for value in values] == [
        "quantile_90_in_the_busiest_hour", "people_in_the_busiest_hour",
    ]  # fmt: skip
    assert {value["AggregationFunction"]["SimpleNumericalAggregation"] for value in values} == {"MAX"}
    assert only_values(BODIES["weekend"], "span") == ["hour"]
    assert only_values(BODIES["weekend"], "is_this_weekend") == ["yes"]


def test_no_amount_is_in_minor_units() -> None:
    shown = {found["ColumnName"] for body in BODIES.values() for found in walk(body) if "ColumnName" in found}
    assert {name for name in shown if name.endswith("_cents")} == set()
    assert shown >= {"revenue", "extra_revenue", "extra_revenue_per_store_hour"}


def test_nothing_is_stacked() -> None:
    """Stacked bars of real and mock would show their sum."""
    arrangements = [found["BarsArrangement"] for found in walk(DEFINITION) if "BarsArrangement" in found]
    assert arrangements
    assert set(arrangements) == {"CLUSTERED"}


def test_alarms_are_listed_with_their_match_and_result_beside_the_timeline() -> None:
    (sheet,) = (sheet for sheet in DEFINITION["Sheets"] if sheet["SheetId"] == "overview")
    order = [body["VisualId"] for body in visuals_of(sheet)]
    assert order.index("timeline-alarms-table") == order.index("timeline") + 1
    shown = {found["ColumnName"] for found in walk(BODIES["timeline-alarms-table"]) if "ColumnName" in found}
    assert shown >= {"starts_at", "match_id", "result", LABEL}


def test_the_source_is_chosen_by_pair() -> None:
    controls = [c["Dropdown"] for s in DEFINITION["Sheets"] for c in s["ParameterControls"] if "Dropdown" in c]
    offered = {tuple(c["SelectableValues"]["Values"]) for c in controls if c["SourceParameterName"] == "Source"}
    assert offered == {tuple(SOURCE_PAIRS.values())}


def test_the_team_control_says_which_teams_it_lists() -> None:
    controls = [c["Dropdown"] for s in DEFINITION["Sheets"] for c in s["ParameterControls"] if "Dropdown" in c]
    assert {c["Title"] for c in controls if c["SourceParameterName"] == "Team"} == {"Team (of home sides)"}


_ESTIMATE = {"analysis_id", "pattern_description", "n_clusters", "extra_orders_low", "extra_orders_high"}
_SHOPS = {"currency", "extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents"}
_ENDS = {"home_goals", "away_goals", "result"}
UNDRAWN: dict[tuple[str, str], set[str]] = {
    # addresses on the page, and how far ahead a day is, which its date says
    ("weekend", "dashboard_demand_forecast"): {"days_ahead", "match_id"},
    # the fixture's number and its parts of a sentence, which QuickSight shows whole
    ("coming", "dashboard_coming_matches"): {
        "entry", "kickoff_at", "kickoff_is_fixed", "market_count", "match_id", "note",
    },
    # the page's reading of one fixture; QuickSight has the numbers
    ("coming", "dashboard_match_forecast"): {
        "days_ahead", "is_football_used", "local_end", "local_start", "match_id", "sentence", "skill_against_mean_pct",
        "skill_against_no_football_pct",
    },
    # tiles count; the page's tell more in their second line
    ("kpis", "dashboard_orders_timeline"): {"covered_minutes"},
    ("kpis", "dashboard_matches"): _ENDS,
    ("kpis", "dashboard_correlations"): {
        *_ESTIMATE - {"pattern_description"}, *_SHOPS, "scope", "scope_value", "subject", "time_window",
    },
    ("kpis", "dashboard_anomalies"): {"kind"},
    # the page colours a goal's effect by what the tested hypothesis says; QuickSight lists the hypotheses elsewhere
    ("kickoff", "dashboard_correlations"): {"direction", "match_source", "order_source", "subject"},
    # a count of matches a day has no score
    ("timeline", "dashboard_orders_timeline"): {"revenue_cents"},
    ("timeline", "dashboard_matches"): {*_ENDS, "kickoff_at"},
    # the series names the event
    ("kickoff", "dashboard_event_study"): {"event"},
    ("effects", "dashboard_correlations"): {"analysis_id", "hypothesis"},
    # points have no interval, and one axis: the goals by which the own team ended better
    ("outcomes", "dashboard_match_impact"): {
        "ci_high_pct", "ci_low_pct", "expected", "observed", "own_result", "reasons", "side", "total_goals",
    },
    ("outcomes", "dashboard_correlations"): {*_ESTIMATE, *_SHOPS, "hypothesis", "mde_80_pct", "role"},
    ("results", "dashboard_correlations"): {*_ESTIMATE, "hypothesis", "mde_80_pct", "role"},
    # a cell adds up the matches of a day; a click lists each
    ("calendar", "dashboard_match_impact"): {"ci_high_pct", "ci_low_pct", "match_id", "reasons", "side", "uplift_pct"},
    ("matches", "dashboard_match_impact"): {"side"},
    ("sources", "dashboard_matches"): _ENDS,
    ("match", "dashboard_match_impact"): {"side"},
}  # fmt: skip
"""Declared columns that no chart in QuickSight draws; but the page does. The pair of labels replaces data_source."""

_OF_MATCH_ITSELF = {"home_team", "away_team", *_ENDS}
UNDECLARED: dict[tuple[str, str], set[str]] = {
    # the page has its own age in its head
    ("weekend", "dashboard_demand_forecast"): {"made_on"},
    # each data set carries its match, because a chart reads only one
    ("coming", "dashboard_match_forecast"): {"away_team", "competition", "home_team", "kickoff_local", "match_type"},
    ("matches", "dashboard_match_impact"): _OF_MATCH_ITSELF,
    ("match", "dashboard_match_impact"): {*_OF_MATCH_ITSELF, "kickoff_date"},
    # what filters choose by, and what is counted
    ("kpis", "dashboard_anomalies"): {"away_team", "competition", "home_team", "match_type", "store_id"},
    ("timeline", "dashboard_anomalies"): {"away_team", "competition", "home_team", "match_type"},
}
"""Drawn columns that the table of views does not declare for that extract."""


def drawn_columns(view: View, table: str) -> set[str]:
    """The columns of the extract that the view's charts show or filter by."""
    reached: set[str] = set()
    for body in charts_of(view):
        (name,) = data_set_of(body)
        data_set = next(found for found in DATA_SETS if found.identifier == name)
        extracts = {extract.table_name(): set(extract.column_names()) for extract in data_set.extracts}
        read = {found["ColumnName"] for found in walk(body) if "ColumnName" in found}
        for group in DEFINITION["FilterGroups"]:
            scopes = group["ScopeConfiguration"]["SelectedSheets"]["SheetVisualScopingConfigurations"]
            if any(body["VisualId"] in scope["VisualIds"] for scope in scopes):
                read |= {found["ColumnName"] for found in walk(group) if "ColumnName" in found}
        reached |= columns_behind(name, read) & extracts.get(table, set())
    return reached


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_declared_columns_are_drawn_and_drawn_ones_declared(view: View) -> None:
    for reads in view.reads:
        table, declared = reads.extract.table_name(), set(reads.columns)
        drawn = drawn_columns(view, table)
        assert declared - drawn - {"data_source"} == UNDRAWN.get((view.id, table), set()), table
        assert drawn - declared == UNDECLARED.get((view.id, table), set()), table


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_a_visual_reads_only_extracts_that_it_declares(view: View) -> None:
    declared = {reads.extract.table_name(): set(reads.columns) for reads in view.reads}
    extracts = {d.identifier: [e.table_name() for e in d.extracts] for d in DATA_SETS}
    for chart in DRAWINGS[view.id]:
        assert set(extracts[chart.data_set.identifier]) <= set(declared)


@each_of("view", DRAWN, ids=lambda view: view.id)
def test_real_and_mock_are_never_pooled(view: View) -> None:
    """Every chart shows a label or splits by one, or each of its numbers is of one label; checks have no label."""
    for body in charts_of(view):
        (data_set,) = data_set_of(body)
        if data_set == "checks":
            assert "real and MOCK" in body["Title"]["FormatText"]["PlainText"]
        elif not splits_by_label(body, data_set):
            for name in measures_of(body):
                expression = expressions(data_set)[name]
                labels = [
                    label for label in ("real", "mock") if f"_source}} = '{label}'" in expression.split(" AND ")[0]
                ]
                assert len(labels) == 1, f"{body['VisualId']}: {name}"
                assert ("MOCK" in name) == (labels == ["mock"])


def splits_by_label(body: dict[str, Any], data_set: str) -> bool:
    dimensions = {
        found["Column"]["ColumnName"]
        for found in walk(body["ChartConfiguration"]["FieldWells"])
        if "FieldId" in found and found["Column"]["ColumnName"] not in measures_of(body)
    }
    return any(columns_behind(data_set, {name}) & LABEL_COLUMNS for name in dimensions)


def measures_of(body: dict[str, Any]) -> set[str]:
    wells = [found["NumericalMeasureField"] for found in walk(body) if "NumericalMeasureField" in found]
    return {well["Column"]["ColumnName"] for well in wells}


def test_labels_say_mock_in_capitals() -> None:
    for data_set in DATA_SETS:
        if data_set.identifier not in ("checks", "orders_and_matches"):
            assert "MOCK" in expressions(data_set.identifier)[LABEL]


@each_of("sheet", SHEETS, ids=lambda sheet: sheet.id)
def test_a_sheet_has_a_control_for_each_filter_of_its_visuals_and_the_source_comes_first(sheet) -> None:
    made = next(found for found in DEFINITION["Sheets"] if found["SheetId"] == sheet.id)
    parameters = [body["SourceParameterName"] for control in made["ParameterControls"] for body in control.values()]
    filters = [FILTER_OF[name] for name in parameters if name in FILTER_OF]
    assert parameters[0] == PARAMETERS["source"]
    wanted = {name for view in sheet.views for name in view.filters}
    assert list(dict.fromkeys(filters)) == [name for name in FILTERS if name in wanted]


def test_every_drawn_visual_is_on_one_sheet_and_every_filter_on_some() -> None:
    placed = [view.id for sheet in SHEETS for view in sheet.views]
    assert sorted(placed) == sorted(view.id for view in DRAWN)
    assert {name for sheet in SHEETS for name in sheet.filters} == set(FILTERS)


ON_PAGE = {view.id for view in VIEWS if view.only_on_page}


@each_of("view", [v for v in DRAWN if v.drill_target and v.drill_target not in ON_PAGE], ids=lambda view: view.id)
def test_a_click_opens_the_match_day(view: View) -> None:
    opened = [found["TargetSheetId"] for body in charts_of(view) for found in walk(body) if "TargetSheetId" in found]
    assert set(opened) == {view.drill_target}
    set_by = {
        f["DestinationParameterName"] for b in charts_of(view) for f in walk(b) if "DestinationParameterName" in f
    }
    assert set_by >= {"Match", "Day", "MonthRow"}, "what an earlier click chose must not stay"


def test_the_match_day_reads_what_a_click_sets() -> None:
    for chart in DRAWINGS["match"]:
        (column,) = chart.only
        expression = expressions(chart.data_set.identifier)[column]
        assert "${Match}" in expression


def test_a_band_is_drawn_as_its_two_ends_and_the_middle() -> None:
    for name in ("kickoff", "effects"):
        wells = BODIES[name]["ChartConfiguration"]["FieldWells"]["LineChartAggregatedFieldWells"]
        drawn = [value["NumericalMeasureField"]["Column"]["ColumnName"] for value in wells["Values"]]
        assert drawn == ["ci_low_pct", "uplift_pct", "ci_high_pct"]


def test_orders_joined_with_matches_are_counted_once() -> None:
    for word in ("real", "MOCK"):
        expression = expressions("orders_and_matches")[f"Orders ({word})"]
        assert "max(" in expression
        assert "[{hour_at}, {market}, {chain}, {currency}, {order_source}]" in expression


def test_results_are_subjects_of_the_analysis() -> None:
    assert set(DRAWN_OUTCOMES) <= {outcome.name for outcome in OUTCOMES}


def _broken(change) -> list[str]:
    broken = copy.deepcopy(DEFINITION)
    change(broken)
    return faults(broken, COLUMNS)


@each_of(
    ("change", "said"),
    [
        (lambda d: d["CalculatedFields"].pop(0), "no such column"),
        (lambda d: d["DataSetIdentifierDeclarations"].pop(0), "used, not declared"),
        (lambda d: d["ParameterDeclarations"].pop(0), "not declared"),
        (lambda d: d["Sheets"][0]["Visuals"].pop(0), "no visual weekend on weekend"),
        (lambda d: d["Sheets"].pop(), "which is no sheet"),
        (lambda d: d["Sheets"][0]["Visuals"].append(d["Sheets"][0]["Visuals"][0]), "2 times"),
        (lambda d: d["FilterGroups"].append(d["FilterGroups"][0]), "2 times"),
        (lambda d: d["Sheets"][0]["ParameterControls"].pop(), "weekend: places"),
    ],
)
def test_the_cross_check_sees_what_is_broken(change, said: str) -> None:
    assert any(said in fault for fault in _broken(change))
