"""Mock matches: a fixed season per year, of which results are shown as far as it has been played.

Fixtures and goals are drawn in their own modules; effects of matches on orders do not belong here.
"""

import zlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from pizza_assets.errors import ConfigurationError
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.vocabulary import CompetitionType, DataSource, DecidedBy, MatchStatus, Side, Stage
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, MatchSource, SourceResult, outside_seasons
from pizza_assets.sources.matches.mock_fixtures import season_fixtures
from pizza_assets.sources.matches.mock_scores import season_goals
from pizza_assets.sources.matches.season_calendar import refuse_foreign_seasons, split_season
from pizza_assets.sources.matches.team_names import slug

SOURCE_NAME = "mock"
DEFAULT_TEAMS = tuple(team for market in DEFAULT_MARKETS for team in market.teams)
MATCH_LENGTH = timedelta(minutes=115)
"""From kick-off to the final whistle: 90 minutes, the break and stoppage time."""

_RESULT_COLUMNS = ["home_goals", "away_goals", "half_time_home_goals", "half_time_away_goals"]


def build(settings: Settings, clock: Clock) -> MatchSource:
    """The source, from the settings."""
    return MockMatches(clock, timezone=settings.timezone, seed=settings.seed, seasons=settings.seasons)


class MockMatches:
    """A double round robin of `teams` from August to May of every season, with kick-offs in local time of `timezone`.

    A week's matches depend on teams, timezone, seed and season alone; `now` only decides how many have been played.
    seasons: the only ones to cover; empty for all. Raises ConfigurationError if the teams can't play a season, or if
    `seasons` has one that is not a league's.
    """

    name = identity = SOURCE_NAME
    is_remote = False

    def __init__(
        self,
        now: Callable[[], datetime],
        teams: Sequence[str] = DEFAULT_TEAMS,
        timezone: str = "Europe/London",
        seed: int = 0,
        competition: str = "Premier League",
        seasons: Sequence[str] = (),
    ) -> None:
        refuse_foreign_seasons(seasons, [COMPETITIONS["en.1"]])
        if len({slug(team) for team in teams}) != len(teams):
            raise ConfigurationError(f"mock matches: a team is named twice in {', '.join(teams)}; name each once")
        self._now, self._teams, self._timezone = now, tuple(teams), timezone
        self._seed, self._competition, self._chosen = seed, competition, tuple(seasons)
        self._seasons: dict[int, tuple[pd.DataFrame, pd.DataFrame]] = {}

    def matches(self, week: MatchWeek) -> SourceResult:
        """The week's matches, with results and goals of finished ones only. A week in the summer is empty."""
        local = week.starts_at.astimezone(ZoneInfo(self._timezone))
        first_year = local.year if local.month >= 7 else local.year - 1
        if self._chosen and split_season(first_year) not in self._chosen:
            return outside_seasons(week, self._chosen, DataSource.MOCK, SOURCE_NAME)
        matches, goals = self._season(first_year)
        kickoffs = matches["kickoff_at"]
        rows = matches[(kickoffs >= pd.Timestamp(week.starts_at)) & (kickoffs < pd.Timestamp(week.ends_at))]
        rows = _as_known_at(rows, pd.Timestamp(self._now()).tz_convert("UTC"))
        finished = rows.loc[rows["status"] == MatchStatus.FINISHED, "match_id"]
        return SourceResult(
            rows=rows.reset_index(drop=True),
            data_source=DataSource.MOCK,
            source_name=SOURCE_NAME,
            events=goals[goals["match_id"].isin(finished)].reset_index(drop=True),
        )

    def _season(self, first_year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """RawMatches and RawMatchEvents of a season as if it were finished; drawn once per object."""
        if first_year not in self._seasons:
            random = np.random.default_rng([self._seed, first_year, zlib.crc32("|".join(self._teams).encode())])
            season = split_season(first_year)
            try:
                fixtures = season_fixtures(self._teams, first_year, self._timezone, random)
            except ValueError as error:
                raise ConfigurationError(f"mock matches: {error}; change the teams of the markets") from error
            slugs = {team: slug(team) for team in self._teams}
            home, away = fixtures["home_team"].map(slugs), fixtures["away_team"].map(slugs)
            fixtures["match_id"] = f"{SOURCE_NAME}:{season}:" + home + "-v-" + away
            goals = season_goals(fixtures, random)
            matches = _played(fixtures, goals).assign(season=season, competition=self._competition)
            self._seasons[first_year] = RawMatches.conform(matches), RawMatchEvents.conform(goals)
        return self._seasons[first_year]


def _played(fixtures: pd.DataFrame, goals: pd.DataFrame) -> pd.DataFrame:
    """The fixtures with their results at half-time and at the end, counted from the goals."""
    counts = {}
    for side, column in ((Side.HOME, "home_goals"), (Side.AWAY, "away_goals")):
        own = goals[goals["benefiting_side"] == side]
        counts[column] = fixtures["match_id"].map(own["match_id"].value_counts()).fillna(0)
        early = own.loc[own["is_first_half"], "match_id"].value_counts()
        counts[f"half_time_{column}"] = fixtures["match_id"].map(early).fillna(0)
    return fixtures.assign(
        **counts,
        kickoff_is_fixed=True,
        sport="football",
        competition_type=CompetitionType.LEAGUE,
        stage=Stage.REGULAR_SEASON,
        round_name="Matchday " + fixtures["round_number"].astype(str),
        status=MatchStatus.FINISHED,
        decided_by=DecidedBy.REGULAR,
        shootout_home_goals=None,
        shootout_away_goals=None,
        venue=None,
        match_source=DataSource.MOCK,
        source_name=SOURCE_NAME,
    )


def _as_known_at(matches: pd.DataFrame, now: pd.Timestamp) -> pd.DataFrame:
    """`matches` as known at `now`: a future match is TIMED, one in play has no result yet."""
    is_over = matches["kickoff_at"] + MATCH_LENGTH <= now
    if bool(is_over.all()):
        return matches
    known = matches.copy()
    known.loc[~is_over, [*_RESULT_COLUMNS, "decided_by"]] = pd.NA
    known.loc[~is_over, "status"] = str(MatchStatus.TIMED)
    known.loc[~is_over & (matches["kickoff_at"] <= now), "status"] = str(MatchStatus.IN_PLAY)
    return known
