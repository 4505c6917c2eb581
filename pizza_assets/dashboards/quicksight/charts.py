"""One function per kind of chart: from columns to the JSON that QuickSight draws. What is drawn is in sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pizza_assets.dashboards.quicksight.calculated_fields import AGGREGATE, field_types
from pizza_assets.dashboards.quicksight.choices import honoured
from pizza_assets.dashboards.quicksight.data_sets import INTEGER, NUMBER, TIME, DataSet, Request
from pizza_assets.dashboards.quicksight.parameters import DAY, DAY_OF_MONTH, MATCH, MONTH_ROW, NO_DAY, NOTHING

MATCH_SHEET = "match"
"""The sheet that a click on a match opens."""

_MOST_ITEMS = 2_500
_BELOW, _USUAL, _ABOVE, _RULE = "#2C7FB8", "#F7F7F7", "#D95F0E", "#7F7F7F"
_LEGEND = {"Visibility": "VISIBLE", "Position": "BOTTOM"}


@dataclass(frozen=True)
class Chart:
    """One chart: `kind` is QuickSight's name of it, `only` leaves other values of a column out for good.

    `ignores` are filters that its data set could honour and that would change nothing on it; `honours` those that reach
    it through its measures instead of its rows; `note` what is to be known of its filters besides.

    `width` is in columns of 36, `height` in rows of the grid.
    """

    id: str
    data_set: DataSet
    kind: str
    configuration: Request
    actions: tuple[Request, ...] = ()
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)
    suffix: str = ""
    width: int = 36
    height: int = 9
    ignores: frozenset[str] = frozenset()
    honours: frozenset[str] = frozenset()
    note: str = ""

    def chosen_by(self, filters: Sequence[str]) -> tuple[str, ...]:
        """Which of its view's filters choose its rows."""
        able = honoured(self.data_set) - self.ignores
        return tuple(name for name in filters if name in able)

    def deaf_to(self, filters: Sequence[str]) -> tuple[str, ...]:
        """Which of its view's filters change nothing on it."""
        return tuple(name for name in filters if name not in {*self.chosen_by(filters), *self.honours})

    def request(self, title: str, subtitle: str) -> Request:
        """The chart under its title and the question that it answers."""
        body: Request = {
            "VisualId": self.id,
            "Title": {"Visibility": "VISIBLE", "FormatText": {"PlainText": title + self.suffix}},
            "Subtitle": {"Visibility": "VISIBLE", "FormatText": {"PlainText": subtitle}},
            "ChartConfiguration": self.configuration,
        }
        return {self.kind: body | ({"Actions": list(self.actions)} if self.actions else {})}


def kpi(chart_id: str, data_set: DataSet, value: str) -> Chart:
    """One number. Its name says which label it counts."""
    configuration: Request = {"FieldWells": {"Values": [_measure(chart_id, data_set, value)]}}
    return Chart(chart_id, data_set, "KPIVisual", configuration, suffix=f": {value}", width=6, height=6)


def table(
    chart_id: str,
    data_set: DataSet,
    columns: Sequence[str],
    *,
    newest_first: str = "",
    in_order_of: str = "",
    only: Mapping[str, Sequence[str]] | None = None,
    opens_match: bool = False,
    ignores: frozenset[str] = frozenset(),
    suffix: str = "",
    width: int = 36,
    height: int = 11,
) -> Chart:
    """Rows as they are, under headers in words, by the newest or the lowest of a column first."""
    values = [{"FieldId": _field(chart_id, name), "Column": _column(data_set, name)} for name in columns]
    headers = [{"FieldId": _field(chart_id, name), "CustomLabel": column_label(name)} for name in columns]
    configuration: Request = {
        "FieldWells": {"TableUnaggregatedFieldWells": {"Values": values}},
        "FieldOptions": {"SelectedFieldOptions": headers},
        "TableOptions": {"HeaderStyle": {"TextWrap": "WRAP"}, "CellStyle": {"TextWrap": "WRAP"}},
    }
    if newest_first or in_order_of:
        order = _descending(chart_id, newest_first) if newest_first else _ascending(chart_id, in_order_of)
        configuration["SortConfiguration"] = {"RowSort": [order]}
    actions = (_open_match(chart_id, "match_id"),) if opens_match else ()
    return Chart(
        chart_id, data_set, "TableVisual", configuration, actions, only or {}, suffix, width, height, ignores=ignores
    )


def lines(
    chart_id: str,
    data_set: DataSet,
    category: str,
    values: Sequence[str],
    *,
    panels: str = "",
    are_dots: bool = False,
    zero_line: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
    suffix: str = "",
    width: int = 36,
    height: int = 12,
) -> Chart:
    """Lines over a category, one panel for each value of `panels`. A band is its two ends and the middle as lines;
    with `are_dots` each category stands by itself and its low, middle and high are marks without lines.
    """
    wells: Request = {
        "Category": [_dimension(chart_id, data_set, category, "MINUTE")],
        "Values": [_measure(chart_id, data_set, name) for name in values],
    }
    if panels:
        wells["SmallMultiples"] = [_dimension(chart_id, data_set, panels)]
    configuration: Request = {
        "FieldWells": {"LineChartAggregatedFieldWells": wells},
        "SortConfiguration": {
            "CategorySort": [_ascending(chart_id, category)],
            "CategoryItemsLimitConfiguration": {"ItemsLimit": _MOST_ITEMS, "OtherCategories": "EXCLUDE"},
        },
        "Type": "LINE",
        "Legend": _LEGEND,
        "DefaultSeriesSettings": {
            "LineStyleSettings": {"LineVisibility": "HIDDEN" if are_dots else "VISIBLE"},
            "MarkerStyleSettings": {"MarkerVisibility": "VISIBLE" if are_dots else "HIDDEN"},
        },
    }
    if zero_line:
        configuration["ReferenceLines"] = [_zero_line()]
    return Chart(chart_id, data_set, "LineChartVisual", configuration, (), only or {}, suffix, width, height)


def lines_over_bars(
    chart_id: str,
    data_set: DataSet,
    day: str,
    lines_of: Sequence[str],
    bars_of: Sequence[str],
    *,
    honours: frozenset[str],
    note: str,
) -> Chart:
    """Lines and bars by day, each with an axis of its own; a click opens the matches of that day."""
    wells = {
        "Category": [_dimension(chart_id, data_set, day, "DAY")],
        "BarValues": [_measure(chart_id, data_set, name) for name in bars_of],
        "LineValues": [_measure(chart_id, data_set, name) for name in lines_of],
    }
    configuration: Request = {
        "FieldWells": {"ComboChartAggregatedFieldWells": wells},
        "SortConfiguration": {
            "CategorySort": [_ascending(chart_id, day)],
            "CategoryItemsLimit": {"ItemsLimit": _MOST_ITEMS, "OtherCategories": "EXCLUDE"},
        },
        "BarsArrangement": "CLUSTERED",
        "Legend": _LEGEND,
        "PrimaryYAxisLabelOptions": _axis_label("Matches a day"),
        "SecondaryYAxisLabelOptions": _axis_label("Orders a day (UTC)"),
    }
    values = {DAY: {"SourceField": _field(chart_id, day)}, MONTH_ROW: _no_words(), MATCH: _no_words()}
    action = _open_sheet(chart_id, "Open the matches of this day", values)
    return Chart(
        chart_id, data_set, "ComboChartVisual", configuration, (action,), height=14, honours=honours, note=note
    )


def bars(
    chart_id: str,
    data_set: DataSet,
    category: str,
    value: str,
    *,
    colour: str,
    panels: str = "",
    zero_line: bool = False,
    only: Mapping[str, Sequence[str]] | None = None,
    suffix: str = "",
    width: int = 36,
) -> Chart:
    """Bars of a sum or an estimate by category, months where the category is a time. Side by side: stacked ones would
    show the sum of labels that are never added up."""
    wells: Request = {
        "Category": [_dimension(chart_id, data_set, category, "MONTH")],
        "Values": [_measure(chart_id, data_set, value)],
        "Colors": [_dimension(chart_id, data_set, colour)],
    }
    if panels:
        wells["SmallMultiples"] = [_dimension(chart_id, data_set, panels)]
    configuration: Request = {
        "FieldWells": {"BarChartAggregatedFieldWells": wells},
        "SortConfiguration": {"CategorySort": [_ascending(chart_id, category)]},
        "Orientation": "VERTICAL",
        "BarsArrangement": "CLUSTERED",
        "Legend": _LEGEND,
    }
    if zero_line:
        configuration["ReferenceLines"] = [_zero_line()]
    return Chart(chart_id, data_set, "BarChartVisual", configuration, (), only or {}, suffix, width, height=12)


def counts_by_month(
    chart_id: str, data_set: DataSet, time: str, counted: str, colour: str, *, suffix: str, width: int = 36
) -> Chart:
    """Bars, side by side, of how many rows a month has where the counted column is filled."""
    count = {"FieldId": _field(chart_id, counted), "Column": _column(data_set, counted)}
    wells = {
        "Category": [_dimension(chart_id, data_set, time, "MONTH")],
        "Values": [{"CategoricalMeasureField": count | {"AggregationFunction": "COUNT"}}],
        "Colors": [_dimension(chart_id, data_set, colour)],
    }
    configuration: Request = {
        "FieldWells": {"BarChartAggregatedFieldWells": wells},
        "SortConfiguration": {"CategorySort": [_ascending(chart_id, time)]},
        "Orientation": "VERTICAL",
        "BarsArrangement": "CLUSTERED",
        "Legend": _LEGEND,
    }
    return Chart(chart_id, data_set, "BarChartVisual", configuration, suffix=suffix, width=width, height=12)


def scatter(
    chart_id: str,
    data_set: DataSet,
    x: str,
    y: str,
    *,
    colour: str,
    only: Mapping[str, Sequence[str]] | None = None,
) -> Chart:
    """One point per row, never aggregated; a click opens its match."""
    wells = {
        "XAxis": [_dimension(chart_id, data_set, x)],
        "YAxis": [_dimension(chart_id, data_set, y)],
        "Category": [_dimension(chart_id, data_set, colour)],
        "Label": [_dimension(chart_id, data_set, "match_id")],
    }
    configuration: Request = {
        "FieldWells": {"ScatterPlotUnaggregatedFieldWells": wells},
        "Legend": _LEGEND,
        "XAxisLabelOptions": _axis_label(column_label(x)),
        "YAxisLabelOptions": _axis_label(column_label(y)),
    }
    actions = (_open_match(chart_id, "match_id"),)
    return Chart(chart_id, data_set, "ScatterPlotVisual", configuration, actions, only or {}, height=14)


def calendar(chart_id: str, data_set: DataSet, value: str, *, only: Mapping[str, Sequence[str]], suffix: str) -> Chart:
    """Months of each label down, days of the month across; a click opens the matches of that day."""
    wells = {
        "Rows": [_dimension(chart_id, data_set, "month_row")],
        "Columns": [_dimension(chart_id, data_set, "day_of_month")],
        "Values": [_measure(chart_id, data_set, value)],
    }
    configuration: Request = {
        "FieldWells": {"HeatMapAggregatedFieldWells": wells},
        "SortConfiguration": {
            "HeatMapRowSort": [_descending(chart_id, "month_row")],
            "HeatMapColumnSort": [_ascending(chart_id, "day_of_month")],
            "HeatMapColumnItemsLimitConfiguration": {"ItemsLimit": 31, "OtherCategories": "EXCLUDE"},
        },
        "ColorScale": {
            "ColorFillType": "GRADIENT",
            "Colors": [{"Color": _BELOW}, {"Color": _USUAL, "DataValue": 0.0}, {"Color": _ABOVE}],
        },
    }
    values = {
        MONTH_ROW: {"SourceField": _field(chart_id, "month_row")},
        DAY_OF_MONTH: {"SourceField": _field(chart_id, "day_of_month")},
        DAY: _no_day(),
        MATCH: _no_words(),
    }
    action = _open_sheet(chart_id, "Open the matches of this day", values)
    return Chart(chart_id, data_set, "HeatMapVisual", configuration, (action,), only, suffix, height=14)


def column_label(name: str) -> str:
    """A column's name in words, with its unit."""
    words = name.removesuffix("_pct").removesuffix("_cents").replace("_", " ")
    if name.endswith("_pct"):
        words += ", %"
    if name.endswith("_cents"):
        words += " (minor units)"
    return words[:1].upper() + words[1:]


def _field(chart_id: str, column: str) -> str:
    return f"{chart_id}.{column}"


def _ascending(chart_id: str, column: str) -> Request:
    return {"FieldSort": {"FieldId": _field(chart_id, column), "Direction": "ASC"}}


def _descending(chart_id: str, column: str) -> Request:
    return {"FieldSort": {"FieldId": _field(chart_id, column), "Direction": "DESC"}}


def _column(data_set: DataSet, name: str) -> Request:
    return {"DataSetIdentifier": data_set.identifier, "ColumnName": name}


def _dimension(chart_id: str, data_set: DataSet, name: str, granularity: str = "DAY") -> Request:
    """A column that a chart splits by; `granularity` is for times only."""
    well: Request = {"FieldId": _field(chart_id, name), "Column": _column(data_set, name)}
    kind = field_types(data_set)[name]
    if kind == TIME:
        return {"DateDimensionField": well | {"DateGranularity": granularity}}
    return {"NumericalDimensionField" if kind in (INTEGER, NUMBER) else "CategoricalDimensionField": well}


def _measure(chart_id: str, data_set: DataSet, name: str) -> Request:
    """A column whose values a chart gathers, or a calculated field that is a sum already."""
    well: Request = {"FieldId": _field(chart_id, name), "Column": _column(data_set, name)}
    if field_types(data_set)[name] != AGGREGATE:
        well["AggregationFunction"] = {"SimpleNumericalAggregation": _sum_or_average(name)}
    return {"NumericalMeasureField": well}


def _sum_or_average(name: str) -> str:
    """Percentages are of one row each: an average leaves them as they are, and a mistake would not add them up."""
    return "AVERAGE" if name.endswith("_pct") else "SUM"


def _zero_line() -> Request:
    return {
        "Status": "ENABLED",
        "DataConfiguration": {"StaticConfiguration": {"Value": 0.0}, "AxisBinding": "PRIMARY_YAXIS"},
        "StyleConfiguration": {"Pattern": "DASHED", "Color": _RULE},
        "LabelConfiguration": {"CustomLabelConfiguration": {"CustomLabel": "as usual"}},
    }


def _axis_label(words: str) -> Request:
    return {"AxisLabelOptions": [{"CustomLabel": words}]}


def _no_words() -> Request:
    return {"CustomValuesConfiguration": {"CustomValues": {"StringValues": [NOTHING]}}}


def _no_day() -> Request:
    return {"CustomValuesConfiguration": {"CustomValues": {"DateTimeValues": [NO_DAY]}}}


def _open_match(chart_id: str, column: str) -> Request:
    values = {
        MATCH: {"SourceField": _field(chart_id, column)},
        DAY: _no_day(),
        MONTH_ROW: _no_words(),
    }
    return _open_sheet(chart_id, "Open the day of this match", values)


def _open_sheet(chart_id: str, name: str, parameter_values: Mapping[str, Request]) -> Request:
    configurations = [
        {"DestinationParameterName": parameter, "Value": value} for parameter, value in parameter_values.items()
    ]
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
