"""Whatever is typed after any command, the answer is a documented exit code and no traceback, and says what to do.

The commands are read from the program itself, so a new command or option is tested as soon as it exists.
"""

import os
import shutil
import unicodedata
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pizza_assets.cli import main
from pizza_assets.cli.program import pizza
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.messages import names_a_remedy
from pizza_assets_tests.support.worlds import World

STEERING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
HARMLESS = "\n\t\u200c\u200d"
EXIT_CODES = {0, 1, 2}
TEXTS = (
    "",
    "\u202etxt.exe",
    "\x9b2J",
    "../../etc/passwd",
    "x" * 5000,
    'order_id=No\n[where]"\\',
    "\x1b[31m🍕{0}%s",
    "é\udc80",
)
PATHS = (
    "",
    ".",
    "/",
    "/dev/null",
    "binary",
    "binary/file.toml",
    "missing/file.toml",
    "x" * 5000,
    "\x1b🍕.toml",
    "\udcff",
)
VALUES = (
    *TEXTS,
    *(" ", "-", "--", "-1", "0", "1.5", "1e9", "9" * 30, "²", "1_000", "nonsense", "None", "=", "=x", "x=", "$(id)"),
    *("4.8.2026", "2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "1900-01-01", "2100-12-31", "2026-W32-2"),
    *("2026-08-12T18:00", "2026-08-12T18:00+25:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-12:00"),
)
NEEDED = {
    ("check",): ["orders.csv", "--label=real", "--timezone=Europe/London", "--currency=GBP", "--market=Leeds",
                 "--chain=dominos", "--store-id=1"],
    ("restore",): ["2026-08-04"],
}  # fmt: skip
"""What a command can't be called without, so that only the value tried can stop it."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def valued(command: click.Command) -> list[click.Parameter]:
    return [param for param in command.params if not (isinstance(param, click.Option) and param.is_flag)]


def typed(path: tuple[str, ...], param: click.Parameter, value: str) -> list[str]:
    """The command-line arguments that set the parameter to this value."""
    if isinstance(param, click.Argument):
        return [*path, "--", value]
    return [*path, *NEEDED.get(path, []), f"{param.opts[0]}={value}"]


def hostile_values(param: click.Parameter) -> tuple[str, ...]:
    if isinstance(param.type, click.Path):
        return PATHS
    return TEXTS if isinstance(param.type, type(click.STRING)) else VALUES


PARAMETERS = [(path, param) for path, command in commands(pizza) for param in valued(command)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export, a file that is no text, and no usable Dagster instance, so that nothing is ever collected."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "missing"))
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    monkeypatch.setattr(webbrowser, "open", lambda address: None)
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("nothing may be started"))
    lines = [f"A{n},2025-08-04 18:{n:02},9.50,2" for n in range(30)]
    (tmp_path / "orders.csv").write_text("\n".join(["Order No,Placed,Paid,Pizzas", *lines]))
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    return tmp_path


def test_the_arguments_that_each_case_adds_are_sufficient(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", *NEEDED["check",], "--write"]) == 0
    assert (folder / "orders.toml").exists()


def fault(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str | None:
    """What is wrong with the program's answer, or None. An exception is a traceback, so it is let through."""
    shown = f"pizza {ascii(' '.join(arguments))[:200]}"
    try:
        code: Any = main(arguments)
    except BaseException as error:
        error.add_note(shown)
        raise
    printed = capsys.readouterr()
    if code not in EXIT_CODES or type(code) is not int:
        return f"{shown}: exit code {code!r}"
    if code == 2 and not printed.err.strip():
        return f"{shown}: refused without a word"
    if "Traceback" in printed.err:
        return f"{shown}: prints a traceback"
    if code == 2 and not names_a_remedy(printed.err):
        return f"{shown}: does not say what to do: {printed.err[-300:]!a}"
    shown_text = printed.out + printed.err
    steers = [letter for letter in shown_text if unicodedata.category(letter) in STEERING and letter not in HARMLESS]
    return f"{shown}: prints {steers[0]!a}" if steers else None


def test_every_option_withstands_hostile_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tried = [typed(path, param, value) for path, param in PARAMETERS for value in hostile_values(param)]
    assert len(tried) > 400
    assert [found for arguments in tried if (found := fault(arguments, capsys))] == []


QUICK = [(path, param) for path, param in PARAMETERS if path != ("check",)]
"""Each check looks at a whole export, which takes too long for hundreds of texts."""


@pytest.mark.parametrize("name", ["--\x1b[31m", "\u202erun", "\x07"])
def test_a_hostile_option_or_command_is_refused_without_steering_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert fault([name], capsys) is None
    assert fault(["run", name], capsys) is None


def test_a_hostile_setting_is_refused_without_steering_the_terminal(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIZZA_MARKETS", "\x1b[31m\u202e.toml")
    assert fault(["status"], capsys) is None


@examples(200, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameter=st.sampled_from(QUICK), value=st.text(st.characters(exclude_characters="\0")))
def test_every_option_withstands_any_text(
    folder: Path, capsys: pytest.CaptureFixture[str], parameter: tuple[tuple[str, ...], click.Parameter], value: str
) -> None:
    assert fault(typed(*parameter, value), capsys) is None


@st.composite
def command_lines(draw: st.DrawFn, paths: Sequence[tuple[str, ...]]) -> list[str]:
    """A command with any of its options and arguments, plausible, hostile or arbitrary, in any number and order."""
    path = draw(st.sampled_from(paths))
    command = dict(commands(pizza))[path]
    words: list[list[str]] = []
    for param in draw(st.lists(st.sampled_from(command.params), max_size=5)) if command.params else []:
        if isinstance(param, click.Option) and param.is_flag:
            words.append([param.opts[0]])
            continue
        value = draw(st.one_of(st.sampled_from(hostile_values(param)), st.sampled_from(PLAUSIBLE), any_text))
        words.append([value] if isinstance(param, click.Argument) else [f"{param.opts[0]}={value}"])
    extra = draw(st.lists(st.one_of(st.sampled_from(VALUES), any_text), max_size=1)) if draw(st.booleans()) else []
    return [*path, *(word for option in words for word in option), *extra]


any_text = st.text(st.characters(exclude_characters="\0"), max_size=20)
PLAUSIBLE = ("2026-08-04", "2026-08-18", "2026-08-25T18:00Z", "3", "Leeds", "London", "Arsenal", "orders.csv", "none",
             "timestamp=Placed", "order_id=Order No", "Europe/London", "GBP", "real", "minor", "PAID")  # fmt: skip
READERS = [path for path, command in commands(pizza) if path not in {("check",), ("ui",)} and command.params]


@examples(400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=command_lines(READERS))
def test_any_combination_of_options_is_answered(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert fault(arguments, capsys) is None


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=command_lines([("check",)]))
def test_any_combination_of_options_of_check_is_answered(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert fault([arguments[0], "orders.csv", *arguments[1:]], capsys) is None
    assert (folder / "orders.csv").read_text().startswith("Order No,")


@examples(200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=command_lines([path for path in READERS if path not in {("run",), ("backfill",)}]))
def test_any_combination_of_options_is_answered_from_stored_weeks(
    stored: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert fault(arguments, capsys) is None


@pytest.fixture
def stored(folder: Path, analysed: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, with stored weeks and an instance."""
    shutil.copy(PROJECT_ROOT / "dagster.yaml", folder)
    monkeypatch.delenv("DAGSTER_HOME")
    monkeypatch.setenv("PIZZA_STORAGE", str(analysed.data))
    return folder
