"""What a view is, and the filters that it may honour. Each view is in a module of its own in `views/`."""

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
"""Every filter of the dashboards: its id and what people call it."""


@dataclass(frozen=True)
class Reads:
    """The columns that a view takes from one extract."""

    extract: type[Table]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One view. `filters` are those it honours, `partly` of them only in part; `filter_note` says why not all.

    charts: Vega-Lite specifications by the name under which the page's script draws them.
    section: CSS classes of the view's section on the page.
    address: the first word of the page's address that opens the view by itself; empty for a view of the overview.
    only_on_page: why QuickSight has no such view; empty if it has.
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
    """An extract's name without the prefix that all of them share."""
    return extract.table_name().removeprefix("dashboard_")
