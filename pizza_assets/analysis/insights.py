"""Sentences a manager reads, each with its numbers, its caveat and the word mock where it applies.

Every number comes from `correlation_results` or `match_impact`; nothing is estimated or tested here.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis import sentences, wording
from pizza_assets.analysis.correlation_rows import FINDING_AT_Q
from pizza_assets.analysis.events_in_shops import goals_in_shops
from pizza_assets.analysis.family_sentences import family_sentence, more_findings
from pizza_assets.analysis.hypotheses import GOAL_HYPOTHESES
from pizza_assets.analysis.outage_caveats import listed_outages, outage_caveats
from pizza_assets.analysis.reasons import Reason, split
from pizza_assets.analysis.result_context import NO_CONTEXT, Context, context_of
from pizza_assets.analysis.store_hours import effects_in_shops
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models import CorrelationResults, EventStudy, Insights, MatchImpact, MatchWindows, OrderAnomalies
from pizza_assets.models.currency import minor_digits
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import KICKOFF_TIME, OWN_TEAM_MATCH, DataSource, ResultStatus, Scope, Span, Window

_ESTIMAND_CAVEAT = "This is the effect beyond what football does to everyone at that hour."
_SAME_DAY_CAVEAT = (
    "No market could serve as control, so matches were compared with the rest of their day and with days without one."
)
_OF_EACH_CAVEAT = "The markets follow different teams, so each was compared with its own days."
_EXPLORATORY_CAVEAT = "Exploratory: not the hypothesis declared beforehand."
_RESULT_CAVEAT = "How a match ended is known only afterwards: this describes the past and predicts nothing."
_NOT_ZERO_CAVEAT = "Nothing found is not the same as no effect."
_SOURCE_CAVEATS = {
    DataSource.MOCK.value: "Based on mock orders: it shows how the platform works, not what real customers do.",
    DataSource.MIXED.value: "Real orders were compared with invented matches: it says nothing about football.",
}
MAX_FINDINGS_PER_FAMILY = 5
HEADLINE_SERIES = "own_goal_0_15"
_COPIED = (
    "uplift_pct",
    "ci_low_pct",
    "ci_high_pct",
    "n_matches",
    "order_source",
    "match_source",
    "data_source",
    "extra_orders_per_store_hour",
    "extra_revenue_per_store_hour_cents",
    "currency",
)
_READING_ORDER = {
    "role": ["primary", "exploratory"],
    "data_source": ["real", "mixed", "mock"],
    "match_source": ["real", "mock"],
    "time_window": [*Window, Span.MATCH],
}
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}


def insights(
    results: DataFrame[CorrelationResults],
    impact: DataFrame[MatchImpact],
    match_windows: DataFrame[MatchWindows],
    *,
    points: DataFrame[EventStudy] | None = None,
    anomalies: DataFrame[OrderAnomalies] | None = None,
    source_reasons: Sequence[str] = (),
    markets: Sequence[Market] = (),
    default_timezone: str = "UTC",
) -> DataFrame[Insights]:
    """One insight per hypothesis about the match itself (the primary first, real before mixed before mock, and real
    matches before mock ones); for every other family, one per finding or one that nothing was found; then goals;
    anomalies; source reasons.

    source_reasons: notes of the sources, such as why mock data are used or which effects mock data contain.
    markets: their time zones, of the days of outages; others have default_timezone; and their special days. There is
    always at least one row.
    """
    effects = _with_columns(results, effects_in_shops(results, impact, match_windows))
    is_about_match = (effects["subject"] == OWN_TEAM_MATCH) & (effects["scope"] == Scope.OVERALL)
    contexts = {pair: context_of(own.to_dict("records")) for pair, own in effects.groupby(SOURCES)}
    outages = outage_caveats(anomalies, {market.name: market.timezone for market in markets}, default_timezone)
    listed = listed_outages(markets, match_windows["kickoff_at"])
    told = effects[is_about_match | (effects["subject"] == KICKOFF_TIME)]
    rows = [
        _insight(row, contexts[row["order_source"], row["match_source"]])
        for row in sorted(told.to_dict("records"), key=_reading_order)
    ]
    is_about_goals = effects["subject"].isin([hypothesis.subject for hypothesis in GOAL_HYPOTHESES.values()])
    # the effect at a time of kick-off is told with the hypothesis that times differ
    others = effects[~is_about_goals & (effects["scope"] != Scope.KICKOFF)].drop(told.index, errors="ignore")
    families = [family for _, family in others.groupby("family_id", sort=True)]
    for family in sorted(families, key=lambda family: _reading_order(family.iloc[0].to_dict())):
        rows += _family_insights(family)
    if points is not None:
        goals = points[points["series"] == HEADLINE_SERIES]
        in_shops = _with_columns(goals, goals_in_shops(goals, impact, match_windows))
        rows += _goal_insights(in_shops, results[results["subject"] == GOAL_HYPOTHESES[HEADLINE_SERIES].subject])
    rows = [_with_caveat(_with_caveat(row, outages.get(row["order_source"])), listed) for row in rows]
    rows += [] if anomalies is None else _anomaly_insights(anomalies)
    rows += [_source_caveat(reason, results) for reason in dict.fromkeys(source_reasons)]
    return Insights.checked([{**row, "rank": rank} for rank, row in enumerate(rows or [_nothing_analysed()], start=1)])


def _with_columns(rows: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """`rows` with the columns of `added`, None where unknown."""
    return rows.assign(
        **{str(name): column.astype(object).where(column.notna(), None) for name, column in added.items()}
    )


def _reading_order(result: dict) -> tuple:
    places = (order.index(result[name]) for name, order in _READING_ORDER.items())
    return *places, result["scope"] != Scope.OVERALL, result["analysis_id"]


def _family_insights(family: pd.DataFrame) -> list[dict]:
    """One insight per finding, smallest q-value first; if there is none, one that says so."""
    found = family[family["direction"].isin(["up", "down"])].sort_values(["q_value", "analysis_id"])
    first = family.iloc[0]
    if len(found):
        shown = [_insight(row) for row in found.head(MAX_FINDINGS_PER_FAMILY).to_dict("records")]
        remaining = len(found) - MAX_FINDINGS_PER_FAMILY
        return shown + ([_remaining_findings(found, remaining)] if remaining > 0 else [])
    prefix = wording.source_prefix(str(first["order_source"]), str(first["match_source"]))
    kind, sentence = family_sentence(family)
    return [
        {
            **_NO_NUMBERS,
            **{name: first[name] for name in ("order_source", "match_source", "data_source")},
            "kind": kind,
            "headline": prefix + sentence,
            "caveat": _caveat(first.to_dict(), kind, sentences.own_seasons_of_each(family.to_dict("records"))),
        }
    ]


def _remaining_findings(found: pd.DataFrame, count: int) -> dict:
    """found: all findings of the family, of which `count` are not told one by one."""
    first = found.iloc[0].to_dict()
    rows = found.to_dict("records")
    warned = [row for row in rows if sentences.began_before(row)]
    seasons = sentences.own_seasons_of_each(rows[-count:])
    caveats = [sentences.hours_before(warned[0]) if warned else None, _caveat(first, "finding", seasons)]
    return {
        **_NO_NUMBERS,
        **{name: first[name] for name in ("order_source", "match_source", "data_source")},
        "kind": "finding",
        "headline": wording.source_prefix(first["order_source"], first["match_source"]) + more_findings(found, count),
        "caveat": " ".join(caveat for caveat in caveats if caveat) or None,
    }


def _goal_insights(points: pd.DataFrame, claims: pd.DataFrame) -> list[dict]:
    """One insight per pair of sources, about the quarter-hour after a goal of the own team.

    claims: the rows of CorrelationResults that say whether it is a finding.
    """
    q_values = claims.set_index(SOURCES)["q_value"].to_dict()
    rows = []
    for point in points.to_dict("records"):
        prefix = wording.source_prefix(point["order_source"], point["match_source"])
        caveats = [_EXPLORATORY_CAVEAT, _SOURCE_CAVEATS.get(point["data_source"], "")]
        q_value = q_values.get((point["order_source"], point["match_source"]), np.nan)
        kind, sentence = sentences.goal_sentence(point, _in_shops(point), is_finding=q_value <= FINDING_AT_Q)
        rows.append(
            {
                **_NO_NUMBERS,
                **{name: point[name] for name in _COPIED},
                "kind": kind,
                "q_value": q_value,
                "headline": prefix + sentence,
                "caveat": " ".join(text for text in caveats if text),
            }
        )
    return rows


def _with_caveat(insight: dict, added: str | None) -> dict:
    return {**insight, "caveat": " ".join(filter(None, (insight["caveat"], added))) or None}


def _anomaly_insights(anomalies: pd.DataFrame) -> list[dict]:
    """One insight per order source: how many alarms, what share may be false, and how many are near a match."""
    rows = []
    for source, alarms in anomalies.groupby("order_source", sort=False):
        told = sentences.alarm_sentence(
            alarms["kind"].value_counts().to_dict(),
            float(alarms["expected_false_share"].max()),
            int(alarms["match_id"].notna().sum()),
        )
        prefix = wording.source_prefix(str(source), DataSource.REAL)
        rows.append(
            {
                **_NO_NUMBERS,
                "kind": "alarm",
                "headline": prefix + told,
                "caveat": _SOURCE_CAVEATS.get(str(source)),
                "order_source": source,
                "data_source": source,
            }
        )
    return rows


def _insight(result: dict, context: Context = NO_CONTEXT) -> dict:
    """result: a row of CorrelationResults with the columns of `effects_in_shops`. context: of its pair of sources."""
    kind, sentence = _sentence(result, context)
    moved = context.moved
    has_moved = bool(moved and moved.is_unchanged and sentences.tells_of_moved(result))
    return {
        **{name: result[name] for name in (*_COPIED, "analysis_id")},
        "q_value": moved.q_value if moved and has_moved else result["q_value"],
        "kind": kind,
        "headline": wording.source_prefix(result["order_source"], result["match_source"]) + sentence,
        "caveat": _caveat(result, kind, _own_seasons(result, kind)),
    }


def _sentence(result: dict, context: Context) -> tuple[str, str]:
    """The kind of the insight, and its sentence without the prefix that names mock data."""
    sentence = sentences.sentence(result, _period(result), _in_shops(result), context)
    moved = context.moved
    if moved and moved.is_unchanged and sentences.tells_of_moved(result):
        return "finding", sentence
    if result["status"] != ResultStatus.OK:
        return "insufficient_data", sentence + _so_far(result)
    if sentences.has_too_few_orders(result):
        return "insufficient_data", sentence
    return "nothing_found" if result["direction"] == "none" else "finding", sentence


def _so_far(result: dict) -> str:
    if not np.isfinite(result["uplift_pct"]):
        return ""
    matches = counted_noun(result["n_matches"], "match", "matches")
    return f" So far: {wording.change(result['uplift_pct'])} over {matches}, which may be chance."


def _in_shops(result: dict) -> str:
    orders, cents = result["extra_orders_per_store_hour"], result["extra_revenue_per_store_hour_cents"]
    if orders is None:
        return ""
    direction = "more" if orders >= 0 else "fewer"
    money = "" if cents is None else f" and {_money(abs(cents), str(result['currency']))}"
    return f"; about {wording.number(abs(orders))} orders{money} {direction} per store and hour"


def _money(cents: float, currency: str) -> str:
    amount = cents / 10 ** minor_digits(currency)
    text = f"{amount:,.2f}" if amount < 10 else f"{amount:,.0f}"
    return f"{_SYMBOLS[currency]}{text}" if currency in _SYMBOLS else f"{text} {currency}"


def _period(result: dict) -> str:
    period = wording.period_of(result)
    if result["time_window"] in (Window.DURING, Span.MATCH) or result["window_minutes"] is None:
        return period
    minutes = int(result["window_minutes"])
    length = {60: "hour", 120: "two hours", 180: "three hours"}.get(minutes, f"{minutes} minutes")
    return f"in the {length} {period}"


def _own_seasons(result: dict, kind: str) -> str:
    """For the caveat: a finding says it in its own sentence."""
    is_told = kind != "finding" and result["status"] == ResultStatus.OK and sentences.has_own_seasons(result)
    return sentences.own_seasons(result) if is_told else ""


def _caveat(result: dict, kind: str, seasons: str) -> str | None:
    """seasons: what to say of seasons of single markets."""
    is_beyond = result["subject"] == OWN_TEAM_MATCH and result["status"] == ResultStatus.OK
    parts = [_SAME_DAY_CAVEAT if wording.is_same_day(result) else _ESTIMAND_CAVEAT] if is_beyond else []
    if is_beyond and wording.is_of_each(result):
        parts.append(_OF_EACH_CAVEAT)
    if sentences.began_before(result) and kind != "finding":
        parts.append(sentences.hours_before(result))
    parts += [seasons] if seasons else []
    parts += [f"Left out: {what}." for what in split(result["left_out"])]
    if result["scope"] == Scope.RESULT:
        parts.append(_RESULT_CAVEAT)
    if kind == "nothing_found":
        parts.append(_NOT_ZERO_CAVEAT)
    if result["role"] != "primary":
        parts.append(_EXPLORATORY_CAVEAT)
    if Reason.FEW_CONTROLS in split(result["reasons"]):
        parts.append(f"Weak: {wording.explanations([Reason.FEW_CONTROLS])}.")
    if result["data_source"] in _SOURCE_CAVEATS:
        parts.append(_SOURCE_CAVEATS[result["data_source"]])
    return " ".join(parts) or None


_NO_NUMBERS = {
    **dict.fromkeys(("caveat", "analysis_id", "currency", "order_source", "match_source")),
    **dict.fromkeys(("uplift_pct", "ci_low_pct", "ci_high_pct", "q_value"), np.nan),
    **dict.fromkeys(("extra_orders_per_store_hour", "extra_revenue_per_store_hour_cents"), np.nan),
    "n_matches": 0,
}


def _source_caveat(reason: str, results: pd.DataFrame) -> dict:
    """An insight about the data as a whole, labelled with the least real label among the results."""
    labels = [label for label in reversed(_READING_ORDER["data_source"]) if (results["data_source"] == label).any()]
    return {
        **_NO_NUMBERS,
        "kind": "caveat",
        "headline": reason,
        "data_source": labels[0] if labels else DataSource.REAL.value,
    }


def _nothing_analysed() -> dict:
    return {
        **_NO_NUMBERS,
        "kind": "insufficient_data",
        "headline": "Nothing can be said yet: no orders and no matches have been analysed.",
        "caveat": "Collect at least eight weeks of orders and the matches played in them.",
        "data_source": DataSource.REAL.value,
    }
