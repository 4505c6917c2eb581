"""Our fits against pyfixest's: expected orders, the factors around kick-off and their clustered errors."""

import numpy as np
import pandas as pd
import pytest

from pizza_assets.analysis.event_time_fit import date_scores, fit_event_time
from pizza_assets.analysis.proportional_fit import fit_baseline
from pizza_assets_tests.analysis.test_event_study import small_panel

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("default")]


def rows_of(seed: int) -> tuple[pd.DataFrame, object]:
    panel = small_panel(seed)
    market, cell = (i.ravel() for i in np.indices(panel.counts.shape))
    place, lag = panel.bin_of_week[market, cell], panel.lag[market, cell]
    frame = pd.DataFrame(
        {
            "orders": panel.counts.ravel(),
            "market_place": 100 * market + place,
            "cell": cell,
            "market_week": 100 * market + panel.week[cell],
            "date": panel.date[cell],
            "first": (lag == 0).astype(float),
            "second": (lag == 1).astype(float),
        }
    )
    return frame, panel


def test_expected_orders_are_those_of_fepois() -> None:
    import pyfixest

    frame, panel = rows_of(1)
    is_free = panel.lag < 0
    free = frame[is_free.ravel()]
    theirs = pyfixest.fepois("orders ~ 1 | market_place + cell + market_week", data=free, fixef_rm="none")
    ours = fit_baseline(panel.counts, is_free, panel.bin_of_week, panel.week, tolerance=1e-10, max_iterations=2_000)
    np.testing.assert_allclose(ours.expected[is_free], theirs.predict(type="response"), rtol=1e-5)


def test_factors_around_kick_off_and_their_errors_by_date_are_those_of_fepois() -> None:
    import pyfixest

    frame, panel = rows_of(2)
    theirs = pyfixest.fepois(
        "orders ~ first + second | market_place + cell + market_week",
        data=frame,
        vcov={"CRV1": "date"},
        ssc=pyfixest.ssc(k_adj=False, G_adj=False),
        fixef_rm="none",
    )
    fit = fit_event_time(panel, tolerance=1e-10, max_iterations=2_000)
    np.testing.assert_allclose(fit.log_factor, theirs.coef().to_numpy(), atol=1e-5)
    scores = date_scores(panel, fit.mean)
    influence = scores.scores @ np.linalg.inv(scores.information.sum(axis=0))
    np.testing.assert_allclose(np.sqrt((influence**2).sum(axis=0)), theirs.se().to_numpy(), rtol=1e-3)
