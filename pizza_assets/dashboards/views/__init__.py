"""The one table of views, in reading order: the page's sections, scripts, charts and data follow from it.

A view is `<id>.py`, what it asks and reads, beside `<id>.js`, which draws it on the page. How QuickSight draws it is in
`dashboards/quicksight/drawings/`.
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
    sources,
    timeline,
    weekdays,
)
from pizza_assets.models.extracts import EXTRACTS

VIEWS = (
    coming.VIEW,
    insights.VIEW,
    kpis.VIEW,
    timeline.VIEW,
    weekdays.VIEW,
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
)
"""Every view, in reading order."""

EXTRACTS_READ = tuple(e for e in EXTRACTS if any(reads.extract is e for view in VIEWS for reads in view.reads))
"""The extracts that some view reads, in the order people read about them."""
