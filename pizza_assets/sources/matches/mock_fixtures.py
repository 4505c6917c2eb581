"""Fixtures of mock matches: a double round robin over a season's weekends and midweeks, in local time.

Scores do not belong here.
"""

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd

WEEKENDS = 41
"""Weekends from the second Saturday of August to the middle of May."""

_FREE_WEEKENDS = (4, 9, 14, 21, 25, 29, 32, 36)
"""Weekends left free for national teams and cups, as in real seasons."""

_SATURDAY_SLOTS = ((0, time(12, 30)), *((0, time(15)),) * 4, (0, time(17, 30)))
_SUNDAY_SLOTS = (*((1, time(14)),) * 2, (1, time(16, 30)))
_FRIDAY, _MONDAY = (-1, time(20)), (2, time(20))
_MIDWEEK_SLOTS = (
    *((3, time(19, 45)),) * 3,
    *((3, time(20, 15)),) * 2,
    *((4, time(19, 30)),) * 3,
    *((4, time(20, 15)),) * 2,
)
"""Days after the round's Saturday, and the local kick-off; one entry for each match of a round of ten."""


def season_fixtures(
    teams: tuple[str, ...], first_year: int, timezone: str, random: np.random.Generator
) -> pd.DataFrame:
    """A season's fixtures: columns home_team, away_team, round_number (from 1), kickoff_at (UTC), by round.

    Every team plays once a round and meets every other at home and away; the second half mirrors the first. Raises
    ValueError for fewer than two teams or more rounds than a season has room for.
    """
    fixtures = _double_round_robin(np.array(random.permutation(teams), dtype=object))
    sizes = np.bincount(fixtures["round_number"])[1:]
    saturdays, is_midweek = _round_saturdays(len(sizes), first_year)
    kickoffs: list[datetime] = []
    for number, (saturday, size) in enumerate(zip(saturdays, sizes, strict=True)):
        if is_midweek[number]:
            slots = _MIDWEEK_SLOTS
        else:
            evening = _evening(is_midweek[number - 1 : number].any(), is_midweek[number + 1 : number + 2].any(), random)
            slots = (*_SATURDAY_SLOTS, *_SUNDAY_SLOTS, evening)
        kickoffs += _spread(slots, int(size), saturday, random)
    fixtures["kickoff_at"] = pd.DatetimeIndex(kickoffs).tz_localize(timezone).tz_convert("UTC")
    return fixtures


def _evening(follows_midweek: bool, precedes_midweek: bool, random: np.random.Generator) -> tuple[int, time]:
    """The slot of a weekend's televised evening match, chosen so that no team plays on consecutive days."""
    if follows_midweek != precedes_midweek:
        return _MONDAY if follows_midweek else _FRIDAY
    return _FRIDAY if random.random() < 0.5 else _MONDAY


def _spread(
    slots: tuple[tuple[int, time], ...], size: int, saturday: date, random: np.random.Generator
) -> list[datetime]:
    """Local kick-offs of one round's matches; slots are repeated or left out in a round that is not of ten."""
    places = random.permutation(max(size, len(slots)))[:size] % len(slots)
    return [datetime.combine(saturday + timedelta(days=slots[place][0]), slots[place][1]) for place in places]


def _double_round_robin(teams: np.ndarray) -> pd.DataFrame:
    """Pairings by the circle method: one team stays, the others rotate; home and away alternate by round."""
    size = len(teams) + len(teams) % 2  # with an odd number of teams, the last place is a bye
    if len(teams) < 2 or 2 * (size - 1) > 2 * (WEEKENDS - len(_FREE_WEEKENDS)):
        most = WEEKENDS - len(_FREE_WEEKENDS) + 1
        raise ValueError(f"{len(teams)} teams: a double round robin in one season needs 2 to {most}")
    rounds, pairs = np.meshgrid(np.arange(size - 1), np.arange(size // 2), indexing="ij")
    first = np.where(pairs == 0, size - 1, (rounds + pairs) % (size - 1))
    second = (rounds - pairs) % (size - 1)
    swaps = np.where(pairs == 0, rounds % 2 == 0, pairs % 2 == 0)
    home, away = np.where(swaps, second, first).ravel(), np.where(swaps, first, second).ravel()
    plays = (home < len(teams)) & (away < len(teams))
    home, away, numbers = home[plays], away[plays], rounds.ravel()[plays] + 1
    both_halves = pd.DataFrame(
        {
            "home_team": teams[np.concatenate([home, away])],
            "away_team": teams[np.concatenate([away, home])],
            "round_number": np.concatenate([numbers, numbers + size - 1]),
        }
    )
    return both_halves.sort_values("round_number", kind="stable", ignore_index=True)


def _round_saturdays(rounds: int, first_year: int) -> tuple[list[date], np.ndarray]:
    """Each round's Saturday, and whether the round is played in the midweek after it."""
    weekends = np.setdiff1d(np.arange(WEEKENDS), _FREE_WEEKENDS)
    in_midweek = max(0, rounds - len(weekends))
    chosen, midweeks = _evenly_chosen(weekends, rounds - in_midweek), _evenly_chosen(weekends, in_midweek)
    weeks = np.concatenate([chosen, midweeks])
    is_midweek = np.repeat([False, True], [len(chosen), len(midweeks)])
    order = np.lexsort([is_midweek, weeks])
    eighth = date(first_year, 8, 8)
    opening = eighth + timedelta(days=(5 - eighth.weekday()) % 7)
    return [opening + timedelta(weeks=int(week)) for week in weeks[order]], is_midweek[order]


def _evenly_chosen(weeks: np.ndarray, count: int) -> np.ndarray:
    """`count` of `weeks`, evenly spread and all different."""
    return weeks[((np.arange(count) + 0.5) * len(weeks) / max(count, 1)).astype(int)]
