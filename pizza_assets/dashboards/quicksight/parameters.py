"""The filters in QuickSight: one parameter each (two for dates), with a control on every sheet that needs it.

Unlike a plain filter, a parameter can reach data sets whose columns have different names, and either side of a match.
What a selection means for a data set is in choices.py.
"""

from collections.abc import Sequence

from pizza_assets.dashboards.quicksight.data_sets import ORDERS, DataSet, Request, data_set_of
from pizza_assets.dashboards.view import FILTERS
from pizza_assets.models.extracts import MatchesExtract, MatchTimelineExtract
from pizza_assets.models.matches import MATCH_TYPES
from pizza_assets.models.vocabulary import DataSource

ALL = "All"
"""The value of a parameter while nothing is selected."""

PARAMETERS = {
    "source": "Source",
    "team": "Team",
    "competition": "Competition",
    "type": "MatchType",
    "market": "Market",
    "chain": "Chain",
}
"""The parameter of each filter except dates."""

DATES_FROM, DATES_TO = "DatesFrom", "DatesTo"
MATCH, DAY, MONTH_ROW, DAY_OF_MONTH = "Match", "Day", "MonthRow", "DayOfMonth"
"""What a click on a chart sets: a match; or the day of a match, as a time or as a cell of the calendar."""

SOURCE_PAIRS: dict[tuple[str, str], str] = {
    (DataSource.REAL, DataSource.REAL): "real orders, real matches",
    (DataSource.MOCK, DataSource.REAL): "MOCK orders, real matches",
    (DataSource.REAL, DataSource.MOCK): "real orders, MOCK matches",
    (DataSource.MOCK, DataSource.MOCK): "MOCK orders, MOCK matches",
}
"""The choices for the data source, as on the page: the labels of orders and of matches, and the pair in words."""

NOTHING, NO_DAY = "none", "1970-01-01T00:00:00Z"
"""The values of these before a click; no match, row or day has them."""

_FIRST_DAY, _LAST_DAY = "2000-01-01T00:00:00Z", "2037-12-31T00:00:00Z"
_TITLES = {
    DATES_FROM: "From (UTC)",
    DATES_TO: "To, inclusive (UTC)",
    MATCH: "Match",
    # a control lists the values of one column, and no column has both home and away sides
    PARAMETERS["team"]: "Team (of home sides)",
}
_CHOICES: dict[str, Sequence[str] | tuple[DataSet, str]] = {
    "source": tuple(SOURCE_PAIRS.values()),
    "team": (data_set_of(MatchesExtract), "home_team"),
    "competition": (data_set_of(MatchesExtract), "competition"),
    "type": MATCH_TYPES,
    "market": (ORDERS, "market"),
    "chain": (ORDERS, "chain"),
}


def parameter_declarations() -> list[Request]:
    """Every parameter with its default, which leaves nothing out."""
    return [
        *(_words(name, "MULTI_VALUED", ALL) for name in PARAMETERS.values()),
        _time(DATES_FROM, _FIRST_DAY),
        _time(DATES_TO, _LAST_DAY),
        *(_words(name, "SINGLE_VALUED", NOTHING) for name in (MATCH, MONTH_ROW, DAY_OF_MONTH)),
        _time(DAY, NO_DAY),
    ]


def controls(sheet_id: str, filters: Sequence[str], *, has_match: bool) -> list[Request]:
    """The controls of a sheet in the order of FILTERS: the data source comes first."""
    made: list[Request] = []
    for name in FILTERS:
        if name in filters:
            made += _date_controls(sheet_id) if name == "dates" else [_dropdown(sheet_id, name)]
    return [*made, _match_control(sheet_id)] if has_match else made


def _words(name: str, how_many: str, default: str) -> Request:
    return {
        "StringParameterDeclaration": {
            "Name": name,
            "ParameterValueType": how_many,
            "DefaultValues": {"StaticValues": [default]},
            "ValueWhenUnset": {"CustomValue": default},
        }
    }


def _time(name: str, default: str) -> Request:
    declaration = {"Name": name, "TimeGranularity": "DAY", "DefaultValues": {"StaticValues": [default]}}
    return {"DateTimeParameterDeclaration": declaration}


def _dropdown(sheet_id: str, filter_id: str) -> Request:
    parameter = PARAMETERS[filter_id]
    title = _TITLES.get(parameter, FILTERS[filter_id].capitalize())
    return _list_control(sheet_id, parameter, title, _CHOICES[filter_id])


def _match_control(sheet_id: str) -> Request:
    return _list_control(
        sheet_id, MATCH, _TITLES[MATCH], (data_set_of(MatchTimelineExtract), "match_id"), is_single=True
    )


def _list_control(
    sheet_id: str, parameter: str, title: str, choices: Sequence[str] | tuple[DataSet, str], *, is_single: bool = False
) -> Request:
    return {
        "Dropdown": {
            "ParameterControlId": f"{sheet_id}-{parameter}",
            "Title": title,
            "SourceParameterName": parameter,
            "Type": "SINGLE_SELECT" if is_single else "MULTI_SELECT",
            "SelectableValues": _selectable(choices),
            "DisplayOptions": {"SelectAllOptions": {"Visibility": "HIDDEN" if is_single else "VISIBLE"}},
        }
    }


def _selectable(choices: Sequence[str] | tuple[DataSet, str]) -> Request:
    if isinstance(choices, tuple) and isinstance(data_set := choices[0], DataSet):
        return {"LinkToDataSetColumn": data_set.column(str(choices[1]))}
    return {"Values": [str(choice) for choice in choices]}


def _date_controls(sheet_id: str) -> list[Request]:
    return [
        {
            "DateTimePicker": {
                "ParameterControlId": f"{sheet_id}-{parameter}",
                "Title": _TITLES[parameter],
                "SourceParameterName": parameter,
                "DisplayOptions": {"DateTimeFormat": "YYYY-MM-DD"},
            }
        }
        for parameter in (DATES_FROM, DATES_TO)
    ]
