"""Which version of a match counts when two weeks list it: kick-offs move, and a week keeps what it was told."""

from collections.abc import Sequence

import pandas as pd

from pizza_assets.models import RawMatches
from pizza_assets.storage.tables import WeekTables


def current_matches(raw_matches: WeekTables, weeks: Sequence[str] | None = None) -> pd.DataFrame:
    """The matches of `weeks` (default: all stored), each once: as the week that was collected last has it.

    Real and mock versions are different matches: their ids never meet.
    """
    parts = []
    for week in weeks if weeks is not None else raw_matches:
        found, facts = raw_matches.get(week), raw_matches.facts(week)
        if found is not None and facts is not None and len(found.rows):
            parts.append(found.rows.assign(collected_at=facts.collected_at))
    if not parts:
        return RawMatches.empty()
    # equal times (one run): the later week is the later plan
    versions = pd.concat(parts, ignore_index=True).sort_values("collected_at", kind="stable")
    newest = versions.drop_duplicates(["match_source", "match_id"], keep="last")
    return RawMatches.conform(newest.drop(columns="collected_at"))


def windows_of_current_kickoffs(match_windows: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """The windows of `matches` as they are; those of a kick-off that has since moved belong to no match any more."""
    current = matches[["match_source", "match_id", "kickoff_at"]]
    return match_windows.merge(current, on=["match_source", "match_id", "kickoff_at"], how="inner")
