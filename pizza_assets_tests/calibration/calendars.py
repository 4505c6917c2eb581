"""Fixture calendars for simulated years: real Premier League seasons."""

from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from pizza_assets.models import RawMatches
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.matches.openfootball import Openfootball
from pizza_assets_tests.calibration.worlds import ZONE

Calendar = tuple[pd.DataFrame, tuple[MatchWeek, ...]]
"""RawMatches of a season and its match weeks."""
SEASONS = tuple(f"{year}-{year - 1999}" for year in (2015, 2016, 2017, 2018, 2021, 2022, 2023, 2024))
"""Seasons played from August to May, unlike those of 2019 and 2020."""


@cache
def season(folder: Path, name: str) -> Calendar:
    """Fixtures of a season ("2023-24") and the 52 match weeks around it, from openfootball's files in `folder`."""
    first = MatchWeek.of_date(date(int(name[:4]), 7, 29), ZONE)
    weeks = tuple(weeks_between(first, first.shifted(51)))
    source = Openfootball(str(folder), ["en.1"], seasons=[name])
    parts = [rows for week in weeks if len(rows := source.matches(week).rows)]
    return RawMatches.conform(pd.concat(parts, ignore_index=True)), weeks
