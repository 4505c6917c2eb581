"""Every sentence about a result, from one table of templates; which of them is true of a row is decided here.

Numbers come from `correlation_results` and `event_study`; names of periods, places and sources from wording.py.
"""

from collections.abc import Mapping, Sequence
from math import log1p

import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.moved_orders import MovedOrders
from pizza_assets.analysis.reasons import split
from pizza_assets.analysis.result_context import NO_CONTEXT, Context
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.vocabulary import KICKOFF_TIME, OWN_TEAM_MATCH, ResultStatus, Scope, Span

TEMPLATES = {
    "unanswered": "Not enough data to say what orders{where} do {period}{about}: {missing}.",
    "too_few": (
        "Too few orders{or_matches} to tell whether anything happens {period}{about}: only a change of {smallest} % or "
        "more would show (orders{where} were {found}; {evidence})."
    ),
    "nothing_found": (
        "No effect found {period}{about}: orders{where} were {found} ({evidence}); a change of {smallest} % or more "
        "would have been found in 80 % of such data sets."
    ),
    "not_significant": (
        "Orders{where} were {found} {period}{about} ({evidence}), but the test does not confirm it (p = {p})."
    ),
    "not_among_all": (
        "Orders{where} were {found} {period}{about} ({evidence}), but that is no finding: it may be chance among all "
        "the claims tested together."
    ),
    "finding": "{before}Orders{where} {run} {found} {period}{about} ({evidence}){more}.{doubt}",
    "by_permutation": "; the interval includes 0, but matches permuted are rarely so far from it",
    "too_large": " Such data mostly show only changes of {smallest} % or more, so this one is probably too large.",
    "hours_before": (
        "Hours before kick-off, orders{where} were already {found}: something else goes with match days (a promotion, "
        "a holiday), so the effect may not be football's."
    ),
    "own_seasons": (
        "At these hours {markets} {keep} a season of {their} own, which is not the match's: this number may be off by "
        "{off_by} %."
    ),
    "own_seasons_of_each": (
        "At these hours {markets} {keep} a season of {their} own, which is not the match's: the number of {each} may "
        "be off by up to {off_by} %."
    ),
    "own_seasons_by_span": (
        "{whose} not due to the match: {markets}. The number of {each} may be off by up to {off_by} %."
    ),
    "average": ", on average over kick-off times that differ",
    "moved": (
        "{before}Orders moved from {fewer} to {more} {match}: together they were unchanged to within {within} % (90 % "
        "interval {low} to {high} %, {matches}).{doubt}"
    ),
    "moved_unknown": " Whether orders only moved between these windows can't be said.",
    "kickoffs_unanswered": "Not enough data to say whether the effect {period} differs by time of kick-off: {missing}.",
    "kickoffs_alike": "The effect {period} was not found to differ by time of kick-off ({matches}).",
    "kickoffs_differ": (
        "{before}The effect {period} differs by time of kick-off: {effects}{without}{untold} ({matches}, 95 % "
        "intervals)."
    ),
    "kickoffs_differ_somehow": (
        "{before}The effect {period} differs by time of kick-off ({matches}), but at no time alone was one "
        "found{untold}."
    ),
    "kickoffs_without": "; none was found {times}",
    "kickoffs_untold": "; too few dates or orders to tell {times}",
    "kickoff": "{when} {found} % ({low} to {high})",
    "family_unanswered": "Not enough data for any of {claims} about {about}{missing}.",
    "family_too_few": (
        "Too few orders for any of {claims} about {about}: only a change of {smallest} % or more would show."
    ),
    "family_nothing_found": (
        "No effect found in any of {claims} about {about} ({answered} could be answered); for the most precise of "
        "them, a change of {smallest} % or more would have been found in 80 % of such data sets."
    ),
    "family_none_sure": (
        "None of {claims} about {about} is a finding ({answered} could be answered): {alone} beside 0 taken alone, "
        "which may be chance among so many; for the most precise of them, a change of {smallest} % or more would have "
        "been found in 80 % of such data sets."
    ),
    "family_more": "{findings} about {about}; all are in correlation_results.",
    "goal_unanswered": "Not enough data to say what orders do {period}: {missing}.",
    "goal_nothing_found": "No effect found {period}: orders were {found} ({evidence}).",
    "goal_not_sure": (
        "Orders were {found} {period} ({evidence}), but that is no finding: it may be chance among all the claims "
        "tested together."
    ),
    "goal_finding": "Orders run {found} {period} than at the same minute without one ({evidence}).",
    "alarms": "Stores departed from their usual orders: {alarms}{doubt}{near}.",
    "title_finding": "{source}Orders run {found} {period}{about}",
    "title_hours_before": "{source}Orders were {found} {period}{about}, and not as usual hours before it, either",
    "title_nothing_found": "{source}No effect found {period}{about}",
    "title_contrast_nothing_found": "{source}{subject} was not found to matter for orders {period}",
    "title_results": "{source}Orders {period}: {effects}",
    "title_result": "{found} if {result}",
    "title_result_nothing_found": "no effect found if {result}",
    "title_curve": "{source}Orders are {spans}",
    "title_curve_nothing_found": "{source}At no time around kick-off were orders found to differ from usual",
    "title_accuracy": "{source}Forecasts around matches missed by {error} % of orders, the mean of 8 weeks by {mean} %",
}
"""By name. A test says of each of them when it is true."""
TOO_FEW_ORDERS_MDE_PCT = 30.0
"""If only larger changes than this would be found, the sentence says so instead of "no effect"."""
SUSPICIOUS_P = 0.02
"""At this p-value or less of the hours before a match, its effect may not be football's."""


def excludes_zero(row: Mapping) -> bool:
    """Whether the 95 % interval of a row lies on one side of 0."""
    return row["ci_low_pct"] > 0 or row["ci_high_pct"] < 0


def template_of(result: Mapping) -> str:
    """The name of the template that is true of a row of CorrelationResults about an effect."""
    if result["status"] != ResultStatus.OK:
        return "unanswered"
    if result["direction"] != "none":
        return "finding"
    if result["mde_80_pct"] > TOO_FEW_ORDERS_MDE_PCT:
        return "too_few"
    if not excludes_zero(result):
        return "nothing_found"
    return "not_significant" if result["role"] == "primary" else "not_among_all"


def has_too_few_orders(result: Mapping) -> bool:
    """Whether "no effect" would say too much: nothing was found where only a very large change could have been."""
    return template_of(result) == "too_few"


def began_before(result: Mapping) -> bool:
    """Whether orders departed from usual hours before kick-off already."""
    return result["hours_before_p_value"] is not None and result["hours_before_p_value"] <= SUSPICIOUS_P


def hours_before(result: Mapping) -> str:
    """What goes with match days besides football."""
    where = "" if result["scope"] == Scope.OVERALL else " in all markets together"
    return TEMPLATES["hours_before"].format(where=where, found=wording.change(result["hours_before_uplift_pct"]))


def has_own_seasons(result: Mapping) -> bool:
    """Whether markets keep seasons of their own at the hours of the result."""
    return bool(split(result["own_season_markets"]))


def own_seasons(result: Mapping) -> str:
    """Which markets do, and how far the number may be off."""
    markets = split(result["own_season_markets"])
    return TEMPLATES["own_seasons"].format(**_keepers(markets), off_by=wording.number(result["own_season_off_by_pct"]))


def own_seasons_of_each(results: Sequence[Mapping]) -> str:
    """`own_seasons` of several results whose numbers are not told; empty if there is none."""
    warned = [row for row in results if row["status"] == ResultStatus.OK and has_own_seasons(row)]
    if not warned:
        return ""
    spans: dict[str, dict[str, None]] = {}
    for row in warned:
        for market in split(row["own_season_markets"]):
            spans.setdefault(market, {})[row["time_window"]] = None
    parts = {
        **_keepers(list(spans)),
        "each": "this market" if len(spans) == 1 else "each",
        "off_by": wording.number(max(row["own_season_off_by_pct"] for row in warned)),
    }
    if all(of_market.keys() == {row["time_window"] for row in results} for of_market in spans.values()):
        return TEMPLATES["own_seasons_of_each"].format(**parts)
    by_span = "; ".join(f"{market} {wording.spans_in_words(of_market)}" for market, of_market in spans.items())
    of_one, of_several = (
        "This market has a seasonal pattern of its own that is",
        "These markets have seasonal patterns of their own that are",
    )
    whose = of_one if len(spans) == 1 else of_several
    return TEMPLATES["own_seasons_by_span"].format(**{**parts, "markets": by_span, "whose": whose})


def _keepers(markets: Sequence[str]) -> dict[str, str]:
    keep, their = ("keeps", "its") if len(markets) == 1 else ("keep", "their")
    return {"markets": ", ".join(markets), "keep": keep, "their": their}


def sentence(result: Mapping, period: str, more_evidence: str = "", context: Context = NO_CONTEXT) -> str:
    """A row of CorrelationResults as a sentence about `period`: the finding, that there is none, or what is missing.

    more_evidence: appended inside the brackets of a finding. context: of the pair of sources.
    """
    if result["subject"] == KICKOFF_TIME:
        return kickoff_sentence(result, period, context)
    moved = context.moved
    if moved and tells_of_moved(result):
        told = _about_effect(result, period, more_evidence, context)
        return moved_sentence(moved, result) if moved.is_unchanged else told + TEMPLATES["moved_unknown"]
    return _about_effect(result, period, more_evidence, context)


def _about_effect(result: Mapping, period: str, more_evidence: str, context: Context) -> str:
    name = template_of(result)
    is_contrast = result["subject"] in wording.CONTRASTS
    about = f" {wording.CONTRASTS[result['subject']]}" if is_contrast else ""
    parts = {
        "where": wording.place(result["scope"], result["scope_value"]),
        "period": period + wording.circumstance(result["scope"], result["scope_value"]),
        "about": about,
    }
    if name == "unanswered":
        return TEMPLATES[name].format(missing=wording.explanations(split(result["reasons"])), **parts)
    is_goal = result["subject"] in wording.PERIODS_OF_GOALS
    if context.do_kickoffs_differ and result["role"] == "primary":
        parts["about"] += TEMPLATES["average"]
    evidence = wording.interval(result["ci_low_pct"], result["ci_high_pct"])
    matches = counted_noun(result["n_matches"], "match", "matches")
    found = wording.difference if is_contrast or is_goal else wording.change
    return TEMPLATES[name].format(
        **parts,
        found=found(result["uplift_pct"]),
        evidence=f"{'compared with the same minute without one; ' if is_goal else ''}{evidence}, {matches}"
        + (more_evidence if name == "finding" else ""),
        smallest=wording.number(result["mde_80_pct"]),
        or_matches="" if wording.is_same_day(result) else " or matches",
        p=_p_value(result),
        before=f"{hours_before(result)} " if began_before(result) else "",
        run="were" if began_before(result) else "run",
        more="" if excludes_zero(result) else TEMPLATES["by_permutation"],
        doubt=doubt(result),
    )


def _p_value(result: Mapping) -> str:
    return "not known" if result["p_value"] is None else f"{result['p_value']:.3f}"


def doubt(result: Mapping) -> str:
    """That a finding in data that show only large changes is probably too large (Gelman and Carlin 2014); and which
    markets keep seasons of their own."""
    smallest, uplift = result["mde_80_pct"], result["uplift_pct"]
    is_large = smallest > TOO_FEW_ORDERS_MDE_PCT and abs(log1p(uplift / 100)) < log1p(smallest / 100)
    too_large = TEMPLATES["too_large"].format(smallest=wording.number(smallest)) if is_large else ""
    return too_large + (f" {own_seasons(result)}" if has_own_seasons(result) else "")


def tells_of_moved(result: Mapping) -> bool:
    """Whether a row of CorrelationResults is the one that says whether orders only moved: that of the whole match."""
    return (
        result["subject"] == OWN_TEAM_MATCH
        and result["scope"] == Scope.OVERALL
        and result["time_window"] == Span.MATCH
        and result["status"] == ResultStatus.OK
    )


def moved_sentence(moved: MovedOrders, result: Mapping) -> str:
    """That orders only moved. result: the row of the whole match."""
    fewer, more = (
        " and ".join(wording.WINDOW_WORDS[window] for window in windows) for windows in (moved.fewer_in, moved.more_in)
    )
    return TEMPLATES["moved"].format(
        before=f"{hours_before(result)} " if began_before(result) else "",
        fewer=fewer,
        more=more,
        match=wording.match_of(result),
        within=wording.number(moved.within_pct),
        low=wording.number(moved.low_pct),
        high=wording.number(moved.high_pct),
        matches=counted_noun(result["n_matches"], "match", "matches"),
        doubt=f" {own_seasons(result)}" if has_own_seasons(result) else "",
    )


def kickoff_sentence(result: Mapping, period: str, context: Context) -> str:
    """Whether the effect differs by time of kick-off. result: the row of that hypothesis."""
    if result["status"] != ResultStatus.OK:
        missing = wording.explanations(split(result["reasons"]))
        return TEMPLATES["kickoffs_unanswered"].format(period=period, missing=missing)
    name = "kickoffs_differ" if context.kickoff_times else "kickoffs_differ_somehow"
    return TEMPLATES[name if result["direction"] == "differs" else "kickoffs_alike"].format(
        before=f"{hours_before(result)} " if began_before(result) else "",
        period=period,
        matches=counted_noun(result["n_matches"], "match", "matches"),
        effects=", ".join(
            TEMPLATES["kickoff"].format(
                when=wording.KICKOFFS[row["scope_value"]],
                found=wording.signed(row["uplift_pct"]),
                low=wording.number(row["ci_low_pct"]),
                high=wording.number(row["ci_high_pct"]),
            )
            for row in context.kickoff_times
        ),
        without=_at_times("kickoffs_without", context.kickoffs_without),
        untold=_at_times("kickoffs_untold", context.kickoffs_untold),
    )


def _at_times(template: str, classes: Sequence[str]) -> str:
    """A clause about classes of kick-off times; empty without any."""
    times = " or ".join(wording.KICKOFFS[name] for name in classes)
    return TEMPLATES[template].format(times=times) if times else ""


def goal_sentence(point: Mapping, more_evidence: str, *, is_finding: bool) -> tuple[str, str]:
    """The kind of insight and the sentence about a row of EventStudy on the quarter of an hour after a goal."""
    period = "in the quarter of an hour after a goal of the own team"
    if point["status"] != ResultStatus.OK:
        missing = wording.explanations(split(point["reasons"]))
        return "insufficient_data", TEMPLATES["goal_unanswered"].format(period=period, missing=missing)
    goals = counted_noun(int(point["n_goals"]), "goal", "goals")
    evidence = f"{wording.interval(point['ci_low_pct'], point['ci_high_pct'])}, {goals}"
    parts = {"period": period, "found": wording.difference(point["uplift_pct"])}
    if is_finding:
        return "finding", TEMPLATES["goal_finding"].format(evidence=evidence + more_evidence, **parts)
    name = "goal_not_sure" if excludes_zero(point) else "goal_nothing_found"
    return "nothing_found", TEMPLATES[name].format(evidence=evidence, **parts)


def alarm_sentence(counts: Mapping[str, int], false_share: float, near: int) -> str:
    """How many alarms of each kind a source has. false_share: expected, NaN if not known. near: a followed match."""
    percent = wording.number(100 * false_share)
    return TEMPLATES["alarms"].format(
        alarms=", ".join(wording.counted_alarms(counts)),
        doubt="" if pd.isna(false_share) else f" (at most {percent} % of a kind are expected to be false)",
        near=f"; {counted_noun(near, 'of them lies', 'of them lie')} near a followed team's match",
    )
