"""The table of views, in reading order: it determines the page's sections, scripts, charts and data.

A view is `<id>.py`, with its question and the columns it reads, and `<id>.js`, which draws it on the page. How
QuickSight draws it is in `dashboards/quicksight/drawings/`.
"""

from pizza_assets.dashboards.views import (
    accuracy,
    anomalies,
    calendar,
    coming,
    effects,
    fixture,
    insights,
    kickoff,
    kpis,
    match,
    matches,
    outcomes,
    quality,
    results,
    shop_day,
    sources,
    timeline,
    weekend,
)
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.models.table import Table

VIEWS = (
    weekend.VIEW,
    coming.VIEW,
    insights.VIEW,
    kpis.VIEW,
    timeline.VIEW,
    kickoff.VIEW,
    effects.VIEW,
    outcomes.VIEW,
    results.VIEW,
    calendar.VIEW,
    matches.VIEW,
    anomalies.VIEW,
    accuracy.VIEW,
    sources.VIEW,
    quality.VIEW,
    match.VIEW,
    fixture.VIEW,
    shop_day.VIEW,
)
"""Every view, in reading order."""

EXTRACTS_READ = tuple(e for e in EXTRACTS if any(reads.extract is e for view in VIEWS for reads in view.reads))
"""The extracts that some view reads, in the order of EXTRACTS."""


def columns_read(extract: type[Table]) -> list[str]:
    """The extract's columns that some view reads, in its order."""
    read = {name for view in VIEWS for reads in view.reads if reads.extract is extract for name in reads.columns}
    return [name for name in extract.column_names() if name in read]
