"""The tree of errors is drawn completely."""

import importlib
import inspect
import pkgutil

import pizza_assets
from pizza_assets import errors
from pizza_assets.errors import PizzaAssetsError, WeeksFailed


def test_the_drawn_tree_is_complete() -> None:
    for module in pkgutil.walk_packages(pizza_assets.__path__, "pizza_assets."):
        if module.name != "pizza_assets.definitions":
            importlib.import_module(module.name)
    drawn = {line.split("─ ")[-1].split()[0] for line in inspect.getdoc(errors).splitlines() if "─ " in line}
    found, waiting = set(), [PizzaAssetsError]
    while waiting:
        children = waiting.pop().__subclasses__()
        found |= {child.__name__ for child in children}
        waiting += children
    assert found == drawn


def test_failed_weeks_are_found_again_in_the_text() -> None:
    error = WeeksFailed("raw_orders", {"2026-08-04": ValueError("two\nlines"), "2026-08-18": KeyError("x")}, stored=50)
    assert "2 of 52 weeks failed; the other 50 are stored" in str(error)
    assert WeeksFailed.weeks_in(str(error)) == {"2026-08-04": "ValueError: two lines", "2026-08-18": "KeyError: 'x'"}
