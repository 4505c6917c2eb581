"""Vega-Lite specifications of the page's charts, as plain dicts. Data, sizes and colours are filled in by the page.

A value `"$name"` stands for the page's CSS variable `--name`, so light and dark colours are declared once;
`"$width"` and `"$ticks"` follow the width at hand. Data sets are named and empty here.
"""

from pizza_assets.dashboards.chart_specs.accuracy import accuracy
from pizza_assets.dashboards.chart_specs.calendar import calendar
from pizza_assets.dashboards.chart_specs.coming import coming
from pizza_assets.dashboards.chart_specs.effects import effects
from pizza_assets.dashboards.chart_specs.kickoff import kickoff
from pizza_assets.dashboards.chart_specs.match_day import match_day
from pizza_assets.dashboards.chart_specs.outcomes import outcomes
from pizza_assets.dashboards.chart_specs.parts import Spec
from pizza_assets.dashboards.chart_specs.quality import quality
from pizza_assets.dashboards.chart_specs.results import results
from pizza_assets.dashboards.chart_specs.sources import sources
from pizza_assets.dashboards.chart_specs.timeline import timeline


def chart_specs() -> dict[str, Spec]:
    """Every chart of the page by name."""
    return {
        "timeline": timeline(),
        "kickoff": kickoff(),
        "effects": effects(),
        "outcomes": outcomes(),
        "results": results(),
        "calendar": calendar(),
        "sources": sources(),
        "quality": quality(),
        "match": match_day(),
        "coming": coming(),
        "accuracy": accuracy(),
    }
