"""The allowed words in columns: labels, windows, statuses. One spelling each, checked by every model."""

from enum import StrEnum


class DataSource(StrEnum):
    """Whether rows are real or mock: the values of the columns `data_source`, `order_source` and `match_source`.

    Which source they came from is another column, `source_name`. `mixed` exists only for results of real orders with
    mock matches, and for whole tables whose rows have different labels.
    """

    REAL = "real"
    MOCK = "mock"
    MIXED = "mixed"


class Window(StrEnum):
    """The three disjoint, half-open periods of a match."""

    PRE = "pre"
    DURING = "during"
    POST = "post"


class Span(StrEnum):
    """The time span of a forecast: a window of a match, all three windows, a clock hour, or a business day.

    A hypothesis is about a window or MATCH.
    """

    PRE = "pre"
    DURING = "during"
    POST = "post"
    MATCH = "match"
    HOUR = "hour"
    DAY = "day"


class DemandLevel(StrEnum):
    """What a demand forecast is for. A market is the shops of one chain in it."""

    SHOP = "shop"
    MARKET = "market"
    CHAIN = "chain"


class MatchStatus(StrEnum):
    """football-data.org's statuses; those of other sources are mapped to them."""

    SCHEDULED = "SCHEDULED"
    TIMED = "TIMED"
    IN_PLAY = "IN_PLAY"
    PAUSED = "PAUSED"
    FINISHED = "FINISHED"
    SUSPENDED = "SUSPENDED"
    POSTPONED = "POSTPONED"
    CANCELLED = "CANCELLED"
    AWARDED = "AWARDED"
    UNKNOWN = "UNKNOWN"


EXPOSING_STATUSES: frozenset[MatchStatus] = frozenset(
    {MatchStatus.FINISHED, MatchStatus.IN_PLAY, MatchStatus.PAUSED, MatchStatus.TIMED}
)
"""Statuses of a match that was, is or will be played at its kick-off. All others leave the time in doubt."""
CALLED_OFF_STATUSES: frozenset[MatchStatus] = frozenset({MatchStatus.POSTPONED, MatchStatus.CANCELLED})
"""Statuses of a match that was not kicked off at its time. A match in a status of neither set may have been: an awarded
one after it was played, a suspended one until it was abandoned.
"""


class Stage(StrEnum):
    """The stage of a competition. Only FINAL is a final; a quarter-final is not."""

    REGULAR_SEASON = "REGULAR_SEASON"
    LEAGUE_STAGE = "LEAGUE_STAGE"
    GROUP_STAGE = "GROUP_STAGE"
    QUALIFYING = "QUALIFYING"
    PLAYOFFS = "PLAYOFFS"
    LAST_64 = "LAST_64"
    LAST_32 = "LAST_32"
    LAST_16 = "LAST_16"
    QUARTER_FINALS = "QUARTER_FINALS"
    SEMI_FINALS = "SEMI_FINALS"
    THIRD_PLACE = "THIRD_PLACE"
    FINAL = "FINAL"
    UNKNOWN = "UNKNOWN"


class CompetitionType(StrEnum):
    LEAGUE = "league"
    CUP = "cup"
    INTERNATIONAL = "international"


class DecidedBy(StrEnum):
    """How a finished match ended. A shoot-out decides who wins but adds no goals."""

    REGULAR = "regular"
    EXTRA_TIME = "extra_time"
    PENALTIES = "penalties"


class MatchResult(StrEnum):
    HOME_WIN = "home_win"
    DRAW = "draw"
    AWAY_WIN = "away_win"


class EventType(StrEnum):
    GOAL = "goal"
    PENALTY_GOAL = "penalty_goal"
    OWN_GOAL = "own_goal"
    YELLOW_CARD = "yellow_card"
    RED_CARD = "red_card"


class Side(StrEnum):
    HOME = "home"
    AWAY = "away"


class Scope(StrEnum):
    """The part of the business, or of its matches, that a hypothesis is about."""

    OVERALL = "overall"
    COMPETITION = "competition"
    TEAM = "team"
    MARKET = "market"
    CHAIN = "chain"
    RESULT = "result"
    KICKOFF = "kickoff"


OWN_TEAM_MATCH = "own_team_match"
"""The subject of a hypothesis about the match itself, not about how it ended."""
GOAL_OF_OWN_TEAM, GOAL_OF_OPPONENT = "goal_of_own_team", "goal_of_opponent"
"""The subjects of hypotheses about the quarter of an hour after a goal."""
KICKOFF_TIME = "kickoff_time"
"""The subject of the hypothesis that the effect of the match differs by time of kick-off."""
SHARED_MATCH = "shared_match"
"""The subject of a hypothesis about matches that every market follows, such as a national team's."""


class ResultStatus(StrEnum):
    """Whether a hypothesis was answered. If not, the reasons are given in words."""

    OK = "ok"
    INSUFFICIENT_DATA = "insufficient_data"


def values(words: type[StrEnum]) -> list[str]:
    """The allowed column values of an enum, for `isin` checks."""
    return [word.value for word in words]


def combined_source(order_source: str, match_source: str) -> str:
    """The label of a result: real only if both inputs are; mock orders make it mock, else mixed."""
    if order_source == DataSource.MOCK:
        return DataSource.MOCK
    return DataSource.REAL if match_source == DataSource.REAL else DataSource.MIXED
