"""Titles of views that describe the data: counts and comparisons of what is shown, without a test of anything.

Titles about effects are in titles.py. A view without rows, or with too few for its statement, has none here; the page
then shows its name.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.anomalies import MISSING_DAY
from pizza_assets.analysis.lost_hour_alarms import is_lost_hours
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DataSource, ResultStatus, Span, Window

TEMPLATES = {
    "calendar": "{source}Orders after matches were above usual on {above} of {days} match days",
    "matches": (
        "{source}Of {all} pairs of market and match, {above} stood out above usual and {below} below; chance alone "
        "makes about {chance}"
    ),
    "coming": "{source}Football is expected to {adds} {orders} ({share} %) around {matches} forecast",
    "timeline": "{source}Orders of the last {weeks} weeks were {size} % {side} those of the {weeks} before{left_out}",
    "timeline_alike": "{source}Orders of the last {weeks} weeks were as many as in the {weeks} before{left_out}",
    "anomalies": "{source}{alarms} found among all stores",
    "quality": "{causes}; {checks}",
    "quality_whole": "Nothing is missing in {weeks}, and no row was refused; {checks}",
    "sources": "All {what} are {kind}",
    "sources_mixed": "{shares}",
}
"""By view. A test says of each of them when it is true."""
WHOLE = "all"
"""The key of a title about all data, whatever their source."""
FEWEST_DAYS = 5
"""The calendar is not drawn for fewer match days, which are easier to read in the table of matches."""
FEWEST_MATCHES = 20
"""With fewer, not even one interval in twenty is expected to exclude 0 by chance."""
COMPARED_WEEKS = 4
_DAY, _COMPARED_DAYS = pd.Timedelta(days=1), 7 * COMPARED_WEEKS
_ALIKE_COVERAGE = 0.005
LOST, SPECIAL = "days with lost hours", "special days"
"""Why days are left out of the comparison of weeks, in words."""


def calendar_title(impact: pd.DataFrame) -> str:
    """On how many match days orders after the match were above usual. impact: MatchImpact of one pair of sources."""
    rows = _after(impact)
    sums = rows[(rows["status"] == ResultStatus.OK) & rows["expected"].notna()]
    days = sums.groupby("kickoff_date")[["observed", "expected"]].sum()
    if len(days) < FEWEST_DAYS:
        return ""
    return TEMPLATES["calendar"].format(
        source=_source_of_pair(impact), above=f"{(days['observed'] > days['expected']).sum():,}", days=f"{len(days):,}"
    )


def matches_title(impact: pd.DataFrame) -> str:
    """After how many matches of a market an interval excludes 0, beside what chance alone makes of it."""
    rows = _after(impact).dropna(subset=["ci_low_pct", "ci_high_pct"])
    if len(rows) < FEWEST_MATCHES:
        return ""
    above, below = (rows["ci_low_pct"] > 0).sum(), (rows["ci_high_pct"] < 0).sum()
    return TEMPLATES["matches"].format(
        source=_source_of_pair(impact),
        above=f"{above:,}",
        below=f"{below:,}",
        all=f"{len(rows):,}",
        chance=f"{round(0.05 * len(rows)):,}",
    )


def coming_title(forecast: pd.DataFrame) -> str:
    """What football adds around all coming matches together; empty unless such matches add or take orders on average.

    forecast: MatchForecast of one pair of sources.
    """
    around = forecast[(forecast["span"] == Span.MATCH) & (forecast["status"] == ResultStatus.OK)]
    rows = around.dropna(subset=["difference", "average_difference_low", "average_difference_high"])
    is_more, is_less = (rows["average_difference_low"] > 0).all(), (rows["average_difference_high"] < 0).all()
    if rows.empty or len(rows) < len(around) or not (is_more or is_less):
        return ""
    added, usual = rows["difference"].sum(), rows["without_football"].sum()
    if usual <= 0:
        return ""
    orders, share = round(abs(added)), wording.number(abs(100 * added / usual))
    if not orders or float(share) == 0:
        return ""
    matches = rows["match_id"].nunique()
    return TEMPLATES["coming"].format(
        source=_source_of_pair(rows),
        adds="add" if is_more else "take away",
        orders=counted_noun(orders, "order", "orders"),
        share=share,
        matches=counted_noun(matches, "match that is", "matches that are"),
    )


def timeline_title(timeline: pd.DataFrame, unlike: pd.DataFrame | None = None) -> str:
    """The last four weeks beside the four before; empty unless orders of the same markets are known for as long.

    timeline: OrdersTimelineExtract of one source of orders. unlike: spans that must not decide the comparison, with
    market, chain (None for all), starts_at, ends_at and why. Their days are left out, and so is the same day of the
    other four weeks: days of 24 hours, counted back from the end of the orders, which is the end of a business day
    unless the last week is incomplete.
    """
    end = timeline["hour_at"].max() + pd.Timedelta(hours=1)
    age = (end - timeline["hour_at"]) / pd.Timedelta(weeks=COMPARED_WEEKS)
    recent = timeline[age <= 2].assign(is_last=age[age <= 2] <= 1)
    recent, left_out = _without_days(recent, end, unlike)
    hours = recent.groupby(["market", "chain", "hour_at", "is_last"], as_index=False)["covered_minutes"].max()
    known = hours.groupby(["market", "chain", "is_last"])["covered_minutes"].sum().unstack("is_last")
    if set(known.columns) != {False, True} or known.isna().any(axis=None):
        return ""
    if (abs(known[True] / known[False] - 1) > _ALIKE_COVERAGE).any():
        return ""
    before, last = (recent.loc[recent["is_last"] == is_last, "order_count"].sum() for is_last in (False, True))
    if not before:
        return ""
    share = 100 * (last / before - 1)
    size = wording.number(abs(share))
    return TEMPLATES["timeline_alike" if float(size) == 0 else "timeline"].format(
        source=wording.order_prefix(timeline["order_source"].iloc[0]),
        size=size,
        side="above" if share > 0 else "below",
        weeks=COMPARED_WEEKS,
        left_out=left_out,
    )


def _without_days(recent: pd.DataFrame, end: pd.Timestamp, unlike: pd.DataFrame | None) -> tuple[pd.DataFrame, str]:
    """The hours on days like others, and which kinds of days were left out."""
    if unlike is None or unlike.empty:
        return recent, ""
    hour = pd.Timedelta(hours=1)
    day = (end - recent["hour_at"] - hour) // _DAY % _COMPARED_DAYS
    days = pd.MultiIndex.from_arrays([recent["market"], recent["chain"], day])
    chains = recent.groupby("market")["chain"].unique()
    is_out, why = np.zeros(len(recent), dtype=bool), []
    for kind in (LOST, SPECIAL):
        gone = set()
        for span in unlike[unlike["why"] == kind].to_dict("records"):
            first = max((end - span["ends_at"].ceil("h")) // _DAY, 0)
            last = min((end - span["starts_at"].floor("h") - hour) // _DAY, 2 * _COMPARED_DAYS - 1)
            of_chains = chains.get(span["market"], ()) if pd.isna(span["chain"]) else (span["chain"],)
            for chain in of_chains:
                gone |= {(span["market"], chain, number % _COMPARED_DAYS) for number in range(first, last + 1)}
        is_of_kind = days.isin(list(gone)) if gone else np.zeros(len(recent), dtype=bool)
        is_out |= is_of_kind
        why += [kind] if is_of_kind.any() else []
    return recent[~is_out], f", {wording.joined_words(why)} left out" if why else ""


def lost_spans(anomalies: pd.DataFrame) -> pd.DataFrame:
    """Hours and days that a store lost, for `timeline_title`. anomalies: OrderAnomalies."""
    lost = anomalies[is_lost_hours(anomalies) | (anomalies["kind"] == MISSING_DAY)]
    return lost[["market", "chain", "starts_at", "ends_at"]].assign(why=LOST)


def special_spans_for_titles(special: pd.DataFrame) -> pd.DataFrame:
    """Special days, for `timeline_title`. special: `special_spans`."""
    at = (
        special[["first_minute", "end_minute"]].astype("datetime64[m]").apply(lambda times: times.dt.tz_localize("UTC"))
    )
    return special[["market"]].assign(chain=None, starts_at=at["first_minute"], ends_at=at["end_minute"], why=SPECIAL)


def anomalies_title(anomalies: pd.DataFrame) -> str:
    """How many alarms there were of each kind. anomalies: OrderAnomalies of one source of orders."""
    found = wording.counted_alarms(anomalies["kind"].value_counts().to_dict())
    return TEMPLATES["anomalies"].format(
        source=wording.order_prefix(anomalies["order_source"].iloc[0]), alarms=wording.joined_words(found)
    )


def quality_title(weeks: pd.DataFrame, checks: pd.DataFrame) -> str:
    """In how many weeks orders or matches are not as they should be, and the outcomes of checks.

    weeks: DataQualityExtract. checks: ChecksExtract.
    """
    if weeks.empty:
        return ""
    all_weeks = counted_noun(weeks["week"].nunique(), "week", "weeks")
    causes = [clause for dataset in ("orders", "matches") for clause in _lacks(dataset, weeks)]
    if not causes:
        return TEMPLATES["quality_whole"].format(weeks=all_weeks, checks=_checks_words(checks))
    first, *others = causes
    told = wording.joined_words([f"{first} of {all_weeks}", *others])
    return TEMPLATES["quality"].format(causes=told[:1].upper() + told[1:], checks=_checks_words(checks))


def _lacks(dataset: str, weeks: pd.DataFrame) -> list[str]:
    """What the data set lacks, each with the number of its weeks."""
    own = weeks[weeks["dataset"] == dataset]
    counts = {
        "are missing": (own["data_source"] == "none").sum(),
        "are partial": own["is_partial"].sum(),
        "have refused rows": (own["rejected_count"] > 0).sum(),
    }
    return [f"{dataset} {words} in {count:,}" for words, count in counts.items() if count]


def _checks_words(checks: pd.DataFrame) -> str:
    """How many checks failed, warned at most, and have not run for every week."""
    if (checks["outcome"] == "not_checked").all():
        return "nothing has been checked"
    failed, warned, unchecked = (
        set(checks.loc[checks["outcome"] == outcome, ["asset", "check"]].itertuples(index=False, name=None))
        for outcome in ("error", "warning", "not_checked")
    )
    told = [f"{counted_noun(len(failed), 'check', 'checks') if failed else 'no check'} failed"]
    if only_warned := warned - failed:
        told.append(f"{len(only_warned):,} warned")
    if unchecked:
        told.append(f"{counted_noun(len(unchecked), 'has', 'have')} not run for every week")
    return wording.joined_words(told)


def sources_title(orders: pd.Series, matches: pd.Series) -> str:
    """How much is mock; empty if nothing is stored. orders, matches: their numbers by source."""
    shares = {
        words: of.get(DataSource.MOCK.value, 0) / of.sum()
        for words, of in (("orders", orders), ("matches", matches))
        if of.sum()
    }
    if not shares:
        return ""
    if set(shares.values()) in ({0.0}, {1.0}):
        return TEMPLATES["sources"].format(what=" and ".join(shares), kind=_kind(max(shares.values())))
    told = ", ".join(_share_words(words, share) for words, share in shares.items())
    return TEMPLATES["sources_mixed"].format(shares=told[:1].upper() + told[1:])


def _share_words(words: str, share: float) -> str:
    if share in (0.0, 1.0):
        return f"all {words} are {_kind(share)}"
    per_cent = "under 1" if share < 0.005 else "over 99" if share > 0.995 else f"{100 * share:.0f}"
    return f"{per_cent} % of {words} are {_kind(1.0)}"


def _kind(mock_share: float) -> str:
    return "mock" if mock_share else "real"


def overview_titles(
    impact: pd.DataFrame,
    forecast: pd.DataFrame,
    timeline: pd.DataFrame,
    anomalies: pd.DataFrame,
    weeks: pd.DataFrame,
    checks: pd.DataFrame,
    matches: pd.DataFrame,
    *,
    special: pd.DataFrame,
) -> dict[str, dict[str, str]]:
    """Titles by view, then by pair of sources, by source of orders, or WHOLE. special: `special_spans`; the other
    arguments are the page's extracts."""

    def of_timeline(rows: pd.DataFrame) -> str:
        alarms = anomalies[anomalies["order_source"] == rows["order_source"].iloc[0]]
        parts = [part for part in (lost_spans(alarms), special_spans_for_titles(special)) if len(part)]
        return timeline_title(rows, pd.concat(parts) if parts else None)

    orders = timeline.groupby("order_source")["order_count"].sum()
    titles = {
        "calendar": _by_sources(impact, SOURCES, calendar_title),
        "matches": _by_sources(impact, SOURCES, matches_title),
        "coming": _by_sources(forecast, SOURCES, coming_title),
        "timeline": _by_sources(timeline, ["order_source"], of_timeline),
        "anomalies": _by_sources(anomalies, ["order_source"], anomalies_title),
        "quality": {WHOLE: quality_title(weeks, checks)},
        "sources": {WHOLE: sources_title(orders, matches["match_source"].value_counts())},
    }
    return {name: {key: text for key, text in of.items() if text} for name, of in titles.items()}


def _by_sources(rows: pd.DataFrame, sources: list[str], title: Callable[[pd.DataFrame], str]) -> dict[str, str]:
    return {"/".join(map(str, key)): title(own) for key, own in rows.groupby(sources)}


def _after(impact: pd.DataFrame) -> pd.DataFrame:
    return impact[impact["window"] == Window.POST]


def _source_of_pair(rows: pd.DataFrame) -> str:
    return wording.source_prefix(*rows[SOURCES].iloc[0])
