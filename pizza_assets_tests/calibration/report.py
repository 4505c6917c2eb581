"""Summarise records of many years as a table of rates with intervals. Nothing is simulated here."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from scipy import stats

COLUMNS = ["world", "year", "part", "measure", "value"]
_RATIOS = {"planted": "found", "alarms": "false"}
_GOALS = {
    ("main effect", "null", "found at 5 %"): "4 to 6 %",
    ("main effect", "planted", "covered"): "93 to 97 %",
    ("main effect", "", "bias"): "at most 0.003 either way",
    ("main effect", "null", "smallest detectable, %"): "at most 2.5",
    ("main effect", "", "answered"): "at least 90 %",
    ("outcomes, null", "", "any finding in a year"): "at most 6 %",
    ("outcomes, null", "", "answered"): "at least 60 %",
    ("event study", "", "band misses"): "at most 7 %",
    ("goals, own_goal_0_15", "", "covered"): "93 to 97 %",
    ("shared matches", "null", "found at 5 %"): "4 to 6 %",
    ("everything said", "null", "any finding in a year"): "at most 9 %, lower end at most 7.5 %",
    ("one shop", "null", "found at 5 %"): "4 to 6 %, pooled",
    ("one shop", "+", "covered"): "93 to 97 %, pooled",
    ("one shop, 1500", "null", "smallest detectable after the match, %"): "at most 12",
    ("one shop, 400", "null", "smallest detectable after the match, %"): "at most 22",
    ("two shops", "null", "found at 5 %"): "4 to 6 %, pooled",
    ("two shops", "+", "covered"): "93 to 97 %, pooled",
    ("whole match", "null", "found at 5 %"): "4 to 6 %",
    ("whole match", "", "covered"): "93 to 97 %",
    ("whole match, moved", "", "net zero said"): "at least 90 %",
    ("whole match", "", "net zero said"): "0",
    ("times of kick-off", "null", "found at 5 %"): "at most 6 %",
    ("times of kick-off, late", "", "finding"): "at least 90 %",
    ("hours before", "null", "flagged"): "at most 5 %",
    ("hours before, promotions", "", "flagged"): "at least 90 %",
    ("seasons of single markets", "null", "any market named"): "at most 5 %",
    ("control markets: 1", "", "answered"): "0",
    ("control markets", "null", "found at 5 %"): "4 to 6 %",
    ("control markets", "", "bias"): "at most 0.01 either way",
    ("forecast, +10 %, post", "", "error below the 8-week mean's, %"): "at least 5",
    ("forecast, +10 %, post", "", "deviance below the 8-week mean's, %"): "at least 12",
    ("forecast, +10 %, post", "", "deviance below the model's without football, %"): "at least 6",
    ("forecast, +10 %, post", "", "bias, %"): "at most 1.5 either way",
    ("forecast, no effect, post", "", "deviance below the model's without football, %"): "at least -0.5",
    ("forecast", "", "inside 80 %"): "78 to 82 %",
    ("forecast", "", "inside 95 %"): "93 to 97 %",
    ("anomalies, 20", "", "outages found"): "at least 90 %",
    ("anomalies, 20", "", "low alarms false"): "at most 10 %",
    ("anomalies, 2 ", "", "low alarms false"): "10 % (stretch)",
}


def summarised(records: pd.DataFrame) -> pd.DataFrame:
    """Columns world, part, measure, years, value, low, high: means with 95 % t intervals over years; for anomalies,
    ratios of sums with intervals by resampling years. records: COLUMNS."""
    rows = []
    for (world, part, measure), group in records.groupby(["world", "part", "measure"], sort=False):
        name, _, what = str(measure).partition("|")
        if not what:
            rows.append((world, part, measure, *_mean(group.groupby("year")["value"].mean().to_numpy())))
        elif what in _RATIOS:
            below = group.set_index("year")["value"]
            above = records[
                (records["world"] == world)
                & (records["part"] == part)
                & (records["measure"] == f"{name}|{_RATIOS[what]}")
            ].set_index("year")["value"]
            label = f"{name.replace('_', ' ')} {'alarms ' if what == 'alarms' else ''}{_RATIOS[what]}"
            rows.append((world, part, label, *_ratio(above, below)))
    return pd.DataFrame(rows, columns=["world", "part", "measure", "years", "value", "low", "high"])


def _mean(values: np.ndarray) -> tuple[int, float, float, float]:
    mean, size = float(values.mean()), len(values)
    if size < 2:
        return size, mean, np.nan, np.nan
    if set(np.unique(values)) <= {0.0, 1.0}:
        interval = stats.binomtest(int(values.sum()), size).proportion_ci(method="wilson")
        return size, mean, float(interval.low), float(interval.high)
    reach = float(stats.t.ppf(0.975, size - 1) * values.std(ddof=1) / np.sqrt(size))
    return size, mean, mean - reach, mean + reach


def _ratio(above: pd.Series, below: pd.Series) -> tuple[int, float, float, float]:
    years = below.index.unique()
    if not below.sum():
        return len(years), np.nan, np.nan, np.nan
    rng = np.random.default_rng(0)
    pairs = pd.concat([above, below], axis=1, keys=["above", "below"]).to_numpy(dtype=float)
    drawn = pairs[rng.integers(0, len(pairs), (2_000, len(pairs)))].sum(axis=1)
    ratios = np.divide(drawn[:, 0], drawn[:, 1], out=np.zeros(len(drawn)), where=drawn[:, 1] > 0)
    low, high = np.quantile(ratios, [0.025, 0.975])
    return len(years), float(above.sum() / below.sum()), float(low), float(high)


def as_markdown(summary: pd.DataFrame, facts: Mapping[str, object]) -> str:
    """The report: facts of the run, then one table per part of the analysis, with one column per world."""
    lines = [*(f"- {name}: {value}" for name, value in facts.items()), ""]
    worlds = list(dict.fromkeys(summary["world"]))
    heads = ["part", "measure", "goal", *worlds]
    lines += [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for (part, measure), group in summary.groupby(["part", "measure"], sort=False):
        by_world = group.set_index("world")
        cells = [_cell(by_world.loc[world], str(measure)) if world in by_world.index else "" for world in worlds]
        lines.append(f"| {part} | {measure} | {_goal(str(part), str(measure))} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _goal(part: str, measure: str) -> str:
    found: Iterable[str] = (
        goal for (start, word, of), goal in _GOALS.items() if part.startswith(start) and word in part and of == measure
    )
    return next(iter(found), "")


def _cell(row: pd.Series, measure: str) -> str:
    is_share = not ("bias" in measure or "width" in measure or measure.endswith(", %"))
    if np.isnan(row["value"]):
        return f"none ({row['years']})"
    if is_share:
        value, low, high = (100 * max(number, 0.0) for number in row[["value", "low", "high"]])
        return f"{value:.1f} % ({low:.1f} to {min(high, 100.0):.1f}; {row['years']})"
    digits = 2 if measure.endswith(", %") else 4
    return f"{row['value']:.{digits}f} ({row['low']:.{digits}f} to {row['high']:.{digits}f}; {row['years']})"
