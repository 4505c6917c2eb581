"""What a view is, and the filters that it may honour. The views themselves are in `views/`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pizza_assets.dashboards.chart_parts import Spec
from pizza_assets.models.table import Table

FILTERS: dict[str, str] = {
    "source": "data source",
    "team": "team",
    "competition": "competition",
    "type": "match type",
    "market": "market",
    "chain": "chain",
    "dates": "dates",
}
"""Every filter of the dashboards, by id: what people call it."""


@dataclass(frozen=True)
class Reads:
    """The columns that a view reads from one extract."""

    extract: type[Table]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One view. It honours `filters`, those in `partly` only in part; `filter_note` explains the rest.

    charts: Vega-Lite specifications, by the name that the page's script uses.
    section: CSS classes of the view's section on the page.
    address: the first part of the page address that opens the view on its own; empty for a view of the overview.
    only_on_page: why QuickSight lacks this view; empty if it has it.
    """

    id: str
    title: str
    question: str
    reads: tuple[Reads, ...]
    filters: tuple[str, ...]
    filter_note: str = ""
    drill_target: str = ""
    partly: tuple[str, ...] = ()
    charts: Mapping[str, Spec] = field(default_factory=dict)
    section: str = "card"
    address: str = ""
    only_on_page: str = ""


def short_name(extract: type[Table]) -> str:
    """The extract's table name without the prefix that all extracts share."""
    return extract.table_name().removeprefix("dashboard_")
