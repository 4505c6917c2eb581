"""The sheets: which views each contains, under which controls, and where on the grid."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pizza_assets.dashboards.quicksight import choices
from pizza_assets.dashboards.quicksight.chart import MATCH_SHEET, Chart
from pizza_assets.dashboards.quicksight.data_sets import Request
from pizza_assets.dashboards.quicksight.drawings import coming, effects, match, matches, overview, quality, weekend
from pizza_assets.dashboards.quicksight.parameters import controls
from pizza_assets.dashboards.view import FILTERS, View
from pizza_assets.dashboards.views import VIEWS

_COLUMNS, _CONTROL_WIDTH = 36, 4
_LABELS = (
    "Real and MOCK data are never added together: every number says which it is. Whatever is labelled MOCK is invented."
)
_HOW_TO_OPEN = "Click a match, a point or a day on another sheet to open it here, or select a match above."


@dataclass(frozen=True)
class Sheet:
    id: str
    name: str
    drawings: Mapping[str, Sequence[Chart]]

    @property
    def views(self) -> tuple[View, ...]:
        """Its views, in the order of the table of views."""
        return tuple(view for view in VIEWS if view.id in self.drawings)

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that some of its views honour, in the order of FILTERS."""
        return tuple(name for name in FILTERS if any(name in view.filters for view in self.views))


SHEETS: tuple[Sheet, ...] = (
    Sheet("weekend", "This weekend", weekend.DRAWINGS),
    Sheet("coming", "Coming matches", coming.DRAWINGS),
    Sheet("overview", "Overview", overview.DRAWINGS),
    Sheet("effects", "Effects", effects.DRAWINGS),
    Sheet("matches", "Matches and alarms", matches.DRAWINGS),
    Sheet("quality", "Data quality", quality.DRAWINGS),
    Sheet(MATCH_SHEET, "Match day", match.DRAWINGS),
)
"""Every sheet, in reading order; a click on a match opens the last one."""


def drawn_views() -> list[tuple[View, str, Sequence[Chart]]]:
    """Every drawn view with its sheet and its charts."""
    return [(view, sheet.id, sheet.drawings[view.id]) for sheet in SHEETS for view in sheet.views]


def sheet_request(sheet: Sheet) -> Request:
    """A sheet as QuickSight's API takes it: controls, a note on labels, then the charts row by row."""
    charts = [(view, chart) for view in sheet.views for chart in sheet.drawings[view.id]]
    box = f"{sheet.id}-labels"
    filter_controls = controls(sheet.id, sheet.filters, has_match=sheet.id == MATCH_SHEET)
    return {
        "SheetId": sheet.id,
        "Name": sheet.name,
        "ContentType": "INTERACTIVE",
        "ParameterControls": filter_controls,
        "SheetControlLayouts": [_grid(_control_elements(filter_controls))],
        "TextBoxes": [{"SheetTextBoxId": box, "Content": _text_box(sheet)}],
        "Visuals": [chart.request(view.title, subtitle(view, chart)) for view, chart in charts],
        "Layouts": [_grid(_elements(box, [chart for _, chart in charts]))],
    }


def subtitle(view: View, chart: Chart) -> str:
    """The question that a view answers, why it does not honour all filters, and which of those that it honours do not
    change this chart."""
    team = choices.team_means(chart.data_set) if "team" in chart.row_filters(view.filters) else ""
    sentences = (view.question, view.filter_note, team, ignored_note(chart.ignored(view.filters)), chart.note)
    return " ".join(sentence for sentence in sentences if sentence)


def ignored_note(filters: Sequence[str]) -> str:
    """A sentence on the filters that do not change a chart; empty if there are none."""
    names = [FILTERS[name] for name in filters]
    if not names:
        return ""
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return f"Not filtered here: {listed}."


def _text_box(sheet: Sheet) -> str:
    words = f"{_LABELS} {_HOW_TO_OPEN}" if sheet.id == MATCH_SHEET else _LABELS
    return f"<text-box><b>{escape(words)}</b></text-box>"


def _grid(elements: Iterable[Request]) -> Request:
    return {"Configuration": {"GridLayout": {"Elements": list(elements)}}}


def _control_elements(filter_controls: Sequence[Request]) -> Iterator[Request]:
    """Controls side by side; QuickSight does not show a control without a place."""
    for position, control in enumerate(filter_controls):
        (body,) = control.values()
        assert isinstance(body, dict)
        column = position * _CONTROL_WIDTH
        yield _element(body["ParameterControlId"], "PARAMETER_CONTROL", 0, column, _CONTROL_WIDTH, 1)


def _elements(box: str, charts: Sequence[Chart]) -> Iterator[Request]:
    """Charts from left to right while there is room, then in the next row."""
    yield _element(box, "TEXT_BOX", 0, 0, _COLUMNS, 2)
    row, column, tallest = 2, 0, 0
    for chart in charts:
        if column + chart.width > _COLUMNS:
            row, column, tallest = row + tallest, 0, 0
        yield _element(chart.id, "VISUAL", row, column, chart.width, chart.height)
        column, tallest = column + chart.width, max(tallest, chart.height)


def _element(element_id: str, kind: str, row: int, column: int, width: int, height: int) -> Request:
    return {
        "ElementId": element_id,
        "ElementType": kind,
        "RowIndex": row,
        "ColumnIndex": column,
        "RowSpan": height,
        "ColumnSpan": width,
    }
