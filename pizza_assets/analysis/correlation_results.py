"""Every declared hypothesis with its answer: one table per run, families corrected, each row readable by itself.

How a hypothesis is answered belongs to effects.py and outcome_effects.py, what a row of the table says to
correlation_rows.py, and sentences for managers to insights.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.correlation_rows import Evidence, answer_rows, results_table
from pizza_assets.analysis.effects import own_match_answer
from pizza_assets.analysis.expected_grid import EMPTY_GRID, ExpectedGrid, SourcePair
from pizza_assets.analysis.hypotheses import (
    SHARED_HYPOTHESES,
    WINDOW_HYPOTHESES,
    Hypothesis,
    outcome_hypotheses,
    scoped_hypotheses,
)
from pizza_assets.analysis.outcome_effects import outcome_answers
from pizza_assets.analysis.outcomes import part_values
from pizza_assets.analysis.placebo import placebo_windows
from pizza_assets.analysis.reasons import Answer, Reason, counted
from pizza_assets.models import CorrelationResults, MatchImpact
from pizza_assets.models.labels import SOURCES, of_sources
from pizza_assets.models.vocabulary import DataSource, ResultStatus, Scope, Window
from pizza_assets.threads import side_by_side

DRAWS = 1_999
SCOPED_DRAWS = 4_999
"""Families over parts of the business are larger, so their p-values must be able to get smaller."""
_NARROW = (Scope.TEAM, Scope.MARKET)
"""Parts with few of the grid's markets: see `date_scores`."""


@dataclass(frozen=True)
class _Asked:
    """What is asked about a part of the business."""

    part: Evidence
    hypotheses: Sequence[Hypothesis]
    scope: Scope

    @property
    def is_narrow(self) -> bool:
        return self.scope in _NARROW

    @property
    def rows(self) -> tuple[bytes, bool, int]:
        """Equal for parts that have the same rows and are asked the same."""
        return self.part.impact.index.to_numpy().tobytes(), self.is_narrow, len(self.hypotheses)

    def answers(self) -> dict[str, Answer]:
        """By question."""
        answers = _scoped_answers(self.part, self.hypotheses, is_narrow=self.is_narrow)
        return {_question(hypothesis): answer for hypothesis, answer in answers.items()}


def main_effects(
    impact: DataFrame[MatchImpact], grids: Mapping[SourcePair, ExpectedGrid]
) -> DataFrame[CorrelationResults]:
    """WINDOW_HYPOTHESES alone, without placebos: `correlation_results` says how."""
    return results_table(
        row
        for pair in _pairs(impact, grids)
        for row in answer_rows(pair, _evidence(impact, grids, pair), _window_answers(_evidence(impact, grids, pair)))
    )


def part_effects(
    impact: DataFrame[MatchImpact], grids: Mapping[SourcePair, ExpectedGrid], scope: Scope
) -> DataFrame[CorrelationResults]:
    """What is asked about the parts of one scope, alone: `correlation_results` says how. Needs two parts or more."""
    return results_table(
        row
        for pair in _pairs(impact, grids)
        for _, value, part in _parts(_evidence(impact, grids, pair), [scope])
        for row in answer_rows(
            pair, part, _scoped_answers(part, scoped_hypotheses(scope, value), is_narrow=scope in _NARROW)
        )
    )


def correlation_results(
    impact: DataFrame[MatchImpact],
    grids: Mapping[SourcePair, ExpectedGrid],
    *,
    chains: Mapping[str, tuple[DataFrame[MatchImpact], Mapping[SourcePair, ExpectedGrid]]],
    pre_trends: Mapping[SourcePair, float],
    shared: Mapping[SourcePair, Mapping[Window, Answer]],
    parts: Sequence[Scope] = (Scope.COMPETITION, Scope.TEAM, Scope.MARKET, Scope.RESULT),
) -> DataFrame[CorrelationResults]:
    """Every declared hypothesis per pair of order source and match source, also for a pair without usable data.

    impact, grids: all pairs. chains: impact and grids of each chain alone; empty with fewer than two. pre_trends: the
    p-value of the event study's pre-trend, by pair. shared: `shared_match_answers`, by pair. parts: the
    parts of the business and of its matches that are asked about, besides chains.

    mde_80_pct: the change found with 80 % power at level 0.05 / family_size. That is the level at which a hypothesis
    is a finding whatever the others of its family show; it may be found a little more easily if they are found too.
    Parts are asked about only where there are two or more of them. With no pair at all, real orders and
    real matches are reported as missing.
    """
    rows: list[dict] = []
    for pair in _pairs(impact, grids):
        evidence = _evidence(impact, grids, pair)
        windows = _window_answers(evidence, pre_trend=pre_trends.get(pair, np.nan), has_placebo=True)
        of_shared = shared.get(pair, {})
        answers = {h: of_shared.get(h.window, Answer(missing=(Reason.NO_SHARED_MATCH,))) for h in SHARED_HYPOTHESES}
        rows += answer_rows(pair, evidence, {**windows, **_outcome_answers(evidence), **answers})
        asked = [_Asked(part, scoped_hypotheses(scope, value), scope) for scope, value, part in _parts(evidence, parts)]
        # a market that alone follows its team has the team's rows, and so its answers
        different = {question.rows: question for question in asked}
        known = dict(zip(different, side_by_side(_Asked.answers, different.values()), strict=True))
        for question in asked:
            answers = known[question.rows]
            rows += answer_rows(pair, question.part, {h: answers[_question(h)] for h in question.hypotheses})
        for chain, (chain_impact, chain_grids) in chains.items():
            part = _evidence(chain_impact, chain_grids, pair)
            rows += answer_rows(
                pair, part, _scoped_answers(part, scoped_hypotheses(Scope.CHAIN, chain), is_narrow=False)
            )
    return results_table(rows)


def _pairs(impact: pd.DataFrame, grids: Mapping[SourcePair, ExpectedGrid]) -> list[SourcePair]:
    present = {*impact[SOURCES].drop_duplicates().itertuples(index=False, name=None), *grids}
    return sorted(present) or [(DataSource.REAL.value, DataSource.REAL.value)]


def _evidence(impact: pd.DataFrame, grids: Mapping[SourcePair, ExpectedGrid], pair: SourcePair) -> Evidence:
    return Evidence(of_sources(impact, *pair), grids.get(pair, EMPTY_GRID))


def _parts(evidence: Evidence, scopes: Sequence[Scope]) -> Iterator[tuple[Scope, str, Evidence]]:
    for scope in scopes:
        parts = evidence.impact.groupby(part_values(evidence.impact, scope), sort=True)
        if len(parts) > 1:
            for value, rows in parts:
                yield scope, str(value), Evidence(rows, evidence.grid)


def _window_answers(
    evidence: Evidence, *, pre_trend: float = np.nan, has_placebo: bool = False
) -> dict[Hypothesis, Answer]:
    answers = {
        hypothesis: own_match_answer(_of_window(evidence, hypothesis), evidence.grid)
        for hypothesis in WINDOW_HYPOTHESES
    }
    if not has_placebo or not any(not answer.missing for answer in answers.values()):
        return answers
    placebo = Evidence(*placebo_windows(evidence.impact, evidence.grid))
    return {
        hypothesis: Answer(
            {**answer.numbers, **_placebo_numbers(placebo, hypothesis), "pre_trend_p_value": pre_trend}, answer.missing
        )
        for hypothesis, answer in answers.items()
    }


def _placebo_numbers(placebo: Evidence, hypothesis: Hypothesis) -> dict[str, float]:
    answer = own_match_answer(_of_window(placebo, hypothesis), placebo.grid)
    shown = ("uplift_pct", "ci_low_pct", "ci_high_pct")
    numbers = {f"placebo_{name}": answer.numbers.get(name, np.nan) for name in shown}
    return {**numbers, "placebo_window_count": answer.numbers["n_market_matches"]}


def _outcome_answers(evidence: Evidence) -> dict[Hypothesis, Answer]:
    return _answered_outcomes(evidence, list(outcome_hypotheses()), DRAWS)


def _question(hypothesis: Hypothesis) -> str:
    """What is asked, without of which part."""
    return f"{hypothesis.subject}.{hypothesis.window}"


def _scoped_answers(part: Evidence, hypotheses: Sequence[Hypothesis], *, is_narrow: bool) -> dict[Hypothesis, Answer]:
    """is_narrow: as in `date_scores`."""
    windows = {
        hypothesis: own_match_answer(_of_window(part, hypothesis), part.grid, is_narrow=is_narrow)
        for hypothesis in hypotheses
        if hypothesis.outcome is None
    }
    outcomes = [hypothesis for hypothesis in hypotheses if hypothesis.outcome is not None]
    return {**windows, **_answered_outcomes(part, outcomes, SCOPED_DRAWS)}


def _answered_outcomes(evidence: Evidence, hypotheses: Sequence[Hypothesis], draws: int) -> dict[Hypothesis, Answer]:
    outcomes = list(dict.fromkeys(h.outcome for h in hypotheses if h.outcome))
    windows = list(dict.fromkeys(h.window for h in hypotheses))
    of_window = evidence.impact[evidence.impact["window"].isin(windows)]
    missing = _nothing_usable(of_window, evidence.grid)
    if missing:
        return {hypothesis: Answer(missing=missing) for hypothesis in hypotheses}
    used = of_window[of_window["status"] == ResultStatus.OK]
    answers = outcome_answers(used, outcomes, windows, draws=draws)
    return {hypothesis: answers[hypothesis.subject, hypothesis.window.value] for hypothesis in hypotheses}


def _nothing_usable(rows: pd.DataFrame, grid: ExpectedGrid) -> tuple[str, ...]:
    if not grid.observed.size:
        return (Reason.NO_ORDERS,)
    if not grid.is_converged:
        return (Reason.NOT_CONVERGED,)
    if rows.empty:
        return (Reason.NO_MATCHES,)
    return () if bool((rows["status"] == ResultStatus.OK).any()) else tuple(counted(rows["reasons"]))


def _of_window(evidence: Evidence, hypothesis: Hypothesis) -> pd.DataFrame:
    return evidence.impact[evidence.impact["window"] == hypothesis.window.value]
