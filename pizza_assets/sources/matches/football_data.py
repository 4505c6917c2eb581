"""Real matches from football-data.org: each season a week needs is fetched once. Parsing does not belong here."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pizza_assets.errors import SourceError
from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient, api_client
from pizza_assets.sources.base import Clock, MatchSource, SourceResult, outside_seasons
from pizza_assets.sources.joined_errors import joined_errors
from pizza_assets.sources.matches.football_data_format import CODES, SOURCE_NAME, Span, query_days, read_matches
from pizza_assets.sources.matches.known_season import KnownSeason, week_result
from pizza_assets.sources.matches.season_calendar import chosen_competitions, season_span, seasons_of_week

REMEDY = (
    "set PIZZA_FOOTBALL_DATA_KEY to a key of football-data.org whose plan has this competition and season, or choose "
    "PIZZA_MATCHES=openfootball, which needs none"
)


def build(settings: Settings, _clock: Clock) -> MatchSource:
    """The source, from the settings."""
    api = Api(
        "football-data.org", settings.football_data, settings.football_data_key, {"X-Auth-Token": "{key}"}, REMEDY
    )
    client = api_client(settings, api, settings.football_data_limit)
    return FootballData(client, settings.competitions, settings.seasons)


class FootballData:
    """Matches of football-data.org v4, with an account's key.

    competitions: codes of models.competitions. seasons: the only ones to cover; empty for all. A season is one request,
    made once per object, so that a run reads all its weeks, future ones included, as they were at one moment. Raises
    ConfigurationError for a competition that the API does not have.
    """

    name = SOURCE_NAME
    is_remote = True

    def __init__(self, client: ApiClient, competitions: Sequence[str], seasons: Sequence[str] = ()) -> None:
        self._client, self.identity = client, client.api.base_url
        self._competitions = chosen_competitions(competitions, CODES, seasons)
        self._chosen = tuple(seasons)
        self._known: dict[tuple[str, str], KnownSeason | SourceError] = {}

    def matches(self, week: MatchWeek) -> SourceResult:
        """The week's matches by kick-off, without events, and its refused rows.

        If some competitions fail, the others are returned, and `reason` names the missing ones. Raises
        SourceUnavailable or BadAnswer, naming address, cause and remedy, if all of them fail.
        """
        spans = [span for competition in self._competitions for span in self._spans(competition, week)]
        if self._chosen and not spans:
            return outside_seasons(week, self._chosen, DataSource.REAL, SOURCE_NAME)
        answers = [(span, self._season(span)) for span in spans]
        missing = [(span, answer) for span, answer in answers if isinstance(answer, SourceError)]
        known = [answer for _, answer in answers if isinstance(answer, KnownSeason)]
        if missing and not known:
            raise joined_errors([error for _, error in missing])
        reasons = [f"{span.competition.name} {span.season} is missing: {error}" for span, error in missing]
        return week_result(known, week, SOURCE_NAME, "; ".join(reasons) or None)

    def _spans(self, competition: Competition, week: MatchWeek) -> list[Span]:
        """The seasons that have days in the week."""
        zone = ZoneInfo(competition.timezone or "UTC")
        first, last = week.starts_at.astimezone(zone).date(), week.ends_at.astimezone(zone).date()
        spans = [
            Span(competition, season, *season_span(competition, season))
            for season in seasons_of_week(competition, week, self._chosen)
        ]
        return [span for span in spans if span.first <= last and first <= span.last]

    def _season(self, span: Span) -> KnownSeason | SourceError:
        key = (span.competition.code, span.season)
        if key not in self._known:
            path = f"/v4/competitions/{CODES[span.competition.code]}/matches"
            try:
                self._known[key] = self._client.ask(
                    path, query_days(span), lambda document, origin: read_matches(document, origin, span)
                )
            except SourceError as error:
                self._known[key] = error
        return self._known[key]
