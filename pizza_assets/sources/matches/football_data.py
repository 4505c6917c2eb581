"""Real matches from football-data.org: which seasons a week needs, each asked for once. No vendor words here."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError, SourceError
from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient, api_client
from pizza_assets.sources.base import Clock, MatchSource, SourceResult, outside_of_seasons
from pizza_assets.sources.joined_errors import joined_errors
from pizza_assets.sources.matches.football_data_format import CODES, SOURCE_NAME, Span, asked_days, read_matches
from pizza_assets.sources.matches.known_season import KnownSeason, week_result
from pizza_assets.sources.matches.season_calendar import refuse_foreign_seasons, season_span, seasons_of_week

REMEDY = (
    "set PIZZA_FOOTBALL_DATA_KEY to a key of football-data.org whose plan has this competition and season, or choose "
    "PIZZA_MATCHES=openfootball, which needs none"
)


def build(settings: Settings, _clock: Clock) -> MatchSource:
    """The source as the settings describe it."""
    api = Api(
        "football-data.org", settings.football_data, settings.football_data_key, {"X-Auth-Token": "{key}"}, REMEDY
    )
    client = api_client(settings, api, settings.football_data_limit)
    return FootballData(client, settings.competitions, settings.seasons)


class FootballData:
    """Matches of football-data.org v4, with an account's key.

    competitions: codes of models.competitions. seasons: the only ones to speak for; empty for all. A season is one
    request, made once per object however many weeks are asked for, so a run reads all its weeks, coming ones too, in
    the state of one moment. Raises ConfigurationError for a competition that the API does not have.
    """

    name = SOURCE_NAME
    is_remote = True

    def __init__(
        self,
        client: ApiClient,
        competitions: Sequence[str],
        seasons: Sequence[str] = (),
    ) -> None:
        unknown = [code for code in competitions if code not in CODES]
        if unknown or not competitions:
            known = ", ".join(CODES)
            raise ConfigurationError(f"competition {', '.join(unknown) or '(none)'} is not known; choose from {known}")
        self._client, self.identity = client, client.api.base_url
        self._competitions = [COMPETITIONS[code] for code in dict.fromkeys(competitions)]
        self._chosen = tuple(seasons)
        refuse_foreign_seasons(self._chosen, self._competitions)
        self._asked: dict[tuple[str, str], KnownSeason | SourceError] = {}

    def matches(self, week: MatchWeek) -> SourceResult:
        """The week's matches by kick-off, and the rows refused in it; it has no events.

        If one of several competitions fails the others are given, and `reason` names the missing one. Raises
        SourceUnavailable or BadAnswer, naming address, cause and remedy, if all of them fail.
        """
        spans = [span for competition in self._competitions for span in self._spans(competition, week)]
        if self._chosen and not spans:
            return outside_of_seasons(week, self._chosen, DataSource.REAL, SOURCE_NAME)
        answers = [(span, self._season(span)) for span in spans]
        missing = [(span, answer) for span, answer in answers if isinstance(answer, SourceError)]
        known = [answer for _, answer in answers if isinstance(answer, KnownSeason)]
        if missing and not known:
            raise joined_errors([error for _, error in missing])
        reasons = [f"{span.competition.name} {span.season} is missing: {error}" for span, error in missing]
        return week_result(known, week, SOURCE_NAME, "; ".join(reasons) or None)

    def _spans(self, competition: Competition, week: MatchWeek) -> list[Span]:
        """The seasons whose days the week has."""
        zone = ZoneInfo(competition.timezone or "UTC")
        first, last = week.starts_at.astimezone(zone).date(), week.ends_at.astimezone(zone).date()
        spans = [
            Span(competition, season, *season_span(competition, season))
            for season in seasons_of_week(competition, week, self._chosen)
        ]
        return [span for span in spans if span.first <= last and first <= span.last]

    def _season(self, span: Span) -> KnownSeason | SourceError:
        key = (span.competition.code, span.season)
        if key not in self._asked:
            path = f"/v4/competitions/{CODES[span.competition.code]}/matches"
            try:
                self._asked[key] = self._client.ask(
                    path, asked_days(span), lambda document, origin: read_matches(document, origin, span)
                )
            except SourceError as error:
                self._asked[key] = error
        return self._asked[key]
