"""The list of coming fixtures from a match source's next weeks. Querying the source does not belong here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.forecast.order_history import HORIZON_DAYS
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import ComingMatches, RawMatches
from pizza_assets.models.vocabulary import EXPOSING_STATUSES, MatchStatus

NOT_FIXED = "the kick-off is not fixed yet, so nothing is forecast"
_WORDS = {
    MatchStatus.SCHEDULED.value: NOT_FIXED,
    MatchStatus.POSTPONED.value: "it is postponed, so nothing is forecast",
    MatchStatus.CANCELLED.value: "it is cancelled, so nothing is forecast",
    MatchStatus.SUSPENDED.value: "it is suspended, so nothing is forecast",
}
_COPIED = [
    "match_id",
    "kickoff_at",
    "kickoff_is_fixed",
    "status",
    "competition",
    "competition_type",
    "season",
    "stage",
    "home_team",
    "away_team",
    "match_source",
    "source_name",
]


def coming_matches(
    matches: DataFrame[RawMatches],
    notices: Sequence[str],
    failures: Sequence[str],
    label: str,
    source_name: str,
    now: datetime,
    timezone: str,
    previous: DataFrame[ComingMatches] | None = None,
    lengths: WindowLengths | None = None,
) -> DataFrame[ComingMatches]:
    """Fixtures that kick off within 14 days from `now`; those without a fixed kick-off are chosen by date.

    A match stays in the list until its last window has ended, because hours after its kick-off are still to be staffed.
    lengths: of windows; the usual ones if not given.

    matches: at least the weeks of this period. notices, failures: messages about the list; one more notice is added if
    there is no fixture. label, source_name: the source of the messages. previous: the list as last stored, with the
    first announced kick-offs.
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    since, until = pd.Timestamp(now), pd.Timestamp(now) + timedelta(days=HORIZON_DAYS)
    midnight = pd.Timestamp(datetime.combine(today, datetime.min.time(), ZoneInfo(timezone)))
    kickoff = matches["kickoff_at"]
    of_windows = lengths or WindowLengths()
    lasts = timedelta(minutes=of_windows.regular_minutes + of_windows.post_minutes)
    is_ahead = (matches["kickoff_is_fixed"] & (kickoff + lasts > since)) | (
        ~matches["kickoff_is_fixed"] & (kickoff >= midnight)
    )
    fixtures = matches.loc[is_ahead & (kickoff < until), _COPIED].reset_index(drop=True)
    fixtures = fixtures.assign(
        entry="fixture",
        announced_kickoff_at=_announced(fixtures, previous),
        note=[_note(*row) for row in fixtures[["status", "kickoff_is_fixed"]].itertuples(index=False, name=None)],
    )
    messages = [("notice", text) for text in dict.fromkeys(notices)]
    if fixtures.empty:
        days = f"{today:%d %b %Y} to {until.astimezone(ZoneInfo(timezone)):%d %b %Y}"
        messages.insert(0, ("notice", f"No fixture of the chosen competitions is known for the next 14 days ({days})"))
    messages += [("failure", text) for text in dict.fromkeys(failures)]
    rows = pd.DataFrame(
        [
            {
                **dict.fromkeys(ComingMatches.column_names()),
                "entry": entry,
                "match_id": f"notice {number}",
                "kickoff_is_fixed": False,
                "note": text,
                "match_source": label,
                "source_name": source_name,
            }
            for number, (entry, text) in enumerate(messages, start=1)
        ],
        columns=ComingMatches.column_names(),
    )
    filled = [part.assign(asked_on=today.isoformat()) for part in (fixtures, rows) if len(part)]
    for part in filled:
        for name in ("kickoff_at", "announced_kickoff_at"):
            part[name] = pd.to_datetime(part[name], utc=True).astype("datetime64[us, UTC]")
    return ComingMatches.checked(pd.concat(filled, ignore_index=True) if filled else ComingMatches.empty())


def forecast_fixtures(coming: DataFrame[ComingMatches]) -> pd.DataFrame:
    """The fixtures that can be forecast: those with a fixed kick-off that is not in doubt."""
    return coming[(coming["entry"] == "fixture") & coming["note"].isna()].reset_index(drop=True)


def _note(status: str, kickoff_is_fixed: bool) -> str | None:
    if not kickoff_is_fixed and status in {MatchStatus.SCHEDULED, MatchStatus.TIMED}:
        return NOT_FIXED
    if status not in EXPOSING_STATUSES:
        return _WORDS.get(status, "the time is in doubt, so nothing is forecast")
    return None if kickoff_is_fixed else NOT_FIXED


def _announced(fixtures: pd.DataFrame, previous: pd.DataFrame | None) -> pd.Series:
    if previous is None or previous.empty:
        return fixtures["kickoff_at"].where(fixtures["kickoff_is_fixed"])
    known = previous[(previous["entry"] == "fixture") & previous["kickoff_is_fixed"]]
    first = known.drop_duplicates(["match_source", "match_id"])[["match_source", "match_id", "announced_kickoff_at"]]
    found = fixtures[["match_source", "match_id"]].merge(first, on=["match_source", "match_id"], how="left")
    return found["announced_kickoff_at"].fillna(fixtures["kickoff_at"]).where(fixtures["kickoff_is_fixed"])
