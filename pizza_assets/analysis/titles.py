"""Titles that say what was found, for the views of the page. They are templates of sentences.py, like all sentences.

A view whose answer is refused, or not sure enough for a title, has none here; the page then shows its name.
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.forecast.intervals import MIN_VALUES
from pizza_assets.analysis.sentences import TEMPLATES, began_before, doubt, has_own_seasons, template_of
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import KICKOFF_TIME, OWN_TEAM_MATCH, ResultStatus, Scope, Span, Window

Titles = dict[str, dict[str, str]]
"""By what is titled, then by the pair of sources as "order_source/match_source"."""
CURVE = "own_match"
_RESULTS = {"win": "won", "draw": "drawn", "loss": "lost"}
_OUTCOMES = {"goal_difference": "The goal difference", "total_goals": "The number of goals"}


def page_titles(results: pd.DataFrame, curve: pd.DataFrame, accuracy: pd.DataFrame) -> Titles:
    """The titles of views: effects, results, kickoff, accuracy, and outcomes for each of two subjects.

    results: CorrelationResults. curve: EventStudy. accuracy: ForecastAccuracy.
    """
    after = results[results["time_window"] == Window.POST].to_dict("records")
    overall = [row for row in after if row["scope"] == Scope.OVERALL]
    primary = [row for row in overall if _is_primary(row)]
    doubted = {_pair(row) for row in primary if began_before(row) or has_own_seasons(row)}
    titles = {
        "effects": {_pair(row): effect_title(row, is_average=_is_average(row, results)) for row in primary},
        "results": {pair: results_title(_by_result(rows)) for pair, rows in _by_pair(after)},
        "kickoff": {
            pair: curve_title(rows) for pair, rows in _by_pair(curve.to_dict("records")) if pair not in doubted
        },
        "accuracy": {pair: accuracy_title(rows) for pair, rows in _by_pair(accuracy.to_dict("records"))},
        **{
            f"outcomes/{subject}": {_pair(row): effect_title(row) for row in overall if row["subject"] == subject}
            for subject in _OUTCOMES
        },
    }
    return {name: {pair: text for pair, text in of.items() if text} for name, of in titles.items()}


def effect_title(result: Mapping, *, is_average: bool = False) -> str:
    """A row of CorrelationResults as a title; empty unless it is a finding, or nothing in data that would show it."""
    name = template_of(result)
    if name not in ("finding", "nothing_found") or has_own_seasons(result) or (name == "finding" and doubt(result)):
        return ""
    is_contrast = result["subject"] in wording.CONTRASTS
    if name == "nothing_found" and result["subject"] in _OUTCOMES:
        return TEMPLATES["title_contrast_nothing_found"].format(
            source=_source(result), subject=_OUTCOMES[result["subject"]], period=wording.period_of(result)
        )
    about = f" {wording.CONTRASTS[result['subject']]}" if is_contrast else ""
    found = wording.difference if is_contrast else wording.change
    return TEMPLATES["title_hours_before" if name == "finding" and began_before(result) else f"title_{name}"].format(
        source=_source(result),
        found=found(result["uplift_pct"]),
        period=wording.period_of(result),
        about=about + (TEMPLATES["average"] if is_average and name == "finding" else ""),
    )


def results_title(rows: list[dict]) -> str:
    """Effects by the own team's result; empty unless one is a finding and all others are answered."""
    names = [template_of(row) for row in rows]
    is_sure = set(names) <= {"finding", "nothing_found"} and not any(doubt(row) for row in rows)
    if "finding" not in names or not is_sure or any(began_before(row) for row in rows):
        return ""
    effects = [
        TEMPLATES["title_result" if name == "finding" else "title_result_nothing_found"].format(
            found=wording.change(row["uplift_pct"]), result=_RESULTS[row["scope_value"]]
        )
        for name, row in zip(names, rows, strict=True)
    ]
    return TEMPLATES["title_results"].format(
        source=_source(rows[0]), period=wording.period_of(rows[0]), effects=", ".join(effects)
    )


def curve_title(rows: list[dict]) -> str:
    """Where the band of the curve around kick-off lies beside 0; empty if part of it is refused, or the band does not
    keep its error rate over all points."""
    points = sorted((row for row in rows if row["series"] == CURVE), key=lambda row: row["minutes_from"])
    is_sure = all(row["status"] == ResultStatus.OK and row["is_calibrated"] for row in points)
    if not points or not is_sure or {row["band"] for row in points} != {"simultaneous"}:
        return ""
    spans: list[tuple[str, int, int]] = []
    for row in points:
        side = "above" if row["ci_low_pct"] > 0 else "below" if row["ci_high_pct"] < 0 else ""
        if side and spans and spans[-1][0] == side and spans[-1][2] == row["minutes_from"]:
            spans[-1] = (side, spans[-1][1], row["minutes_to"])
        elif side:
            spans.append((side, row["minutes_from"], row["minutes_to"]))
    if not spans:
        return TEMPLATES["title_curve_nothing_found"].format(source=_source(points[0]))
    words = []
    for side, first, last in spans:
        words.append(f"{side} usual from {_minutes(first, 'it' if words else 'kick-off')} to {_minutes(last, 'it')}")
    return TEMPLATES["title_curve"].format(source=_source(points[0]), spans=" and ".join(words))


def _minutes(minutes: int, kickoff: str) -> str:
    """kickoff: what to call it beside a number."""
    return f"{abs(minutes)} minutes {'before' if minutes < 0 else 'after'} {kickoff}" if minutes else "kick-off"


def accuracy_title(rows: list[dict]) -> str:
    """The newest errors around matches: of published forecasts, else of past dates. Empty if one is not known, or rests
    on fewer forecasts than it takes to give one."""
    known = [
        row
        for row in rows
        if row["span"] == Span.MATCH and pd.notna(row["error_pct"]) and row["scored_forecasts"] >= MIN_VALUES
    ]
    if not known:
        return ""
    last = max(known, key=lambda row: (row["evidence"] == "kept", row["until_date"]))
    if pd.isna(last["error_of_mean_pct"]):
        return ""
    return TEMPLATES["title_accuracy"].format(
        source=_source(last),
        error=wording.number(last["error_pct"]),
        mean=wording.number(last["error_of_mean_pct"]),
    )


def _by_result(rows: Iterable[dict]) -> list[dict]:
    own = [row for row in rows if row["scope"] == Scope.RESULT and row["subject"] == OWN_TEAM_MATCH]
    return sorted(own, key=lambda row: list(_RESULTS).index(row["scope_value"]))


def _is_primary(result: Mapping) -> bool:
    return result["role"] == "primary" and result["subject"] == OWN_TEAM_MATCH


def _is_average(result: Mapping, results: pd.DataFrame) -> bool:
    """Whether the effect was found to differ by time of kick-off."""
    of_pair = results[(results[SOURCES] == [result[name] for name in SOURCES]).all(axis=1)]
    return bool(((of_pair["subject"] == KICKOFF_TIME) & (of_pair["direction"] == "differs")).any())


def _by_pair(rows: Iterable[dict]) -> list[tuple[str, list[dict]]]:
    pairs: dict[str, list[dict]] = {}
    for row in rows:
        pairs.setdefault(_pair(row), []).append(row)
    return list(pairs.items())


def _pair(row: Mapping) -> str:
    return f"{row['order_source']}/{row['match_source']}"


def _source(row: Mapping) -> str:
    return wording.source_prefix(row["order_source"], row["match_source"])
