"""Real matches from openfootball: which season files a week needs, and whether they cover it.

Finding, reading and parsing the files do not belong here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pizza_assets.errors import NotThere, SourceError, SourceUnavailable
from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, MatchSource, SourceResult, outside_seasons
from pizza_assets.sources.http import get_bytes
from pizza_assets.sources.joined_errors import joined_errors
from pizza_assets.sources.matches.known_season import KnownSeason, week_result
from pizza_assets.sources.matches.openfootball_files import OpenfootballFiles
from pizza_assets.sources.matches.openfootball_format import SOURCE_NAME
from pizza_assets.sources.matches.season_calendar import chosen_competitions, seasons_of_week

LONGEST_SILENCE = timedelta(weeks=10)
"""For so long after a season's last match, a missing file of the next season means that there are no matches."""


def build(settings: Settings, _clock: Clock) -> MatchSource:
    """The source, from the settings."""
    return Openfootball(settings.openfootball, settings.competitions, seasons=settings.seasons)


@dataclass(frozen=True)
class _Answer:
    """One competition's seasons around a week. doubt: that a season failed which might have matches in the week."""

    seasons: list[KnownSeason]
    doubt: str | None


class Openfootball:
    """Matches of openfootball's football.json and worldcup.json: real, free, without an account.

    location: a base URL of `{season}/{code}.json` ({repository} in it is replaced with the competition's repository),
    or a local folder with these files or with `{season}.{code}.json` at any depth. competitions: codes of
    models.competitions. seasons: the only ones to cover; empty for all. A file is read once per object, and a failed
    one is not tried again. Raises ConfigurationError for an unknown code, a season that none of the competitions has,
    or an invalid location.
    """

    name = SOURCE_NAME

    def __init__(
        self,
        location: str,
        competitions: Sequence[str],
        fetch: Callable[[str], bytes] = get_bytes,
        seasons: Sequence[str] = (),
    ) -> None:
        self._competitions = chosen_competitions(competitions, COMPETITIONS, seasons)
        self._chosen = tuple(seasons)
        self._files = OpenfootballFiles(location, fetch)
        self.is_remote, self.identity = self._files.is_remote, location

    def matches(self, week: MatchWeek) -> SourceResult:
        """The week's matches by kick-off, with their goals, and its refused rows.

        A week outside the chosen seasons is not covered, and no file is read. If some competitions fail, the others
        are returned, and `reason` names the missing ones. Raises SourceUnavailable or BadAnswer, naming file, cause
        and remedy, if all of them fail.
        """
        answers: list[_Answer] = []
        missing: list[tuple[Competition, SourceError]] = []
        for competition in self._competitions:
            answer = self._answer(competition, week)
            if isinstance(answer, _Answer):
                answers.append(answer)
            elif answer is not None:
                missing.append((competition, answer))
        if missing and not answers:
            raise joined_errors([error for _, error in missing])
        if self._chosen and not answers:
            return outside_seasons(week, self._chosen, DataSource.REAL, SOURCE_NAME)
        reasons = [f"{competition.name} is missing: {error}" for competition, error in missing]
        reasons += [answer.doubt for answer in answers if answer.doubt]
        seasons = [season for answer in answers for season in answer.seasons]
        return week_result(seasons, week, SOURCE_NAME, "; ".join(reasons) or None)

    def _answer(self, competition: Competition, week: MatchWeek) -> _Answer | SourceError | None:
        """The competition's answer, or why there is none; None if it has no season in the week: no tournament is due,
        or the week is outside the chosen seasons.
        """
        names = seasons_of_week(competition, week, self._chosen)
        seasons = [self._files.season(competition, season) for season in names]
        if not seasons:
            return None
        known = [season for season in seasons if isinstance(season, KnownSeason)]
        errors = [season for season in seasons if isinstance(season, SourceError)]
        gap = None if known and competition.tournament_years is not None else _gap(known, errors, week)
        if gap is not None:
            return gap
        broken = [error for error in errors if not isinstance(error, NotThere)]
        doubt = f"{competition.name} may lack matches of another season: {joined_errors(broken)}" if broken else None
        return _Answer(known, doubt)


def _gap(known: list[KnownSeason], errors: list[SourceError], week: MatchWeek) -> SourceError | None:
    """Why the seasons near the week don't cover it; None if they do.

    They cover a week inside a known season, between two known seasons, and for LONGEST_SILENCE after the last match of
    a known season while the next season's file is not published yet.
    """
    if any(season.first < week.ends_at and week.starts_at <= season.last for season in known):
        return None
    before = [season for season in known if season.last < week.starts_at]
    if before and len(before) < len(known):
        return None
    if not before:
        return joined_errors(errors) if errors else None
    latest = max(before, key=lambda season: season.last)
    is_unpublished = all(isinstance(error, NotThere) for error in errors)
    if is_unpublished and week.starts_at < latest.last + LONGEST_SILENCE:
        return None
    if errors:
        return joined_errors(errors)
    return SourceUnavailable(
        f"{latest.origin}: its last match is on {latest.last:%Y-%m-%d}, more than {LONGEST_SILENCE.days // 7} weeks "
        f"before week {week.key}; wait until the next fixtures are published"
    )
