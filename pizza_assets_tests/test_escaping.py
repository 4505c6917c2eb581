"""What steers a terminal is escaped; names in any script are shown as they are written."""

import ast
import io
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.cli.terminal import say
from pizza_assets.errors import BadFile
from pizza_assets.escaping import plain_markdown, printable, printable_json, with_minus
from pizza_assets_tests.conftest import PROJECT_ROOT
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


@examples(200)
@given(document=st.dictionaries(st.text(), st.text()))
def test_json_keeps_its_content(document: dict[str, str]) -> None:
    text = printable_json(json.dumps(document, ensure_ascii=False))
    assert json.loads(text) == document
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see www.evil.example", r"see www\.evil.example"),
        ("http://evil.example a@b.example", r"http\://evil.example a\@b.example"),
        ("\u202e[x](javascript:alert)", r"\\u202e\[x\](javascript:alert)"),
        ("a\n\n# b", r"a \# b"),
    ],
)
def test_text_is_no_markdown(text: str, shown: str) -> None:
    assert plain_markdown(text) == shown


def test_the_message_of_an_error_is_escaped() -> None:
    assert str(BadFile("\x1b[2J\u202e.csv: can't be read")) == r"\x1b[2J\u202e.csv: can't be read"


def test_only_one_place_of_the_commands_writes_to_the_terminal() -> None:
    """And orchestration writes what it names itself: progress, and where it made an instance."""
    found = {path.name for path in _modules("cli") if _prints(path)}
    assert found == {"terminal.py"}
    assert {path.name for path in _modules("orchestration") if _prints(path)} == {"progress.py", "local_instance.py"}


def _modules(package: str) -> list[Path]:
    return sorted((PROJECT_ROOT / "pizza_assets" / package).rglob("*.py"))


def _prints(path: Path) -> bool:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return any(isinstance(call.func, ast.Name) and call.func.id == "print" for call in calls)


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (
            "orders were 1.0 % above (95 % interval -3.0 to 5.2 %)",
            "orders were 1.0 % above (95 % interval −3.0 to 5.2 %)",
        ),
        ("-3.0 (-4.1 to -2.0)\n-7 %", "−3.0 (−4.1 to −2.0)\n−7 %"),
        ("2026-08-04, leeds-2, 14-3, - 5 shops", "2026-08-04, leeds-2, 14-3, - 5 shops"),
    ],
)
def test_negative_numbers_have_a_minus_sign_for_people(stored: str, read: str) -> None:
    assert with_minus(stored) == read


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "−3 %\n"), ("ascii", "-3 %\n"), ("latin-1", "-3 %\n")])
def test_a_terminal_without_a_minus_sign_shows_a_hyphen(encoding: str, shown: str, monkeypatch) -> None:
    """It would be a UnicodeEncodeError."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding=encoding, newline="\n"))
    say(with_minus("-3 %"))
    assert written.getvalue().decode(encoding) == shown
