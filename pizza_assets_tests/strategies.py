"""Hypothesis strategies for valid inputs: markets, matches, orders, what is covered, and whole small worlds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
from hypothesis import strategies as st

from pizza_assets.models import RawMatches, RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import CompetitionType, DecidedBy, MatchStatus, Stage
from pizza_assets.models.week import MatchWeek

LABELS = ("real", "mock")
CHAINS = ("dominos", "papa_johns")
CURRENCIES = ("GBP", "EUR")
TEAMS = ("Arsenal", "Chelsea", "Everton", "Fulham", "Leeds United", "Málaga")
MARKET_NAMES = ("Leeds", "London", "Málaga", 'New "York"', "Åre")
STORE_IDS = ("s1", "s2", "s10", 'a "quoted" store', "Zürich, 1")
ZONES = ("Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata")

FIRST_MOMENT = datetime(2025, 9, 2, 5, tzinfo=UTC)
"""Start of the match week in which small worlds play, in Europe/London."""


def markets(min_size: int = 1, max_size: int = 4) -> st.SearchStrategy[list[Market]]:
    """Markets with distinct names that follow none, one or several teams; teams may have several markets."""
    teams = st.lists(st.sampled_from(TEAMS), max_size=3, unique=True).map(tuple)
    market = st.builds(Market, st.sampled_from(MARKET_NAMES), st.sampled_from(ZONES), teams)
    return st.lists(market, min_size=min_size, max_size=max_size, unique_by=lambda m: m.name)


def moments(starts_at: datetime, ends_at: datetime) -> st.SearchStrategy[datetime]:
    """Instants of [starts_at, ends_at) to the microsecond, often on a whole minute or a microsecond before one."""
    minutes = st.integers(0, int((ends_at - starts_at).total_seconds()) // 60 - 1)
    within = st.one_of(st.sampled_from([0, 59_999_999]), st.integers(0, 59_999_999))
    return st.builds(lambda m, us: starts_at + timedelta(minutes=m, microseconds=us), minutes, within)


def kickoffs(starts_at: datetime, ends_at: datetime) -> st.SearchStrategy[datetime]:
    """Whole minutes of [starts_at, ends_at), mostly at quarters of an hour, so that matches meet and tie."""
    minutes = int((ends_at - starts_at).total_seconds()) // 60 - 1
    quarters = st.integers(0, minutes // 15).map(lambda n: 15 * n)
    return st.one_of(quarters, st.integers(0, minutes)).map(lambda m: starts_at + timedelta(minutes=m))


@st.composite
def _match(
    draw: st.DrawFn, kickoff: st.SearchStrategy[datetime], labels: Sequence[str], statuses: Sequence[str]
) -> dict:
    home, away = draw(st.lists(st.sampled_from(TEAMS), min_size=2, max_size=2, unique=True))
    status = draw(st.sampled_from(statuses))
    decided_by = draw(st.sampled_from(list(DecidedBy))) if status == MatchStatus.FINISHED else None
    goals = st.integers(0, 7)
    home_goals, away_goals = draw(st.tuples(goals, goals)) if decided_by else (None, None)
    shootout = draw(st.one_of(st.none(), st.lists(goals, min_size=2, max_size=2, unique=True)))
    has_shootout = decided_by == DecidedBy.PENALTIES and shootout is not None
    return {
        "kickoff_at": draw(kickoff),
        "kickoff_is_fixed": draw(st.sampled_from([True, True, True, False])),
        "sport": "football",
        "competition": draw(st.sampled_from(["Premier League", "FA Cup", "World Cup"])),
        "competition_type": draw(st.sampled_from(list(CompetitionType))).value,
        "season": "2025-26",
        "stage": draw(st.sampled_from(list(Stage))).value,
        "round_name": None,
        "home_team": home,
        "away_team": away,
        "status": status,
        "decided_by": decided_by.value if decided_by else None,
        "home_goals": home_goals,
        "away_goals": away_goals,
        "half_time_home_goals": None,
        "half_time_away_goals": None,
        "shootout_home_goals": shootout[0] if has_shootout else None,
        "shootout_away_goals": shootout[1] if has_shootout else None,
        "venue": None,
        "match_source": draw(st.sampled_from(labels)),
        "source_name": "openfootball",
    }


def match_frames(
    kickoff: st.SearchStrategy[datetime],
    *,
    labels: Sequence[str] = LABELS,
    statuses: Sequence[str] = tuple(status.value for status in MatchStatus),
    min_size: int = 0,
    max_size: int = 6,
) -> st.SearchStrategy[pd.DataFrame]:
    """RawMatches of all statuses, stages and ends; a shoot-out may lack its score."""
    rows = st.lists(_match(kickoff, labels, statuses), min_size=min_size, max_size=max_size)
    # ids that do not sort like the rows were drawn
    return rows.map(
        lambda drawn: RawMatches.conform([{"match_id": f"m{7 * i % 10}{i}", **m} for i, m in enumerate(drawn)])
    )


def order_frames(
    ordered_at: st.SearchStrategy[datetime], market_names: Sequence[str], *, label: str = "real", max_size: int = 30
) -> st.SearchStrategy[pd.DataFrame]:
    """RawOrders under one label."""
    order = st.fixed_dictionaries(
        {
            "ordered_at": ordered_at,
            "sport": st.just("football"),
            "chain": st.sampled_from(CHAINS),
            "market": st.sampled_from(market_names),
            "store_id": st.sampled_from(STORE_IDS),
            "store_location": st.none(),
            "currency": st.sampled_from(CURRENCIES),
            "revenue_cents": st.integers(0, 100_000_000),
            "discount_cents": st.none() | st.integers(0, 100_000_000),
            "pizza_count": st.integers(0, 20),
            "items": st.none(),
            "order_source": st.just(label),
            "source_name": st.just("files"),
        }
    )
    rows = st.lists(order, max_size=max_size)
    return rows.map(lambda drawn: RawOrders.conform([{"order_id": f"o{i}", **order} for i, order in enumerate(drawn)]))


def covered_periods(
    starts_at: datetime, ends_at: datetime, market_names: Sequence[str]
) -> st.SearchStrategy[list[CoveredPeriod]]:
    """Periods that may overlap each other, reach over [starts_at, ends_at) or leave gaps in it."""
    minutes = int((ends_at - starts_at).total_seconds()) // 60
    edge = st.one_of(st.sampled_from([-60, 0, minutes, minutes + 60]), st.integers(0, minutes))
    edges = st.lists(edge, min_size=2, max_size=2, unique=True).map(sorted)
    period = st.builds(
        lambda market, chain, currency, between: CoveredPeriod(
            market, chain, currency, *(starts_at + timedelta(minutes=m) for m in between)
        ),
        st.sampled_from(market_names),
        st.sampled_from(CHAINS),
        st.sampled_from(CURRENCIES),
        edges,
    )
    return st.lists(period, max_size=6)


def is_covered(orders: pd.DataFrame, covered: Sequence[CoveredPeriod]) -> pd.Series:
    """Per order whether one of the periods holds it."""
    series = zip(orders["market"], orders["chain"], orders["currency"], orders["ordered_at"], strict=True)
    inside = [
        any((p.market, p.chain, p.currency) == names and p.starts_at <= at < p.ends_at for p in covered)
        for *key, at in series
        for names in [tuple(key)]
    ]
    return pd.Series(inside, index=orders.index, dtype=bool)


@dataclass(frozen=True)
class World:
    """16 hours of orders under one label, all covered, with matches of both labels that may reach over the edges."""

    markets: list[Market]
    matches: pd.DataFrame
    orders: pd.DataFrame
    covered: list[CoveredPeriod]
    starts_at: datetime
    ends_at: datetime
    order_source: str


@st.composite
def worlds(draw: st.DrawFn, least_matches: int = 0) -> World:
    starts_at, ends_at = FIRST_MOMENT, FIRST_MOMENT + timedelta(hours=16)
    places = draw(markets())
    names = [place.name for place in places]
    label = draw(st.sampled_from(LABELS))
    kickoff = kickoffs(starts_at - timedelta(hours=3), ends_at + timedelta(hours=2))
    matches = draw(match_frames(kickoff, min_size=least_matches))
    covered = draw(covered_periods(starts_at, ends_at, names))
    whole = st.lists(st.sampled_from(names), unique=True)
    covered += [CoveredPeriod(name, CHAINS[0], CURRENCIES[0], starts_at, ends_at) for name in draw(whole)]
    drawn = draw(order_frames(moments(starts_at, ends_at), names, label=label))
    orders = RawOrders.conform(drawn[is_covered(drawn, covered)])
    return World(places, matches, orders, covered, starts_at, ends_at, label)


def weeks() -> st.SearchStrategy[MatchWeek]:
    """Match weeks of 2015-2026 in several zones, a third of them around a change of the clock."""
    days = st.one_of(
        st.dates(date(2015, 1, 1), date(2026, 12, 31)),
        st.builds(date, st.integers(2015, 2026), st.sampled_from([3, 10, 11]), st.integers(25, 30)),
        st.builds(date, st.integers(2015, 2026), st.sampled_from([3, 4, 10, 11]), st.integers(1, 12)),
    )
    return st.builds(MatchWeek.of_date, days, st.sampled_from(ZONES))
