"""A folder in which `pizza` and `dagster dev` run as on a fresh machine: own instance, storage and settings.

Three markets only, so that a range run takes seconds.
"""

import json
import os
import shutil
from collections.abc import Sequence
from contextlib import chdir
from datetime import date, timedelta
from pathlib import Path

import dagster as dg

from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.torture.cases import PROJECT_ROOT, STUCK, Finding

FIRST_WEEK = MatchWeek("2025-08-05", "Europe/London")
THREE_MARKETS = ("Leeds", "Fulham", "West London")
_FIRST_ROUND = date(2025, 8, 16)
_UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def week_keys(count: int) -> list[str]:
    """The first `count` weeks of the season."""
    return [FIRST_WEEK.shifted(number).key for number in range(count)]


class Home:
    """Created in `folder`. With `is_real` its matches are real ones, of a season stored beside it: only the
    week before that season stays mock.
    """

    def __init__(self, folder: Path, is_real: bool = False, market_names: Sequence[str] = THREE_MARKETS) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.storage = folder / "storage"
        for name in ("dagster.yaml", "workspace.yaml"):
            shutil.copy(PROJECT_ROOT / name, folder)
        (folder / "markets.toml").write_text("\n".join(_market(name) for name in market_names), encoding="utf-8")
        settings = {"PIZZA_STORAGE": str(self.storage), "PIZZA_MARKETS": str(folder / "markets.toml")}
        if is_real:
            _lay_out_season(folder / "openfootball" / "2025-26" / "en.1.json")
            # relative to the home: the path comes to stand in the insights, which are to be the same in every home
            settings |= {"PIZZA_MATCHES": "openfootball", "PIZZA_OPENFOOTBALL": "openfootball"}
        else:
            settings |= {"PIZZA_MATCHES": "mock"}
        others = {name: value for name, value in os.environ.items() if not name.startswith(("PIZZA_", "DAGSTER_"))}
        # the code of this checkout, wherever the installed one comes from
        self.environ = {**others, **settings, "PYTHONPATH": str(PROJECT_ROOT)}

    def remove(self) -> None:
        shutil.rmtree(self.folder)

    def stuck_runs(self) -> list[Finding]:
        """Runs that the instance considers unfinished although no process executes them."""
        with chdir(self.folder), dg.DagsterInstance.from_config(str(self.folder)) as instance:
            runs = instance.get_runs(dg.RunsFilter(statuses=_UNFINISHED))
        return [Finding(STUCK, f"{run.job_name} {run.run_id} is {run.status.value}") for run in runs]


def _market(name: str) -> str:
    (teams,) = (market.teams for market in DEFAULT_MARKETS if market.name == name)
    return f'[[market]]\nname = "{name}"\ntimezone = "Europe/London"\nteams = {json.dumps(teams)}\n'


def _lay_out_season(file: Path) -> None:
    """A season in openfootball's form: every club meets every other one twice, a round each Saturday."""
    clubs = [team for market in DEFAULT_MARKETS for team in market.teams]
    half = len(clubs) - 1
    matches = []
    for number in range(2 * half):
        turn = number % half
        circle = clubs[:1] + clubs[1 + turn :] + clubs[1 : 1 + turn]
        for home, away in zip(circle[: len(circle) // 2], reversed(circle), strict=False):
            teams = (home, away) if number < half else (away, home)
            day = _FIRST_ROUND + timedelta(weeks=number)
            match = {"round": f"Matchday {number + 1}", "date": day.isoformat(), "time": "15:00"}
            matches.append({**match, "team1": teams[0], "team2": teams[1], "score": {"ft": [number % 3, turn % 2]}})
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"name": "English Premier League 2025/26", "matches": matches}), encoding="utf-8")
