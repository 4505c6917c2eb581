"""The forecasts of LightGBM, statsforecast and Prophet, for bench_forecast.py; run by an environment that has them.

    PYTHON pizza_assets_tests/bench_forecast_peer_models.py HISTORY.npz FORECASTS.npz

Imports nothing of the project. HISTORY has counts [shop, hour], place (hour of the local week), day, is_holiday [hour],
cuts (columns of the origins) and ahead (hours to forecast). A model sees only hours before the cut, and the calendar.
Each model is what a careful user would write first; none was tuned to the histories.
"""

import logging
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd
from prophet import Prophet
from statsforecast.models import MSTL, AutoETS

WEEK = 168
LEAST = 1 / 16
LEARNED_ORIGINS = 40


@dataclass(frozen=True)
class Known:
    """What is known at one origin. counts: [shop, hour before the cut]. The calendar goes on for the hours ahead."""

    counts: np.ndarray
    place: np.ndarray
    day: np.ndarray
    is_holiday: np.ndarray
    ahead: int

    @property
    def cut(self) -> int:
        return self.counts.shape[1]


def mstl(known: Known) -> np.ndarray:
    """Hours of the last half year: seasons of a day and a week, and an exponential smoothing of the rest."""
    return np.stack([_mstl(counts[-26 * WEEK :], known.ahead) for counts in known.counts])


def _mstl(counts: np.ndarray, ahead: int) -> np.ndarray:
    model = MSTL(season_length=[24, WEEK], trend_forecaster=AutoETS(model="ZZN"))
    return np.maximum(model.forecast(counts.astype(float), h=ahead)["mean"], 0.0)


def auto_ets(known: Known) -> np.ndarray:
    """AutoETS on the days of the last year, by hour as in the last 8 weeks."""

    def of_days(orders: np.ndarray, _: np.ndarray, ahead: int) -> np.ndarray:
        return AutoETS(season_length=7).forecast(orders.astype(float), h=ahead)["mean"]

    return _by_day(known, of_days)


def prophet(known: Known) -> np.ndarray:
    """Prophet with a weekly season and holidays on the days of the last year, by hour as in the last 8 weeks."""

    def of_days(orders: np.ndarray, is_holiday: np.ndarray, ahead: int) -> np.ndarray:
        dates = pd.date_range("2025-01-06", periods=len(is_holiday))
        holidays = pd.DataFrame({"ds": dates[is_holiday], "holiday": "holiday"})
        model = Prophet(
            weekly_seasonality=True,
            daily_seasonality=False,
            yearly_seasonality=False,
            holidays=holidays if is_holiday[: len(orders)].any() else None,
            uncertainty_samples=0,
        )
        model.fit(pd.DataFrame({"ds": dates[: len(orders)], "y": orders}))
        return model.predict(pd.DataFrame({"ds": dates[-ahead:]}))["yhat"].to_numpy()

    return _by_day(known, of_days)


def _by_day(known: Known, of_days: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> np.ndarray:
    """Forecasts of days, shared out by hour. Days are blocks of 24 hours that end at the cut."""
    days, ahead = min(known.cut // 24, 364), -(-known.ahead // 24)
    first = known.cut - 24 * days
    is_holiday = known.is_holiday[first : known.cut + known.ahead].reshape(-1, 24).mean(axis=1) > 0.5
    found = []
    for counts, mean in zip(known.counts, _weekly_means(known, 8), strict=True):
        by_day = np.maximum(of_days(counts[first:].reshape(-1, 24).sum(axis=1), is_holiday, ahead), 0.0)
        by_hour = mean[known.place[known.cut : known.cut + known.ahead]].reshape(-1, 24)
        total = by_hour.sum(axis=1, keepdims=True)
        share = np.divide(by_hour, total, out=np.zeros_like(by_hour), where=total > 0)
        found.append((share * by_day[:, None]).ravel())
    return np.stack(found)


def _weekly_means(known: Known, weeks: int) -> np.ndarray:
    """Mean orders by hour of the week in the last weeks [shop, place]."""
    recent = known.counts[:, -weeks * WEEK :]
    place = known.place[known.cut - recent.shape[1] : known.cut]
    seen = np.maximum(np.bincount(place, minlength=WEEK), 1)
    return np.stack([np.bincount(place, counts, WEEK) / seen for counts in recent])


def light_gbm(known: Known) -> np.ndarray:
    """Boosted trees with Poisson loss over all shops, as factors of the 8-week mean, learned from earlier origins."""
    cuts = [known.cut - known.ahead - 24 * 5 * number for number in range(LEARNED_ORIGINS)]
    parts = [_learned(known, cut) for cut in cuts if cut >= 26 * WEEK]
    features, start, came, is_open = (np.concatenate([part[at] for part in parts]) for at in range(4))
    model = lightgbm.train(
        {"objective": "poisson", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 100, "verbose": -1},
        lightgbm.Dataset(features[is_open], came[is_open], init_score=np.log(start[is_open])),
        num_boost_round=150,
    )
    now, base, _, opens = _learned(known, known.cut)
    factor = np.asarray(model.predict(now, raw_score=True))
    return (base * np.exp(factor) * opens).reshape(len(known.counts), -1)


def _learned(known: Known, cut: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features, the 8-week mean, the orders, and whether shops open, of the hours after an earlier cut; no orders after
    the last cut."""
    then = Known(known.counts[:, :cut], known.place, known.day, known.is_holiday, known.ahead)
    columns = slice(cut, cut + known.ahead)
    place = known.place[columns]
    means = {weeks: np.maximum(_weekly_means(then, weeks)[:, place], LEAST) for weeks in (4, 8, 26)}
    opens = _weekly_means(then, 26)[:, place] > 0
    shops = np.arange(len(known.counts))
    common = [place, place % 24, place // 24, np.arange(known.ahead) // 24, known.is_holiday[columns]]
    ratios = [np.log(means[4] / means[8]), np.log(means[26] / means[8])]
    usual = np.maximum(then.counts[:, -8 * WEEK :].sum(axis=1), 1) / 56
    levels = [np.log(np.maximum(then.counts[:, -24 * days :].sum(axis=1), 1) / days / usual) for days in (7, 14, 28)]
    shape = means[8].shape
    features = [
        *(np.broadcast_to(values, shape) for values in common),
        *ratios,
        np.log(means[8]),
        *(np.broadcast_to(values[:, None], shape) for values in (*levels, shops)),
    ]
    came = known.counts[:, columns] if cut < known.cut else np.zeros(shape)
    return np.stack([values.ravel() for values in features], axis=1), means[8].ravel(), came.ravel(), opens.ravel()


MODELS = {"LightGBM": light_gbm, "MSTL": mstl, "AutoETS": auto_ets, "Prophet": prophet}


def main() -> None:
    logging.getLogger("cmdstanpy").disabled = True
    warnings.filterwarnings("ignore")
    source, target = sys.argv[1:]
    with np.load(source) as history:
        counts, place, day, is_holiday = (history[name] for name in ("counts", "place", "day", "is_holiday"))
        cuts, ahead = history["cuts"], int(history["ahead"])
    known = [Known(counts[:, :cut], place, day, is_holiday, ahead) for cut in cuts]
    np.savez(target, **{name: np.stack([model(one) for one in known]) for name, model in MODELS.items()})


if __name__ == "__main__":
    main()
