"""Which version of a match is current: kick-offs move, and earlier weeks keep the old version."""

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import RawMatches, RawMatchEvents
from pizza_assets.models.table import in_order
from pizza_assets.models.week import MatchWeek
from pizza_assets.storage.tables import WeekTables

_MATCH = ["match_source", "match_id"]


def neighbours(week: MatchWeek) -> list[str]:
    """The keys of the week before, the week and the week after."""
    return [week.shifted(n).key for n in (-1, 0, 1)]


def current_matches(raw_matches: WeekTables, weeks: Sequence[str] | None = None) -> pd.DataFrame:
    """The matches of `weeks` (default: all stored), each once, in the version of the most recently collected week.

    Real and mock matches never share an id, so they are never merged.
    """
    return raw_matches.derived_from_all("current_matches", partial(_newest_versions, raw_matches), weeks)


def _newest_versions(
    raw_matches: WeekTables, weeks: Sequence[str], are_wanted: Callable[[pd.Series], pd.Series] | None = None
) -> pd.DataFrame:
    """The newest version of each match. are_wanted: by their kick-offs; default: all.

    The versions are chosen by a few columns, since putting all columns of several weeks together takes long.
    """
    parts, versions = list[pd.DataFrame](), list[pd.DataFrame]()
    for week in weeks:
        found, facts = raw_matches.get(week), raw_matches.facts(week)
        if found is not None and facts is not None and len(found.rows):
            of_week = found.rows[[*_MATCH, "kickoff_at"]].assign(collected_at=facts.collected_at, part=len(parts))
            versions.append(of_week.assign(row=range(len(of_week))))
            parts.append(found.rows)
    if not parts:
        return RawMatches.empty()
    # weeks collected at the same time: the later week has the newer fixture
    all_versions = pd.concat(versions, ignore_index=True).sort_values("collected_at", kind="stable")
    newest = all_versions.drop_duplicates(_MATCH, keep="last")
    chosen = newest if are_wanted is None else newest[are_wanted(newest["kickoff_at"])]
    places = [(part, chosen.loc[chosen["part"] == number, "row"]) for number, part in enumerate(parts)]
    rows = [part.take(numbers) for part, numbers in places if len(numbers)]
    return in_order(pd.concat(rows), RawMatches.key()) if rows else RawMatches.empty()


def events_of(raw_match_events: WeekTables, matches: pd.DataFrame) -> pd.DataFrame:
    """The events of `matches` in all stored weeks, without the duplicates of a match listed by two weeks."""
    events = raw_match_events.rows()
    known = events.merge(matches[_MATCH], on=_MATCH)
    return known.drop_duplicates(list(RawMatchEvents.key()), ignore_index=True)


def matches_reaching(raw_matches: WeekTables, week: MatchWeek, lengths: WindowLengths) -> pd.DataFrame:
    """The current matches of the week and its neighbours that may have a window in the week: usually only its own.

    So collecting a neighbouring week changes the result only if one of its windows crosses the edge.
    """

    def reach_it(kickoff_at: pd.Series) -> pd.Series:
        opens = kickoff_at - pd.Timedelta(minutes=lengths.pre_minutes)
        closes = kickoff_at + pd.Timedelta(minutes=_longest_match(lengths) + lengths.post_minutes)
        return (opens < week.ends_at) & (closes > week.starts_at)

    kind = f"matches reaching {week.key} {lengths}"
    newest = partial(_newest_versions, raw_matches, are_wanted=reach_it)
    return raw_matches.derived_from_all(kind, newest, neighbours(week))


def weeks_touched(matches: pd.DataFrame, week: MatchWeek, lengths: WindowLengths) -> list[str]:
    """The weeks that the windows of these matches touch: usually the week alone, which saves two reads."""
    if matches.empty:
        return [week.key]
    first = matches["kickoff_at"].min() - pd.Timedelta(minutes=lengths.pre_minutes)
    last = matches["kickoff_at"].max() + pd.Timedelta(minutes=_longest_match(lengths) + lengths.post_minutes)
    if bool(first >= week.starts_at) and bool(last <= week.ends_at):
        return [week.key]
    return neighbours(week)


def windows_of_current_kickoffs(match_windows: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """The windows of `matches`, without those of kick-offs that have since moved."""
    current = matches[["match_source", "match_id", "kickoff_at"]]
    return match_windows.merge(current, on=["match_source", "match_id", "kickoff_at"], how="inner")


def current_windows(match_windows: pd.DataFrame, raw_matches: WeekTables) -> pd.DataFrame:
    """The windows of all stored matches at their current kick-offs."""
    return windows_of_current_kickoffs(match_windows, current_matches(raw_matches))


def _longest_match(lengths: WindowLengths) -> int:
    return max(lengths.regular_minutes, lengths.extra_time_minutes, lengths.penalties_minutes)
