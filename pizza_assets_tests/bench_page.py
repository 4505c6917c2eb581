"""How soon the page is ready, against a plain Vega-Lite page with a tenth of the data, in turns in one browser; and by
how much a large page differs: 200 markets x 156 weeks x 100 matches a week.

Ours holds 500 matches, 20 markets and a year of 15-minute counts and draws every view; the plain page holds 2 of these
markets as rows of JSON and draws one line chart, with the same chart library inside the file. Times are the browser's
own, from the start of the navigation. Run by `make bench-page`.
"""

import json
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import vl_convert
from playwright.sync_api import sync_playwright

from pizza_assets.dashboards.dashboard_page import build_page
from pizza_assets_tests.dashboards.conftest import CHROMIUM, FLAGS
from pizza_assets_tests.dashboards.sample import Sample, sample_page_data, sample_quarters

ROUNDS = 9
A_YEAR = Sample(weeks=52, markets=20, chains=1, matches_per_week=10)
LARGE = Sample(weeks=156, markets=200, chains=1, matches_per_week=100)
LARGE_ROUNDS = 3
A_TENTH = Sample(weeks=52, markets=2, chains=1)
NODES = "document.querySelectorAll('*').length"
MARKS = "Object.fromEntries(performance.getEntriesByType('mark').map((mark) => [mark.name, mark.startTime]))"


def main() -> None:
    """Print the sizes, the medians and their ratios."""
    data = sample_page_data(A_YEAR)
    pages = {"ours": build_page(data), "plain": plain_page()}
    cells = len(data.quarter_hours)
    print(f"ours: {len(data.matches)} matches, {cells:,} counts, {len(pages['ours'].encode()) / 1e6:.2f} MB")
    print(f"plain: {cells // 10:,} counts, {len(pages['plain'].encode()) / 1e6:.2f} MB")
    times = _timed(pages)
    plain = statistics.median(times["plain", "drawn"])
    for (name, mark), measured in sorted(times.items()):
        if mark == "nodes":
            continue
        middle = statistics.median(measured)
        spread = f"{min(measured):.0f} to {max(measured):.0f}"
        print(f"{name:>6} {mark:<6} {middle:7.0f} ms ({spread}), {middle / plain:.2f} times the plain page")
    _compare_sizes(pages["ours"])


def _compare_sizes(small: str) -> None:
    """Print megabytes, nodes and times of the large page, compared with the small one."""
    pages = {"small": small, "large": build_page(sample_page_data(LARGE))}
    times = _timed(pages, LARGE_ROUNDS)
    for name, text in pages.items():
        print(f"{name:>6} {len(text.encode()) / 1e6:.2f} MB, {times[name, 'nodes'][0]:,.0f} nodes")
    for mark in ("first", "ready", "drawn"):
        small_ms, large_ms = (statistics.median(times[name, mark]) for name in ("small", "large"))
        print(
            f" large {mark:<6} {large_ms:7.0f} ms, {large_ms / small_ms:.2f} times the small page's {small_ms:.0f} ms"
        )


def plain_page() -> str:
    """What a page of this kind looks like without any care: rows as JSON, one line per market."""
    quarters = sample_quarters(A_TENTH, np.random.default_rng(1))
    rows = quarters[["market", "order_count"]].assign(at=quarters["bin_at"].dt.strftime("%Y-%m-%dT%H:%MZ"))
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": 900,
        "height": 230,
        "data": {"values": rows.to_dict("records")},
        "mark": "line",
        "encoding": {
            "x": {"field": "at", "type": "temporal"},
            "y": {"field": "order_count", "type": "quantitative"},
            "color": {"field": "market", "type": "nominal"},
        },
    }
    draw = f'vegaEmbed("#chart", {json.dumps(spec)}).then(() => performance.mark("drawn"))'
    return (
        f'<!doctype html><meta charset="utf-8"><div id="chart"></div>'
        f"<script>{vl_convert.javascript_bundle()}</script><script>{draw}</script>"
    )


def _timed(pages: dict[str, str], rounds: int = ROUNDS) -> dict[tuple[str, str], list[float]]:
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for name, text in pages.items():
            (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
        for _ in range(rounds):
            for name in pages:
                for mark, at in _marks(browser, Path(folder) / f"{name}.html").items():
                    times[name, mark].append(at)
        browser.close()
    return times


def _marks(browser, file: Path) -> dict[str, float]:
    """In milliseconds: when the first screen was there, all words, tables and filters ready, and every chart drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    marks: dict[str, float] = {}
    while "drawn" not in marks:
        page.wait_for_timeout(50)
        marks = page.evaluate(MARKS)
    marks["nodes"] = page.evaluate(NODES)
    page.close()
    return marks


if __name__ == "__main__":
    main()
