import json
import re
from importlib.resources import files

import pytest
import vl_convert

from pizza_assets.dashboards.views import VIEWS

SPECS = {name: spec for view in VIEWS for name, spec in view.charts.items()}
PAGE = files("pizza_assets.dashboards") / "page"
OPEN = {"$width": 400, "$ticks": 5, "$step": 40, "$x-title": "goals", "$bar-opacity": 0.9}
"""What the page fills in, besides colours."""


def filled(value):
    """The spec as the page fills it: any colour will do."""
    if isinstance(value, dict):
        return {name: filled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item) for item in value]
    if value in OPEN:
        return OPEN[value]
    return "#123456" if isinstance(value, str) and value.startswith("$") else value


@pytest.mark.parametrize("name", SPECS)
def test_each_chart_is_valid_vega_lite(name):
    assert vl_convert.vegalite_to_vega(filled(SPECS[name]))["marks"]


def test_every_colour_is_declared_for_light_and_dark():
    css = (PAGE / "page.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)", 1)
    used = set(re.findall(r'"\$([a-z-]+)"', json.dumps(SPECS))) - {"schema", *(name[1:] for name in OPEN)}
    assert used
    for name in used:
        assert f"--{name}:" in light
        assert f"--{name}:" in dark.split("* { box-sizing", 1)[0]
