"""The same-day method again, for one market, written plainly from its description with loops over dates.

Slow and independent: it takes nothing from pizza_assets.analysis but the grid's matrices.
"""

import math
from datetime import date

import numpy as np

_PRIOR = 30.0


def plain_same_day(
    orders: list[int],
    known: list[bool],
    near: list[bool],
    local: list[tuple[date, int, int]],
    week: list[int],
    kickoffs: list[int],
    window: tuple[int, int],
    left_out: set[date],
) -> dict[str, float]:
    """orders, known, near (an own match), local (date, weekday, quarter-hour of the day), week: of every quarter-hour.

    kickoffs: positions of matches. window: first and end quarter-hour from kick-off. left_out: dates around holidays.
    """
    cells = range(len(orders))
    free = [known[i] and not near[i] and local[i][0] not in left_out for i in cells]
    kickoffs = [k for k in kickoffs if local[k][0] not in left_out]
    place = [(local[i][1], local[i][2]) for i in cells]
    levels = _levels(orders, free, place, week)
    habit = _habit(orders, free, place, week, levels)
    usual = _usual(orders, free, place, week, local, habit, levels)
    by_date: dict[date, list[int]] = {}
    for i in cells:
        by_date.setdefault(local[i][0], []).append(i)
    rows = []
    for slot in sorted({place[k] for k in kickoffs}):
        played = [k for k in kickoffs if place[k] == slot]
        for i in cells:
            if place[i] != slot or min(abs((local[i][0] - local[k][0]).days) for k in played) > 56:
                continue
            today = by_date[local[i][0]]
            around = [j for j in range(i - 8, i + 16) if 0 <= j < len(orders)]
            if local[i][0] in left_out or (i not in kickoffs and any(near[j] for j in [*today, *around])):
                continue
            inside = [j for j in range(i + window[0], i + window[1]) if 0 <= j < len(orders)]
            if not all(known[j] for j in inside):
                continue
            if sum(habit[place[j]] > 0 for j in inside) < 4 or sum(usual[j] for j in inside) < 0.5:
                continue
            rest = [j for j in today if free[j] and j not in around]
            rows.append(
                {
                    "slot": slot,
                    "match": i in kickoffs,
                    "sold": sum(orders[j] for j in inside),
                    "usual": sum(usual[j] for j in inside),
                    "rest_sold": sum(orders[j] for j in rest),
                    "rest_usual": sum(usual[j] for j in rest),
                }
            )
    rows = _with_placebos(rows)
    _add_day_factor(rows)
    placebo_factors = [r["g"] for r in rows if not r["match"]]
    centre = float(np.median(placebo_factors))
    spread = max(1.4826 * float(np.median([abs(g - centre) for g in placebo_factors])), 0.02)
    return _estimate(_with_placebos([r for r in rows if abs(r["g"] - centre) <= 3 * spread]))


def _levels(orders: list[int], free: list[bool], place: list, week: list[int]) -> dict:
    level = dict.fromkeys(week, 1.0)
    while True:
        habit = _habit(orders, free, place, week, level)
        sold_in, usual_in = dict.fromkeys(week, _PRIOR), dict.fromkeys(week, _PRIOR)
        for i in range(len(orders)):
            if free[i]:
                sold_in[week[i]] += orders[i]
                usual_in[week[i]] += habit[place[i]]
        new = {w: sold_in[w] / usual_in[w] for w in level}
        moved = max(abs(new[w] - level[w]) for w in level)
        level = new
        if moved < 1e-6:
            return level


def _habit(orders: list[int], free: list[bool], place: list, week: list[int], level: dict) -> dict:
    sold, levels = dict.fromkeys(place, 0.0), dict.fromkeys(place, 0.0)
    for i in range(len(orders)):
        if free[i]:
            sold[place[i]] += orders[i]
            levels[place[i]] += level[week[i]]
    return {p: sold[p] / levels[p] if levels[p] else 0.0 for p in sold}


def _usual(
    orders: list[int], free: list[bool], place: list, week: list[int], local: list, habit: dict, levels: dict
) -> list[float]:
    sold, usual, sold_on, usual_on = {}, {}, {}, {}
    for i in range(len(orders)):
        for table, key, value in (
            (sold, week[i], orders[i]),
            (usual, week[i], habit[place[i]]),
            (sold_on, (week[i], local[i][0]), orders[i]),
            (usual_on, (week[i], local[i][0]), habit[place[i]]),
        ):
            table[key] = table.get(key, 0.0) + (value if free[i] else 0.0)
    level = {(w, d): (sold[w] - sold_on[w, d] + _PRIOR) / (usual[w] - usual_on[w, d] + _PRIOR) for w, d in sold_on}
    at_place: dict = {}
    for i in range(len(orders)):
        if free[i]:
            at_place.setdefault(place[i], []).append(i)

    def of_other_weeks(i: int) -> float:
        others = [j for j in at_place.get(place[i], []) if j != i]
        return sum(orders[j] for j in others) / sum(levels[week[j]] for j in others) if others else 0.0

    return [of_other_weeks(i) * level[week[i], local[i][0]] for i in range(len(orders))]


def _with_placebos(rows: list[dict]) -> list[dict]:
    def count(slot: tuple, is_match: bool) -> int:
        return sum(r["slot"] == slot and r["match"] == is_match for r in rows)

    return [r for r in rows if count(r["slot"], False) >= 2 and count(r["slot"], True) >= 1]


def _add_day_factor(rows: list[dict]) -> None:
    placebos = [r for r in rows if not r["match"]]
    variance = sum((r["rest_sold"] - r["rest_usual"]) ** 2 - r["rest_usual"] for r in placebos) / sum(
        r["rest_usual"] ** 2 for r in placebos
    )
    a = 1 / max(variance, 0.001)
    for r in rows:
        r["g"] = math.log((r["rest_sold"] + a) / (r["rest_usual"] + a))


def _estimate(rows: list[dict]) -> dict[str, float]:
    from scipy.stats import t

    placebos = [r for r in rows if not r["match"]]
    treated = [r for r in rows if r["match"]]
    slots = sorted({r["slot"] for r in rows})
    for r in rows:
        r["l"] = math.log((r["sold"] + 0.5) / (r["usual"] + 0.5))

    def centred(name: str, r: dict) -> float:
        same = [q[name] for q in placebos if q["slot"] == r["slot"]]
        return r[name] - sum(same) / len(same)

    slope = 1.0
    if len(placebos) >= 30:
        products = sum(centred("l", r) * centred("g", r) for r in placebos)
        slope = min(max(products / sum(centred("g", r) ** 2 for r in placebos), 0.0), 1.3)
    for r in rows:
        r["v"] = r["l"] - slope * r["g"]
    df = len(placebos) - len(slots)
    noise = [1 / (r["usual"] + 0.5) for r in placebos]
    t2 = max(sum(centred("v", r) ** 2 for r in placebos) / df - sum(noise) / len(noise), 0.001)
    for r in rows:
        r["w"] = 1 / (t2 + 1 / (r["usual"] + 0.5))
    weight_placebo = {s: sum(r["w"] for r in placebos if r["slot"] == s) for s in slots}
    weight_treated = {s: sum(r["w"] for r in treated if r["slot"] == s) for s in slots}
    mean = {s: sum(r["w"] * r["v"] for r in placebos if r["slot"] == s) / weight_placebo[s] for s in slots}
    total = sum(weight_treated.values())
    estimate = sum(r["w"] * (r["v"] - mean[r["slot"]]) for r in treated) / total
    s2 = sum(r["w"] * (r["v"] - mean[r["slot"]]) ** 2 for r in placebos) / df
    se = math.sqrt(s2 * (total + sum(weight_treated[s] ** 2 / weight_placebo[s] for s in slots)) / total**2)
    reach = float(t.ppf(0.975, df)) * se
    return {
        "estimate_log": estimate,
        "se": se,
        "df": df,
        "n_clusters": len(treated),
        "ci_low_pct": 100 * math.expm1(estimate - reach),
        "ci_high_pct": 100 * math.expm1(estimate + reach),
        "pull": abs(sum(_pull(r, rows) for r in treated)),
        "pull_sd": _pull_sd(rows, slots),
    }


def _pull(r: dict, rows: list[dict]) -> float:
    same = [q for q in rows if q["slot"] == r["slot"]]
    return r["w"] * (r["v"] - sum(q["w"] * q["v"] for q in same) / sum(q["w"] for q in same))


def _pull_sd(rows: list[dict], slots: list) -> float:
    """The exact standard deviation of the sum over matches when labels are permuted within slots."""
    variance = 0.0
    for slot in slots:
        pulls = [_pull(r, rows) for r in rows if r["slot"] == slot]
        n, m = len(pulls), sum(r["match"] for r in rows if r["slot"] == slot)
        mean = sum(pulls) / n
        variance += m * (n - m) / (n * (n - 1)) * sum((p - mean) ** 2 for p in pulls)
    return math.sqrt(variance)
