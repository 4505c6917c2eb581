"""Settings, TOML files, stored weeks and order files that no one should write, each from a seed.

Every trial returns what came of it: a word for success, or the name of an error of ours whose message names the thing
and can be shown in a terminal. Anything else that escapes is a defect.
"""

import os
import random
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from pizza_assets.cli import main
from pizza_assets.errors import ConfigurationError, PizzaAssetsError
from pizza_assets.settings import Settings
from pizza_assets.settings.markets_table import read_markets
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.packed_files import ORDER_SUFFIXES
from pizza_assets_tests.support.pipeline import Pipeline

Trial = Callable[[int, Path], str]
EXIT_CODES = (0, 1, 2)
TRUTH = "truth.json"
"""What the exports say, beside them."""

_ALWAYS_SAID = (
    "--label mock", "--timezone Europe/London", "--currency GBP", "--market Leeds", "--chain fornello", "--store-id S1",
    "--accept-doubts",
)  # fmt: skip
_SOMETIMES_SAID = (
    "--date-order day", "--date-order month", "--price-unit major", "--price-unit minor", "--price-is line",
    "--price-is unit", "--amount-on each_line", "--amount-on repeated", "--refunds net", "--refunds exclude",
    "--refunds refuse", "--rows orders", "--rows items", "--id none", "--layout none", "--business-day-ends 05:00",
)  # fmt: skip

_TEXTS = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e9999",
        "9" * 400,
        "²",
        "1_0",
        "NaN",
        "inf",
        "None",
        "x" * 5000,
        "\x1b[31mred",
        "\u202eabc",
    ),
    *("http://[::1", "https://", "s3://", "s3://a/../b", "file:///etc", "//", "~", "/", ".", "..", "*", "[", "{0}%s"),
    *(
        "\\x00",
        "\n",
        "\t\r",
        "é\udc80",
        "🍕",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "Europe/Nowhere",
        "../etc/passwd",
    ),
    *("arn:aws:sns:x", "arn:aws:quicksight:eu-west-1:1:user/default/x", "en.1,,en.1", "2024-25,zz", "real", "mock"),
)
_MARKETS = """
[[market]]
name = "Leeds"
timezone = "Europe/London"
teams = ["Leeds United FC"]
chain = "dominos"

[[market]]
name = "Turin"
timezone = "Europe/Rome"
"""
_MAPPING = """
label = "real"
rows = "items"
currency = "GBP"
timezone = "Europe/London"
delimiter = ";"
refunds = "net"
[columns]
order_id = ["Order No", "OrderNo"]
date = "Day"
time = "At"
price = "Price"
status = "State"
[constants]
chain = "dominos"
market = "Leeds"
store_id = 7
[formats]
date = "%d/%m/%Y"
time = "%H:%M"
[statuses]
exclude = ["void"]
"""
_LITERALS = (
    *(
        '""',
        "1",
        "-1",
        "1.5",
        "nan",
        "true",
        "[]",
        "{}",
        "[1]",
        '["a", 2]',
        "{a = 1}",
        "[[[]]]",
        "1979-05-27",
        "07:32:00",
    ),
    *('"%"', '"%Q"', '"\\u0000"', '"\\u001b[2J"', '"\\u202e"', '"é"', '"Europe/London\\n"', '"//"', '"utf-9"', '"*"'),
    *(f'"{"x" * 3000}"', "9" * 4500, "1e9999", "0x" + "f" * 400, "{" * 50, "[" * 5000, "'''", "# ", "\x00", "\ud800"),
)


def settings(seed: int, folder: Path) -> str:
    """One to three variables with hostile values."""
    chance = random.Random(seed)
    variables = sorted(declared.metadata["variable"] for declared in Settings.__dataclass_fields__.values())
    environ = {chance.choice(variables): chance.choice(_TEXTS) for _ in range(chance.randint(1, 3))}
    if chance.random() < 0.05:
        environ[f"PIZZA_{chance.choice(_TEXTS)}"] = "1"
    try:
        Settings.from_environment(environ).markets()
    except ConfigurationError as error:
        _check_message(str(error), [*environ, "PIZZA_", *map(ascii, environ)])
        return "ConfigurationError"
    return "settings"


def markets(seed: int, folder: Path) -> str:
    """A markets table with damaged text."""
    file = folder / "markets.toml"
    file.write_bytes(_damaged(_MARKETS, random.Random(seed)))
    try:
        read_markets(file)
    except ConfigurationError as error:
        _check_message(str(error), [str(file)])
        return "ConfigurationError"
    return "markets"


def mapping(seed: int, folder: Path) -> str:
    """A mapping with damaged text."""
    text = _damaged(_MAPPING, random.Random(seed)).decode("utf-8", "replace")
    try:
        parse_mapping(text, "orders.toml")
    except ConfigurationError as error:
        _check_message(str(error), ["orders.toml"])
        return "ConfigurationError"
    return "mapping"


def stored_week(seed: int, folder: Path, stored: Path) -> str:
    """One damaged file of a stored week: whatever is read is what was stored, or a named error."""
    chance = random.Random(seed)
    files = sorted(file for file in stored.rglob("week=*/*") if file.suffix in (".json", ".parquet"))
    file = chance.choice(files)
    asset, week = file.name.partition(".")[0].removeprefix("_"), file.parent.name.removeprefix("week=")
    copied = folder / "data"
    shutil.copytree(file.parent, copied / file.parent.relative_to(stored))
    _damage(copied / file.relative_to(stored), chance.choice(["flip", "flip", "cut", "empty", "missing"]), chance)
    tables = Pipeline(copied).tables
    try:
        read = tables.read_week(asset, week)
        tables.week_facts(asset, week)
    except PizzaAssetsError as error:
        _check_message(str(error), [week])
        return type(error).__name__
    if read is None:
        return "no rows"
    whole = Pipeline(stored).tables.read_week(asset, week)
    assert whole is not None
    assert read.rows.equals(whole.rows), f"{asset}: other rows than were stored"
    return "rows"


def order_file(seed: int, folder: Path, exports: Path) -> str:
    """`pizza check` of an export with changed bytes, and with answers, so that some are imported."""
    chance = random.Random(seed)
    files = sorted(
        file
        for file in exports.iterdir()
        if file.name.endswith(ORDER_SUFFIXES) and file.name != TRUTH and file.stat().st_size < 200_000
    )
    chosen = chance.choice(files)
    content = bytearray(chosen.read_bytes())
    for _ in range(chance.choice([1, 1, 3, 30])):
        at = chance.randrange(len(content) + 1)
        content[at : at + chance.choice([0, 1, 1, 9, 500])] = chance.choice(
            [
                bytes([chance.randrange(256)]),
                b"\x00",
                b'"',
                b"\r",
                b"\n\n",
                b"\xff\xfe",
                b"1e999999",
                b"9" * 50,
                b",,,",
                b"\x1b[2J",
            ]
        )
    file = folder / f"orders{''.join(chosen.suffixes[-2:])}"
    file.write_bytes(content)
    said = [*_ALWAYS_SAID, *chance.sample(_SOMETIMES_SAID, chance.choice([0, 1, 2]))]
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.dict(os.environ, {"PIZZA_MATCHES": "mock"}):
        code = main(["check", str(file), *(word for answer in said for word in answer.split())])
    assert code in EXIT_CODES, f"exit code {code}"
    shown = out.getvalue() + err.getvalue()
    assert "Traceback" not in shown
    assert "\x1b" not in shown, "an escape sequence of the file reaches the terminal"
    return f"exit code {code}, {'imported' if 'lines' in shown.partition('Lines')[2] else 'not imported'}"


def _damaged(text: str, chance: random.Random) -> bytes:
    """Some lines repeated, dropped, moved or with another value, and seldom another byte."""
    lines = text.strip().splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        change = chance.random()
        if equals and change < 0.6:
            lines[at] = f"{key}={chance.choice(_LITERALS)}"
        elif change < 0.7:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif change < 0.8 and len(lines) > 1:
            del lines[at]
        elif change < 0.9:
            lines[at] = f"{chance.choice(['a', 'timezone', 'name', '[x]', 'é', ''])} = {chance.choice(_LITERALS)}"
        else:
            lines[at], lines[0] = lines[0], lines[at]
    content = bytearray("\n".join(lines).encode("utf-8", "surrogatepass"))
    if chance.random() < 0.2:
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def _damage(file: Path, damage: str, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    if damage == "missing":
        file.unlink()
        return
    if damage == "flip" and content:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if damage == "cut":
        del content[chance.randrange(len(content) + 1) :]
    file.unlink()  # never through a link to another file
    file.write_bytes(b"" if damage == "empty" else content)


def _check_message(message: str, things: list[str]) -> None:
    """The message names the thing, and says more than the cause."""
    assert any(thing in message for thing in things), f"names none of {things}: {message[:300]}"
    assert any(sign in message for sign in (";", ". ", "must be")), f"no remedy: {message[:300]}"
    assert len(message) < 7000, f"values are repeated whole: {len(message)} characters"  # a path is shown whole, once
