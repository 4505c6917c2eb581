"""The main effect: by how much orders depart from normal before, during and after the own team's match, and how surely.

Outcomes of matches (wins, goals) are other hypotheses and do not belong here; nor do sentences for managers.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis import wording
from pizza_assets.analysis.multiplicity import q_values
from pizza_assets.analysis.pairs import SOURCES, of_sources
from pizza_assets.analysis.reasons import FEW_CONTROL_MARKETS, Reason, counted, joined
from pizza_assets.models import CorrelationResults, ExpectedOrders, MatchImpact
from pizza_assets.models.vocabulary import DataSource, ResultStatus, Window, combined_source

MIN_DATES = 10
"""Fewer dates give no trustworthy clustered standard error."""
FINDING_AT_Q = 0.05
_METHOD = "Poisson regression on the log of expected orders; errors clustered by date"
_CONTROLS = "market x local quarter-hour of the week; quarter-hour common to all markets; market x week"


@dataclass(frozen=True)
class Hypothesis:
    """A claim declared before any data are seen. Those of one family are corrected together, per pair of sources."""

    window: Window
    role: str
    family: str

    @property
    def statement(self) -> str:
        return f"Orders depart from normal {wording.PERIODS[self.window]}."


PRIMARY_HYPOTHESIS = Hypothesis(Window.POST, "primary", "primary")
"""The one hypothesis declared beforehand. It is a family of its own, so its q-value is its p-value."""

HYPOTHESES = (
    PRIMARY_HYPOTHESIS,
    Hypothesis(Window.PRE, "exploratory", "exploratory_windows"),
    Hypothesis(Window.DURING, "exploratory", "exploratory_windows"),
)


def main_effects(
    impact: DataFrame[MatchImpact],
    expected: DataFrame[ExpectedOrders],
) -> DataFrame[CorrelationResults]:
    """Three hypotheses (HYPOTHESES) per pair of order source and match source, also for a pair without usable data.

    theta = log(sum observed / sum expected) over the usable windows of a kind, from a Poisson regression with offset
    log(expected); standard error clustered by calendar date, t with (dates - 1) degrees of freedom.

    mde_80_pct: the change found with 80 % power at level 0.05 / family_size. That is the level at which a hypothesis
    is a finding whatever the others of its family show; it may be found a little more easily if they are found too.

    p_permutation stays empty: docs/decisions/0008-no-permutation-p-value-yet.md. With no pair in either table, real
    orders and real matches are reported as missing.
    """
    present = {
        pair
        for table in (impact, expected)
        for pair in table[SOURCES].drop_duplicates().itertuples(index=False, name=None)
    }
    pairs = sorted(present) or [(DataSource.REAL.value, DataSource.REAL.value)]
    rows = [
        row for pair in pairs for row in _results_of_pair(*pair, of_sources(impact, *pair), of_sources(expected, *pair))
    ]
    results = _with_q_values(pd.DataFrame(rows))
    results["pattern_description"] = [_pattern(row) for row in results.to_dict("records")]
    return CorrelationResults.checked(results)


@dataclass(frozen=True)
class _Answer:
    """What the usable windows of one kind say. `missing` holds the reasons why there is no p-value."""

    numbers: dict[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def _results_of_pair(
    order_source: str,
    match_source: str,
    impact: pd.DataFrame,
    expected: pd.DataFrame,
) -> list[dict]:
    is_converged = bool(expected["is_converged"].all()) and len(expected) > 0
    shared = {
        "order_source": order_source,
        "match_source": match_source,
        "data_source": combined_source(order_source, match_source),
        "real_share": [order_source, match_source].count(DataSource.REAL) / 2,
        "estimand": wording.ESTIMAND,
        "cluster_by": "date",
        "method": _METHOD,
        "controls": _CONTROLS,
        "converged": is_converged,
        "computed_from_weeks": _weeks_in_words(expected["week"]),
        "random_seed": 0,
        "correlation_coefficient": np.nan,
    }
    of_windows = [impact[impact["window"] == hypothesis.window] for hypothesis in HYPOTHESES]
    used = [of_window[of_window["status"] == ResultStatus.OK] for of_window in of_windows]
    has_orders = len(expected) > 0
    answers = [
        _answer(*tables, has_orders=has_orders, is_converged=is_converged)
        for tables in zip(of_windows, used, strict=True)
    ]
    return [
        {
            **shared,
            **_row(hypothesis, order_source, match_source, of_windows[i], used[i], answers[i]),
            "p_permutation": np.nan,
        }
        for i, hypothesis in enumerate(HYPOTHESES)
    ]


def _row(
    hypothesis: Hypothesis,
    order_source: str,
    match_source: str,
    of_window: pd.DataFrame,
    used: pd.DataFrame,
    answer: _Answer,
) -> dict:
    pair = f"{order_source}_orders.{match_source}_matches"
    fewest_controls = int(used["control_market_count"].min()) if len(used) else 0
    weak = [Reason.FEW_CONTROLS] if len(used) and fewest_controls < FEW_CONTROL_MARKETS else []
    p_value = answer.numbers.get("p_value", np.nan)
    return {
        "analysis_id": f"own_team_match.{hypothesis.window}.{pair}",
        "family_id": f"{hypothesis.family}.{pair}",
        "hypothesis": hypothesis.statement,
        "role": hypothesis.role,
        "time_window": hypothesis.window.value,
        "data_quality": _quality_in_words(of_window, used),
        **{name: answer.numbers.get(name, np.nan) for name in _NUMBERS},
        "statistical_significance": p_value,
        "n_matches": used["match_id"].nunique(),
        "n_market_matches": len(used),
        "n_clusters": used["kickoff_date"].nunique(),
        "control_market_min": fewest_controls,
        "status": (ResultStatus.INSUFFICIENT_DATA if answer.missing else ResultStatus.OK).value,
        "reasons": joined([*answer.missing, *weak]),
    }


_NUMBERS = (
    *("estimate_log", "uplift_pct", "ci_low_pct", "ci_high_pct", "se", "p_value", "df"),
    *("observed", "expected", "dispersion"),
)


def _answer(of_window: pd.DataFrame, used: pd.DataFrame, *, has_orders: bool, is_converged: bool) -> _Answer:
    """Estimate and p-value; with too little data as much of it as can be trusted, and why the rest is missing."""
    if not has_orders:
        return _Answer(missing=(Reason.NO_ORDERS,))
    if not is_converged:
        return _Answer(missing=(Reason.NOT_CONVERGED,))
    if of_window.empty:
        return _Answer(missing=(Reason.NO_MATCHES,))
    if used.empty:
        return _Answer(missing=tuple(counted(of_window["reasons"])))
    return _estimate(used)


def _estimate(used: pd.DataFrame) -> _Answer:
    observed, expected = float(used["observed"].sum()), float(used["expected"].sum())
    totals = {"observed": observed, "expected": expected}
    if observed == 0:
        return _Answer(totals, (Reason.NOTHING_OBSERVED,))
    ratio = observed / expected
    point = {**totals, "estimate_log": float(np.log(ratio)), "uplift_pct": 100 * (ratio - 1)}
    dates, names = pd.factorize(used["kickoff_date"])
    if len(names) < MIN_DATES:
        return _Answer(point, (Reason.TOO_FEW_DATES,))
    departures = np.bincount(dates, (used["observed"] - ratio * used["expected"]).to_numpy())
    if np.abs(departures).max() <= 1e-9 * observed:
        return _Answer(point, (Reason.NO_VARIATION,))
    return _Answer({**point, **_inference(used, dates)})


def _inference(used: pd.DataFrame, dates: np.ndarray) -> dict[str, float]:
    """Clustered Poisson regression on a constant, as statsmodels does it; interval from its t."""
    from scipy.special import stdtrit
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    model = GLM(
        used["observed"].to_numpy(dtype=float),
        np.ones((len(used), 1)),
        family=Poisson(),
        offset=np.log(used["expected"].to_numpy()),
    )
    fit = model.fit(
        cov_type="cluster", cov_kwds={"groups": dates, "use_correction": True, "df_correction": True}, use_t=True
    )
    theta, se, df = float(fit.params[0]), float(fit.bse[0]), float(fit.df_resid_inference)
    reach = stdtrit(df, 0.975)
    return {
        "se": se,
        "p_value": float(fit.pvalues[0]),
        "df": df,
        "ci_low_pct": 100 * np.expm1(theta - reach * se),
        "ci_high_pct": 100 * np.expm1(theta + reach * se),
        "dispersion": float(fit.pearson_chi2 / fit.df_resid),
    }


def _with_q_values(results: pd.DataFrame) -> pd.DataFrame:
    q = pd.Series(np.nan, index=results.index)
    for _, family in results.groupby("family_id"):
        q[family.index] = q_values(family["p_value"].to_numpy(dtype=float))
    is_found = q <= FINDING_AT_Q
    direction = np.select(
        [q.isna(), is_found & (results["estimate_log"] > 0), is_found & (results["estimate_log"] < 0)],
        ["unknown", "up", "down"],
        default="none",
    )
    family_size = q.notna().groupby(results["family_id"]).transform("sum")
    detectable = _detectable_pct(results["se"], results["df"], family_size)
    return results.assign(q_value=q, direction=direction, family_size=family_size, mde_80_pct=detectable)


def _detectable_pct(se: pd.Series, df: pd.Series, family_size: pd.Series) -> np.ndarray:
    """The uplift that 80 % of such data sets would show at the level FINDING_AT_Q / family_size; NaN without an se."""
    from scipy.special import stdtrit

    level = FINDING_AT_Q / family_size.clip(lower=1)
    return 100 * np.expm1((stdtrit(df, 1 - level / 2) + stdtrit(df, 0.80)) * se)


def _pattern(row: dict) -> str:
    period = wording.PERIODS[row["time_window"]]
    return wording.source_prefix(row["order_source"], row["match_source"]) + wording.sentence(row, period)


def _quality_in_words(of_window: pd.DataFrame, used: pd.DataFrame) -> str:
    if of_window.empty:
        return "no windows"
    reasons = counted(of_window.loc[of_window["status"] != ResultStatus.OK, "reasons"])
    refused = "; ".join(f"{count} {Reason(reason).code}" for reason, count in reasons.items())
    share = 100 * len(used) / len(of_window)
    return f"{len(used)} of {len(of_window)} windows usable ({share:.0f} %)" + (
        f"; refused: {refused}" if refused else ""
    )


def _weeks_in_words(weeks: pd.Series) -> str:
    known = sorted(weeks.unique())
    if not known:
        return "no weeks"
    return f"{known[0]} to {known[-1]}, {wording.counted_noun(len(known), 'week', 'weeks')}"
