"""A chart, and the parts of every kind of chart: fields, sort orders, click actions. Kinds: tables.py, plots.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pizza_assets.dashboards.quicksight.calculated_fields import AGGREGATE, field_types
from pizza_assets.dashboards.quicksight.choices import honoured
from pizza_assets.dashboards.quicksight.data_sets import INTEGER, NUMBER, TIME, DataSet, Request
from pizza_assets.dashboards.quicksight.parameters import DAY, MATCH, MONTH_ROW, NO_DAY, NOTHING

Only = Mapping[str, Sequence[str]]
"""By column: the only values that a chart shows, whatever the filters select."""

MATCH_SHEET = "match"
"""The sheet that a click on a match opens."""

_NO_TEXT = {"CustomValuesConfiguration": {"CustomValues": {"StringValues": [NOTHING]}}}
_NO_DAY = {"CustomValuesConfiguration": {"CustomValues": {"DateTimeValues": [NO_DAY]}}}


@dataclass(frozen=True)
class Chart:
    """One chart of QuickSight's `kind`, with the rows that `only` leaves.

    `ignores` are filters that its data set could honour but that would not change it; `honours` are those that reach it
    through its measures instead of its rows; `note` says what else to know about its filters.

    `width` is in columns of 36, `height` in rows of the grid.
    """

    id: str
    data_set: DataSet
    kind: str
    configuration: Request
    actions: tuple[Request, ...] = ()
    only: Only = field(default_factory=dict)
    suffix: str = ""
    width: int = 36
    height: int = 9
    ignores: frozenset[str] = frozenset()
    honours: frozenset[str] = frozenset()
    note: str = ""

    def row_filters(self, filters: Sequence[str]) -> tuple[str, ...]:
        """Which of its view's filters select its rows."""
        able = honoured(self.data_set) - self.ignores
        return tuple(name for name in filters if name in able)

    def ignored(self, filters: Sequence[str]) -> tuple[str, ...]:
        """Which of its view's filters do not change it."""
        return tuple(name for name in filters if name not in {*self.row_filters(filters), *self.honours})

    def request(self, title: str, subtitle: str) -> Request:
        """The chart as QuickSight's API takes it."""
        body: Request = {
            "VisualId": self.id,
            "Title": {"Visibility": "VISIBLE", "FormatText": {"PlainText": title + self.suffix}},
            "Subtitle": {"Visibility": "VISIBLE", "FormatText": {"PlainText": subtitle}},
            "ChartConfiguration": self.configuration,
        }
        return {self.kind: body | ({"Actions": list(self.actions)} if self.actions else {})}


def column_label(name: str) -> str:
    """A column's name in words, with its unit."""
    words = _LABELS.get(name) or name.removesuffix("_pct").replace("_", " ")
    if name.endswith("_pct"):
        words += ", %"
    return words[:1].upper() + words[1:]


_LABELS = {
    "quantile_90": "staff for (orders)",
    "quantile_90_in_the_busiest_hour": "staff for (orders)",
    "people_in_the_busiest_hour": "people",
    "pizzas_90": "pizzas to prepare",
    "weekday_and_date": "day",
    "business_date": "day",
    "origin_at": "orders known until",
    "unusual_pct": "against the mean of 8 weeks",
    "usual_orders": "mean of 8 weeks",
}
"""Columns whose names are not what a reader calls them."""


def field_id(chart_id: str, column: str) -> str:
    return f"{chart_id}.{column}"


def sort_by(chart_id: str, column: str, direction: str = "ASC") -> Request:
    return {"FieldSort": {"FieldId": field_id(chart_id, column), "Direction": direction}}


def plain_field(chart_id: str, data_set: DataSet, name: str) -> Request:
    """A column as a chart names it."""
    return {"FieldId": field_id(chart_id, name), "Column": data_set.column(name)}


def dimension(chart_id: str, data_set: DataSet, name: str, granularity: str = "DAY") -> Request:
    """A column that a chart splits by; `granularity` is for times only."""
    well = plain_field(chart_id, data_set, name)
    kind = field_types(data_set)[name]
    if kind == TIME:
        return {"DateDimensionField": well | {"DateGranularity": granularity}}
    return {"NumericalDimensionField" if kind in (INTEGER, NUMBER) else "CategoricalDimensionField": well}


def measure(chart_id: str, data_set: DataSet, name: str, aggregation: str = "") -> Request:
    """A column that a chart aggregates, or a calculated field that is an aggregate already. aggregation: the default is
    the sum.

    Each percentage is of one row, so the average leaves it as it is, where a sum by mistake would add several up.
    """
    well = plain_field(chart_id, data_set, name)
    if field_types(data_set)[name] != AGGREGATE:
        well["AggregationFunction"] = {
            "SimpleNumericalAggregation": aggregation or ("AVERAGE" if name.endswith("_pct") else "SUM")
        }
    return {"NumericalMeasureField": well}


def open_match(chart_id: str) -> Request:
    """A click opens the day of the match that was clicked."""
    return _open_match_sheet(chart_id, "Open the day of this match", {MATCH: "match_id"}, (DAY, MONTH_ROW))


def open_day(chart_id: str, columns: Mapping[str, str], unset: Sequence[str]) -> Request:
    """A click opens the matches of the day that was clicked. `columns`: by parameter, the column that sets it."""
    return _open_match_sheet(chart_id, "Open the matches of this day", columns, unset)


def _open_match_sheet(chart_id: str, name: str, columns: Mapping[str, str], unset: Sequence[str]) -> Request:
    values = {parameter: {"SourceField": field_id(chart_id, column)} for parameter, column in columns.items()}
    values |= {parameter: _NO_DAY if parameter == DAY else _NO_TEXT for parameter in unset}
    configurations = [{"DestinationParameterName": parameter, "Value": value} for parameter, value in values.items()]
    return {
        "CustomActionId": f"{chart_id}-opens",
        "Name": name,
        "Status": "ENABLED",
        "Trigger": "DATA_POINT_CLICK",
        "ActionOperations": [
            {"NavigationOperation": {"LocalNavigationConfiguration": {"TargetSheetId": MATCH_SHEET}}},
            {"SetParametersOperation": {"ParameterValueConfigurations": configurations}},
        ],
    }
