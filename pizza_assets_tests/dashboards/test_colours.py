"""Colours that must be told apart differ visibly, also for people without green-sensitive cones, and in grey."""

import re
from importlib.resources import files
from itertools import combinations, pairwise

import pytest
from coloraide import Color

CSS = (files("pizza_assets.dashboards") / "page" / "page.css").read_text(encoding="utf-8")
SCHEMES = dict(
    zip(
        ("light", "dark"),
        [
            dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
            for block in re.findall(r":root \{(.*?)\n *\}", CSS, re.DOTALL)
        ],
        strict=True,
    )
)
LEAST = 20
"""CIEDE2000. About 2.3 is just noticeable side by side; marks in a chart are small and apart."""

TOGETHER = {
    "results": ("home-win", "draw", "away-win", "faint"),
    "sources": ("real", "mock"),
    "calendar": ("fall", "level", "rise"),
    "changes": ("up", "down"),
    "forecasts": ("accent", "axis"),
}
"""Colours of one legend by its subject."""

PAIRS = [
    *(pair for names in TOGETHER.values() for pair in combinations(names, 2)),
    *pairwise(("window-pre", "window-during", "window-post")),  # bands that touch; the outer two lie apart, in order
]


def difference(first: str, second: str, seen: str | None) -> float:
    """CIEDE2000, as people with this simulation of deuteranopia see it; None: with all cones."""
    colours = [
        Color(text) if seen is None else Color(text).filter("deutan", severity=1, method=seen)
        for text in (first, second)
    ]
    return colours[0].delta_e(colours[1], method="2000")


def test_the_formula_is_that_of_the_published_pairs() -> None:
    """Pairs 1, 7 and 25 of Sharma, Wu and Dalal (2005), the test data of CIEDE2000."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for first, second, expected in pairs:
        found = Color("lab-d65", first).delta_e(Color("lab-d65", second), method="2000", space="lab-d65")
        assert found == pytest.approx(expected, abs=1e-4)


def test_red_and_green_of_one_lightness_would_fail() -> None:
    assert difference("#b35c00", "#7a7a00", None) > LEAST
    assert difference("#b35c00", "#7a7a00", "machado") < LEAST


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_colours_of_one_legend_are_told_apart(scheme: str, first: str, second: str) -> None:
    """By all cones, and by each of three published simulations of deuteranopia."""
    colours = SCHEMES[scheme]
    found = {seen: difference(colours[first], colours[second], seen) for seen in (None, "machado", "vienot", "brettel")}
    assert {seen: value for seen, value in found.items() if value < LEAST} == {}


def test_results_are_told_apart_in_grey_print() -> None:
    """The page prints in light colours: what remains is how light they are."""
    light = [Color(SCHEMES["light"][name]).convert("lab-d65")["lightness"] for name in TOGETHER["results"]]
    won, drew, lost, unknown = light
    assert min(abs(a - b) for a, b in combinations((won, drew, unknown), 2)) > 20
    assert abs(won - lost) > 20
