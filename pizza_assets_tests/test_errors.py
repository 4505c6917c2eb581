"""The tree of errors is drawn completely, and each message in the code names its thing, its cause and a remedy."""

import importlib
import inspect
import pkgutil

import pizza_assets
from pizza_assets import errors
from pizza_assets.errors import PizzaAssetsError, WeeksFailed
from pizza_assets_tests.support.messages import (
    ends_of_messages,
    messages,
    names_a_remedy,
    names_a_thing_and_a_cause,
    remedies,
)

PASSED_ON = {
    ("failure_alerts", "AlertFailed"),  # the messages of other AlertFailed
    ("digest_schedule", "AlertFailed"),  # as above
    ("moved_fixtures", "AlertFailed"),  # as above
    ("file_intake", "BadFile"),  # `_being_written`
    ("files", "BadFile"),  # the messages of other BadFile
    ("week_import", "BadFile"),  # as above
    ("io_manager", "WeeksFailed"),  # composed in errors.py
    ("settings", "ConfigurationError"),  # ends with a ValueError of settings/
    ("mapping_reader", "ConfigurationError"),  # ends with the second argument of `_fail`
    ("markets_table", "ValueError"),  # ends with a ValueError of values.py, or with `choice`
    ("values", "ValueError"),  # the second argument of `_matching`
}
"""Places where a message consists of, or ends with, one that is judged elsewhere."""


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


def test_every_message_names_its_thing_its_cause_and_a_remedy() -> None:
    found = list(messages())
    assert len(found) > 250
    faulty, passed_on = [], set()
    for message, is_end in [*((one, False) for one in found), *((one, True) for one in ends_of_messages())]:
        text = message.text or "{}"
        if (names_a_remedy(text) or "remedy" in text) and (is_end or names_a_thing_and_a_cause(text)):
            continue
        place = message.place.rpartition(".")[2].partition(":")[0], message.error
        if place in PASSED_ON and text.endswith("}"):
            passed_on.add(place)
        else:
            faulty.append(message)
    assert faulty == []
    assert passed_on == PASSED_ON


def test_every_text_called_a_remedy_is_one() -> None:
    found = list(remedies())
    assert len(found) > 10
    assert [remedy for remedy in found if not names_a_remedy(remedy[1])] == []


def test_a_message_without_a_remedy_or_a_cause_is_noticed() -> None:
    assert not names_a_remedy("{path}: can't be read ({error})")
    assert not names_a_remedy("week {week} is unusable; the runs are over")
    assert names_a_remedy("{path}: can't be read; check its permissions")
    assert not names_a_thing_and_a_cause("something went wrong; run again")
    assert not names_a_thing_and_a_cause("{path}: run it again")
    assert names_a_thing_and_a_cause("{path}: can't be read; check its permissions")


def test_failed_weeks_are_found_again_in_the_text() -> None:
    error = WeeksFailed("raw_orders", {"2026-08-04": ValueError("two\nlines"), "2026-08-18": KeyError("x")}, stored=50)
    assert "2 of 52 weeks failed; the other 50 are stored" in str(error)
    assert WeeksFailed.weeks_in(str(error)) == {"2026-08-04": "ValueError: two lines", "2026-08-18": "KeyError: 'x'"}
