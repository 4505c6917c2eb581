"""What steers a terminal is escaped; names in any script are shown as they are written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.cli.terminal import printable
from pizza_assets_tests.support.examples import examples

JOINERS = "\u200c\u200d"


@pytest.mark.parametrize(
    "name",
    [
        "東京\u3000店",
        "1\u202f234,50\xa0€",
        "Pizzeria 👨\u200d🍳",
        "پیتزا\u200cفروشی",
        "ශ්\u200dරී ලංකා",
        "Crème brûlée\tñ\n",
    ],
)
def test_names_are_shown_as_they_are_written(name: str) -> None:
    assert printable(name) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m\x07\x7f\r", r"\x1b[31m\x07\x7f\r"),
        ("\x9b2J\x85", r"\x9b2J\x85"),
        ("\u202etxt.exe\u2066\u200e", r"\u202etxt.exe\u2066\u200e"),
        ("\u2028\u2029\ufeff\xad\u200b", r"\u2028\u2029\ufeff\xad\u200b"),
        ("half \udcff", r"half \udcff"),
        ("Le\u200deds", r"Le\u200deds"),
        ("é\u200d\u200dé\u200d", r"é\u200d\u200dé\u200d"),
    ],
)
def test_what_steers_or_hides_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


@examples(200)
@given(text=st.text())
def test_nothing_but_letters_spaces_and_joiners_is_left(text: str) -> None:
    kept = printable(text)
    assert [
        letter
        for letter in kept
        if not letter.isprintable() and unicodedata.category(letter) != "Zs" and letter not in "\n\t" + JOINERS
    ] == []
    assert printable(kept) == kept
