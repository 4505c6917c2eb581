"""How good the forecast is by hour, span and day beside other models, how often its ranges hold, and what it costs.

    python -m pizza_assets_tests.bench_forecast peers [--draws 2] [--python PYTHON] [--orders FILE]
    python -m pizza_assets_tests.bench_forecast ranges [--draws 12]
    python -m pizza_assets_tests.bench_forecast time

`--python` is that of an environment with lightgbm, statsforecast and prophet; without it only the 8-week mean and a
Poisson GLM stand beside the forecast. `--orders` adds a CSV file with the columns id, date and time. `--write FILE`
keeps the deviances, and `--beside FILE` compares with such a file, for instance of an earlier release. Results are rows
of Markdown.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.backtest import LEVELS, dispersions, usual_rows
from pizza_assets.analysis.forecast.demand_backtest import scored
from pizza_assets.analysis.forecast.demand_units import DAY, HOUR, Units, in_rows
from pizza_assets.analysis.forecast.effect import Effects, no_effects
from pizza_assets.analysis.forecast.intervals import are_inside, randomised_pit
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.origin import forecast_at
from pizza_assets.analysis.local_week import BINS_PER_DAY
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.windows import WINDOWS
from pizza_assets.models.vocabulary import DemandLevel
from pizza_assets_tests.bench_forecast_peers import GRAINS, MEAN, OURS, SPACING_DAYS, Hours, gain, losses, predictions
from pizza_assets_tests.bench_forecast_worlds import WORLDS, drawn, history_of, panel_of_file

WEEKS = 104
LARGE = "100 shops, 15,000 each"
JUDGED_ORIGINS = 12
LARGE_MEAN = 5
KNOWN_ORIGINS = 12
"""Earlier origins from whose errors a range is made, as in demand_backtest.py."""


def beside_peers(chosen: argparse.Namespace) -> None:
    earlier = json.loads(chosen.beside.read_text()) if chosen.beside else {}
    found: dict[str, dict[str, dict[str, np.ndarray]]] = {}
    for name, histories in _named_histories(chosen):
        parts = []
        for history in histories:
            hours = Hours.of(history)
            parts.append(losses(hours, predictions(history, hours, chosen.python)))
        found[name] = {
            grain: {model: np.concatenate([part[grain][model] for part in parts]) for model in parts[0][grain]}
            for grain in GRAINS
        }
        _print_gains(name, found[name], earlier.get(name, {}))
    if chosen.write:
        kept = {name: {grain: by[OURS].tolist() for grain, by in grains.items()} for name, grains in found.items()}
        chosen.write.write_text(json.dumps(kept))
    if len(found) > 1:
        _print_gains("all, equal weights", _pooled(found), {})


def _named_histories(chosen: argparse.Namespace) -> Iterator[tuple[str, list[OrderHistory]]]:
    for name in chosen.worlds:
        yield name, [history_of(drawn(WORLDS[name].draw(number), WEEKS)) for number in chosen.seeds]
    for path in chosen.orders:
        yield path.stem, [history_of(panel_of_file(path), "US")]


def _pooled(found: dict[str, dict[str, dict[str, np.ndarray]]]) -> dict[str, dict[str, np.ndarray]]:
    """Losses of all histories, each divided by its mean loss of the 8-week mean."""
    return {
        grain: {
            model: np.concatenate([by[grain][model] / by[grain][MEAN].mean() for by in found.values()])
            for model in next(iter(found.values()))[grain]
        }
        for grain in GRAINS
    }


def _print_gains(name: str, grains: dict[str, dict[str, np.ndarray]], earlier: dict[str, list[float]]) -> None:
    for grain, models in grains.items():
        cells = [gain(models[OURS], loss) for model, loss in models.items() if model != OURS]
        if grain in earlier:
            cells.append(gain(models[OURS], np.array(earlier[grain])))
        print("|", " | ".join([name, grain, *cells]), "|", flush=True)


def ranges(chosen: argparse.Namespace) -> None:
    """Per cent of orders of days without a holiday in their ranges, with 95 % intervals over draws."""
    for name in chosen.worlds:
        world = WORLDS[name]
        levels = DemandLevel if world.shops > 1 else (DemandLevel.SHOP,)
        shares = pd.DataFrame(
            share
            for number in chosen.seeds
            for level in levels
            for share in _shares(drawn(world.draw(number), WEEKS), level)
        )
        for (level, span), own in shares.groupby(["level", "span"], sort=False):
            numbers = own.drop(columns=["level", "span"])
            reach = 1.96 * numbers.std() / np.sqrt(len(numbers))
            cells = [f"{mean:.1f} % ± {half:.1f}" for mean, half in zip(numbers.mean(), reach, strict=True)]
            print("|", " | ".join([name, str(level), str(span), *cells]), "|", flush=True)


def _shares(panel: Panel, level: DemandLevel) -> Iterator[dict[str, object]]:
    """Shares inside each range as known at the origin.

    Ranges of small whole numbers can't hold 80 % exactly. So also the share of forecasts of five orders or more, and of
    the randomised PIT from 0.1 to 0.9.
    """
    history, units = history_of(panel), Units.of(level, panel.names)
    spacing = SPACING_DAYS * BINS_PER_DAY
    cuts = [history.end - number * spacing for number in range(JUDGED_ORIGINS + KNOWN_ORIGINS, 0, -1)]
    forecasts = [forecast_at(history, cut, no_effects(Reason.NO_MATCHES)) for cut in cuts]
    past = scored(history, units, forecasts)
    k = np.full(len(past.cut), np.nan)
    for forecast in forecasts[KNOWN_ORIGINS:]:
        is_usual = usual_rows(in_rows(past.targets, units), history, forecast.unusual_days)
        is_recent = past.cut >= forecast.cut - KNOWN_ORIGINS * spacing
        table = dispersions(past, past.unaware, is_usual & is_recent, forecast.cut)
        at = past.cut == forecast.cut
        k[at] = table[past.targets.span[at], past.horizon[at]]
    uniform = np.random.default_rng(0).random(len(k))
    is_judged = np.isfinite(k) & usual_rows(in_rows(past.targets, units), history, np.empty(0))
    for span, text in ((HOUR, "hours"), (DAY, "days")):
        at = is_judged & (past.targets.span == span)
        cells = past.observed[at], past.unaware[at], k[at]
        inside = dict(zip(LEVELS, are_inside(LEVELS, *cells), strict=True))
        pit = randomised_pit(*cells, uniform[at])
        shares = {f"inside {of}": 100 * held.mean() for of, held in inside.items()}
        is_large = cells[1] >= LARGE_MEAN
        large = 100 * inside[LEVELS[0]][is_large].mean() if is_large.any() else np.nan
        pit_share = 100 * ((pit > 0.1) & (pit < 0.9)).mean()
        yield {"level": level, "span": text, **shares, "of five or more": large, "PIT": pit_share}


def seconds(_: argparse.Namespace) -> None:
    """Processor time of one origin of 20 markets with 5 shops each, with and without effects of matches."""
    history = history_of(drawn(WORLDS[LARGE], WEEKS))
    zeros = np.zeros(len(WINDOWS))
    known = Effects(zeros, zeros, np.diag(zeros), zeros.astype(int), (None,) * len(WINDOWS))
    for text, effects in (("one model", no_effects(Reason.NO_MATCHES)), ("two models", known)):
        found = []
        for number in range(1, 8):
            begun = time.process_time()
            forecast_at(history, history.end - number * BINS_PER_DAY, effects)
            found.append(time.process_time() - begun)
        print(f"{LARGE}, {text}: {np.median(found):.2f} s of processor time ({min(found):.2f} to {max(found):.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("peers", "ranges", "time"))
    parser.add_argument("--worlds", nargs="*", default=[name for name in WORLDS if name != LARGE])
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--first-draw", type=int, default=0)
    parser.add_argument("--python", type=Path)
    parser.add_argument("--orders", type=Path, nargs="*", default=[])
    parser.add_argument("--write", type=Path)
    parser.add_argument("--beside", type=Path)
    chosen = parser.parse_args()
    chosen.seeds = range(chosen.first_draw, chosen.first_draw + chosen.draws)
    {"peers": beside_peers, "ranges": ranges, "time": seconds}[chosen.part](chosen)


if __name__ == "__main__":
    main()
