"""Markets: where orders come from, their time zone, and the teams they follow."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Market:
    """A market is exposed to the matches of its `teams` (canonical club names).

    chain: the chain of its orders, if an export does not say. country, region: whose bank holidays it has, as ISO codes
    such as GB and SCT, if its time zone does not say. These two are not part of its text, on which stored weeks
    depend: weeks don't change with holidays.
    """

    name: str
    timezone: str
    teams: tuple[str, ...] = ()
    chain: str | None = None
    country: str | None = field(default=None, repr=False)
    region: str | None = field(default=None, repr=False)


Markets = tuple[Market, ...]


def _english(name: str, *teams: str) -> Market:
    return Market(name, "Europe/London", teams)


DEFAULT_MARKETS: Markets = (
    _english("Birmingham", "Aston Villa"),
    _english("Bournemouth", "Bournemouth"),
    _english("Brentford", "Brentford"),
    _english("Brighton", "Brighton & Hove Albion"),
    _english("Burnley", "Burnley"),
    _english("Croydon", "Crystal Palace"),
    _english("East London", "West Ham United"),
    _english("Fulham", "Fulham"),
    _english("Leeds", "Leeds United"),
    _english("Liverpool North", "Everton"),
    _english("Liverpool South", "Liverpool"),
    _english("Manchester North", "Manchester City"),
    _english("Manchester South", "Manchester United"),
    _english("Newcastle", "Newcastle United"),
    _english("North London East", "Tottenham Hotspur"),
    _english("North London West", "Arsenal"),
    _english("Nottingham", "Nottingham Forest"),
    _english("Sunderland", "Sunderland"),
    _english("West London", "Chelsea"),
    _english("Wolverhampton", "Wolverhampton Wanderers"),
)
"""The built-in markets, used by mock orders: one per club of the Premier League season 2025-26."""
