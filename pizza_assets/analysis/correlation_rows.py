"""Rows of CorrelationResults: an answer with its evidence, q-value and sentence.

Choosing hypotheses and data belongs to correlation_results.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis import sentences, wording
from pizza_assets.analysis.expected_grid import ExpectedGrid, SourcePair
from pizza_assets.analysis.hypotheses import FOLLOW_UPS, Hypothesis
from pizza_assets.analysis.multiplicity import family_count, holm, q_values_of_families
from pizza_assets.analysis.outcome_effects import SEED as OUTCOME_SEED
from pizza_assets.analysis.placebo import SEED as PLACEBO_SEED
from pizza_assets.analysis.reasons import FEW_CONTROL_MARKETS, Answer, Reason, counted, joined
from pizza_assets.analysis.result_context import Context, context_of
from pizza_assets.analysis.same_day_effect import SEED as SAME_DAY_SEED
from pizza_assets.analysis.whole_match import rows_of_span
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models import CorrelationResults
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DataSource, ResultStatus, combined_source

FINDING_AT_Q = 0.05
EXPLORATORY_LEVEL = 0.025
"""The chance of any finding among all exploratory hypotheses of a pair of sources, if nothing has an effect. Their
q-values are stored times FINDING_AT_Q / EXPLORATORY_LEVEL, so that one rule holds for all."""
_NORMAL_DF = 1e9
"""Degrees of freedom that make t a normal distribution, for results without any."""


@dataclass(frozen=True)
class Evidence:
    """The data of one pair of sources: MatchImpact rows and the grid behind their expectations."""

    impact: pd.DataFrame
    grid: ExpectedGrid


def answer_rows(pair: SourcePair, evidence: Evidence, answers: Mapping[Hypothesis, Answer]) -> Iterator[dict]:
    """One row per answer, without the columns that depend on the rest of its family."""
    order_source, match_source = pair
    sources = f"{order_source}_orders.{match_source}_matches"
    shared = {
        "order_source": order_source,
        "match_source": match_source,
        "data_source": combined_source(order_source, match_source),
        "real_share": [order_source, match_source].count(DataSource.REAL) / 2,
        "converged": evidence.grid.is_converged and evidence.grid.observed.size > 0,
        "computed_from_weeks": _weeks_in_words(evidence.grid.weeks),
    }
    asked = dict.fromkeys(hypothesis.window for hypothesis in answers if not _is_by_day(hypothesis))
    about_quality = evidence.impact[_QUALITY_COLUMNS]
    windows = {span: rows_of_span(about_quality, span.value) for span in asked}
    quality = {window: _quality(rows) for window, rows in windows.items()}
    dropped = _without_baseline(evidence.grid)
    special = {window: [*dropped, *_on_special_days(rows)] for window, rows in windows.items()}
    return (
        {
            **_NO_NUMBERS,
            **shared,
            **_described(hypothesis),
            **(_quality_of_days(answer) if _is_by_day(hypothesis) else quality[hypothesis.window]),
            **answer.numbers,
            "analysis_id": f"{hypothesis.name}.{sources}",
            "family_id": f"{hypothesis.family}.{sources}",
            "statistical_significance": answer.numbers.get("p_value", np.nan),
            "status": (ResultStatus.INSUFFICIENT_DATA if answer.missing else ResultStatus.OK).value,
            "missing": answer.missing,
            "left_out": joined([*answer.left_out, *([] if _is_by_day(hypothesis) else special[hypothesis.window])]),
        }
        for hypothesis, answer in answers.items()
    )


_NO_NUMBERS = {
    **dict.fromkeys(CorrelationResults.empty().select_dtypes("float").columns, np.nan),
    **dict.fromkeys(("n_matches", "n_market_matches", "n_clusters"), 0),
    "placebo_window_count": None,
    "own_season_markets": None,
}


_QUALITY_COLUMNS = [
    *("match_id", "market", "window", "window_end_at", "observed", "expected"),
    *("control_market_count", "special_day", "status", "reasons"),
]
"""What `rows_of_span` and the columns about quality read: selecting rows of all columns takes much longer, and there
are many parts of the business."""


def _without_baseline(grid: ExpectedGrid) -> list[str]:
    """In words, the markets without a baseline, as long as others have one."""
    names = grid.dropped_markets
    if not names or not grid.is_converged:
        return []
    noun = "market" if len(names) == 1 else "markets"
    return [f"the {noun} {', '.join(names)}, to whose orders no baseline could be fitted"]


def _on_special_days(windows: pd.DataFrame) -> list[str]:
    """In words, the windows that were refused because their day is special, and what these days are called."""
    names = windows["special_day"].dropna()
    if names.empty:
        return []
    count = counted_noun(len(names), "window", "windows")
    return [f"{count} on special days ({', '.join(dict.fromkeys(names))})"]


_SEEDS = {"window": PLACEBO_SEED, "same_day": SAME_DAY_SEED, "same_day_of_each": SAME_DAY_SEED, "goal": 0, "kickoff": 0}


def _is_by_day(hypothesis: Hypothesis) -> bool:
    return hypothesis.is_shared or hypothesis.is_same_day


def _described(hypothesis: Hypothesis) -> dict[str, object]:
    method, estimand = "window", wording.ESTIMAND
    if hypothesis.is_of_each:
        method, estimand = "same_day_of_each", wording.OF_EACH_ESTIMAND
    elif _is_by_day(hypothesis):
        method = "same_day"
        estimand = wording.SHARED_ESTIMAND if hypothesis.is_shared else wording.SAME_DAY_ESTIMAND
    elif hypothesis.by_kickoff:
        method, estimand = "kickoff", wording.KICKOFF_ESTIMAND
    elif hypothesis.goal:
        method, estimand = "goal", wording.GOAL_ESTIMAND
    elif hypothesis.outcome:
        method, estimand = "by_date" if hypothesis.outcome.by_date else "outcome", wording.OUTCOME_ESTIMAND
    return {
        "hypothesis": hypothesis.statement,
        "subject": hypothesis.subject,
        "scope": hypothesis.scope.value,
        "scope_value": hypothesis.scope_value,
        "role": hypothesis.role,
        "time_window": hypothesis.window.value,
        "estimand": estimand,
        **wording.METHODS[method],
        "random_seed": _SEEDS.get(method, OUTCOME_SEED),
    }


def _quality(windows: pd.DataFrame) -> dict[str, object]:
    """The columns about the quality of the windows."""
    is_used = (windows["status"] == ResultStatus.OK).to_numpy()
    controls = windows["control_market_count"].to_numpy()[is_used]
    return {
        "data_quality": _quality_in_words(is_used, windows["reasons"]),
        "control_market_min": int(controls.min()) if len(controls) else 0,
        "few_control_share": float((controls < FEW_CONTROL_MARKETS).mean()) if len(controls) else np.nan,
    }


def _quality_of_days(answer: Answer) -> dict[str, object]:
    """The same columns where days without a match are the comparison."""
    matches = counted_noun(int(answer.numbers.get("n_matches", 0)), "match", "matches")
    return {
        "data_quality": f"{matches} compared with the rest of the day and with dates without a match",
        "control_market_min": 0,
        "few_control_share": np.nan,
    }


def _quality_in_words(is_used: np.ndarray, reasons: pd.Series) -> str:
    if not len(is_used):
        return "no windows"
    counts = counted(reasons[~is_used])
    refused = "; ".join(f"{count} {Reason(reason).code}" for reason, count in counts.items())
    share = 100 * is_used.sum() / len(is_used)
    return f"{is_used.sum()} of {len(is_used)} windows usable ({share:.0f} %)" + (
        f"; refused: {refused}" if refused else ""
    )


def _weeks_in_words(weeks: pd.Index) -> str:
    if weeks.empty:
        return "no weeks"
    return f"{weeks.min()} to {weeks.max()}, {counted_noun(len(weeks), 'week', 'weeks')}"


def results_table(rows: Sequence[dict] | Iterator[dict]) -> DataFrame[CorrelationResults]:
    """The rows of all pairs, with q-values, minimum detectable effects and sentences."""
    results = pd.DataFrame(list(rows))
    weak = np.where(results["few_control_share"] > 0, Reason.FEW_CONTROLS, "")
    results["reasons"] = [
        joined([*missing, *([flag] if flag else [])]) for missing, flag in zip(results["missing"], weak, strict=True)
    ]
    results = _with_q_values(results)
    contexts = {pair: context_of(rows.to_dict("records")) for pair, rows in results.groupby(SOURCES)}
    results["pattern_description"] = [
        _pattern(row, contexts[row["order_source"], row["match_source"]]) for row in results.to_dict("records")
    ]
    return CorrelationResults.checked(results)


def _with_q_values(results: pd.DataFrame) -> pd.DataFrame:
    q, level = results["p_value"].astype(float), pd.Series(FINDING_AT_Q, index=results.index)
    is_follow_up = results["family_id"].str.partition(".")[0].isin(list(FOLLOW_UPS))
    exploratory = results[(results["role"] != "primary") & ~is_follow_up]
    for _, pair in exploratory.groupby(SOURCES):
        families = [family for _, family in pair.groupby("family_id")]
        p_values = [family["p_value"].to_numpy(dtype=float) for family in families]
        for family, values in zip(families, q_values_of_families(p_values, EXPLORATORY_LEVEL), strict=True):
            q[family.index] = np.minimum(values * FINDING_AT_Q / EXPLORATORY_LEVEL, 1.0)
            level[family.index] = EXPLORATORY_LEVEL / max(family_count(p_values), 1)
    for _, rows in results[is_follow_up].groupby("family_id"):
        first = _leading(results, rows)
        q[rows.index] = np.maximum(holm(rows["p_value"].to_numpy(dtype=float)), q[first].fillna(1.0).to_numpy())
    is_found, estimate = q <= FINDING_AT_Q, results["estimate_log"]
    direction = np.select(
        [q.isna(), is_found & (estimate > 0), is_found & (estimate < 0), is_found & estimate.isna()],
        ["unknown", "up", "down", "differs"],
        default="none",
    )
    family_size = q.notna().groupby(results["family_id"]).transform("sum")
    detectable = _detectable_pct(results["se"], results["df"], level / family_size.clip(lower=1))
    return results.assign(q_value=q, direction=direction, family_size=family_size, mde_80_pct=detectable)


def _leading(results: pd.DataFrame, follow_ups: pd.DataFrame) -> pd.Index:
    """The row of the hypothesis without which none of the rows of a family in FOLLOW_UPS is a finding."""
    name, _, sources = str(follow_ups["family_id"].iloc[0]).partition(".")
    return results.index[results["family_id"] == f"{FOLLOW_UPS[name]}.{sources}"]


def _detectable_pct(se: pd.Series, df: pd.Series, level: pd.Series) -> np.ndarray:
    """The uplift detected in 80 % of such data sets at `level`; NaN without an se."""
    from scipy.special import stdtrit

    freedom = df.fillna(_NORMAL_DF)
    return 100 * np.expm1((stdtrit(freedom, 1 - level / 2) + stdtrit(freedom, 0.80)) * se)


def _pattern(row: dict, context: Context) -> str:
    return wording.source_prefix(row["order_source"], row["match_source"]) + sentences.sentence(
        row, wording.period_of(row), context=context
    )
