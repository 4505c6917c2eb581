"""Verdicts on forecasts: refused if significantly worse in the past, football only if it helped."""

import numpy as np
import pytest

from pizza_assets.analysis.forecast.backtest import Backtest
from pizza_assets.analysis.forecast.effect import Effects
from pizza_assets.analysis.forecast.refusal import judged
from pizza_assets.analysis.forecast.targets import SPANS, Targets
from pizza_assets.analysis.reasons import Reason

POST = SPANS.index("post")
KNOWN = Effects(np.full(3, 0.1), np.full(3, 0.1), np.eye(3) / 1e4, np.full(3, 20), (None, None, None))
NONE = Effects(np.zeros(3), np.zeros(3), np.zeros((3, 3)), np.zeros(3, int), (Reason.TOO_FEW_DATES,) * 3)


def past(football: float, unaware: float, mean: float, rows: int = 60, span: str = "post") -> Backtest:
    """Spans of own matches with 100 orders each, a day apart, and forecasts that differ a little every day."""
    number = np.arange(rows)
    wobble = np.where(number % 2, 1.0, -1.0)
    targets = Targets(np.full(rows, SPANS.index(span)), number * 0, number, number * 96, number * 96 + 8)
    means = [np.full(rows, value) + wobble * 0.1 for value in (football, unaware, mean)]
    return Backtest(targets, number * 0, number * 0 + 1, number * 0, np.full(rows, 100.0), *means, np.full(rows, 0.1))


@pytest.mark.parametrize(
    ("means", "effects", "why_not", "why_no_football"),
    [
        ((101, 110, 120), KNOWN, (), ()),
        ((110, 101, 120), KNOWN, (), (Reason.FOOTBALL_DID_NOT_HELP,)),
        ((101, 101, 120), KNOWN, (), (Reason.FOOTBALL_DID_NOT_HELP,)),
        ((101, 101, 120), NONE, (), (Reason.TOO_FEW_DATES,)),
        ((120, 130, 101), KNOWN, (Reason.WORSE_THAN_MEAN,), ()),
        ((101, 102, 101), KNOWN, (), ()),
    ],
)
def test_verdicts(means: tuple, effects: Effects, why_not: tuple, why_no_football: tuple) -> None:
    verdict = judged(past(*means), effects, 20)
    assert (verdict.why_not[POST], verdict.why_no_football) == (why_not, why_no_football)


def test_short_or_unscored_histories_are_refused() -> None:
    assert judged(past(101, 110, 120), KNOWN, 7).why_not[POST] == (Reason.TOO_SHORT_HISTORY,)
    assert judged(past(101, 110, 120, rows=20), KNOWN, 20).why_not[POST] == (Reason.TOO_FEW_SCORED,)


def test_the_mean_is_beaten_by_absolute_errors() -> None:
    assert judged(past(105, 110, 120), KNOWN, 20).against_mean[POST] == pytest.approx(75)
    assert judged(past(105, 110, 120), NONE, 20).against_mean[POST] == pytest.approx(50)


def test_a_mean_of_zero_loses_by_a_finite_error() -> None:
    verdict = judged(past(101, 110, 0.1), KNOWN, 20)
    assert np.isfinite(verdict.against_mean[POST])


def test_each_grain_is_judged_by_its_own_forecasts() -> None:
    """Windows that were forecast worse than the mean say nothing about days."""
    parts = [past(120, 130, 101), past(101, 110, 120, span="day"), past(101, 110, 120, span="hour")]
    both = Backtest(
        Targets.joined(part.targets for part in parts),
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("cut", "days", "horizon", "observed", "with_football", "unaware", "seasonal", "k")
        ),
    )
    verdict = judged(both, KNOWN, 20)
    found = {str(span): verdict.why_not[number] for number, span in enumerate(SPANS)}
    worse = (Reason.WORSE_THAN_MEAN,)
    assert found == {"pre": worse, "during": worse, "post": worse, "match": worse, "hour": (), "day": ()}
    refused = verdict.refusals(np.array([POST, SPANS.index("day")]))
    assert refused[Reason.WORSE_THAN_MEAN].tolist() == [True, False]
