"""`pizza check`, as somebody types it with an export of their own."""

import re
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pizza_assets.cli import main
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import read_markets
from pizza_assets.sources.orders.mapping_reader import load_mapping
from pizza_assets_tests.conftest import PROJECT_ROOT

FIRST = MatchWeek("2025-08-05", "Europe/London")
CITIES = ("Leeds", "Fulham", "Sunderland", "Springfield")
SAID = ["--label", "real", "--timezone", "Europe/London", "--currency", "GBP", "--chain", "dominos"]
SAID += ["--refunds", "refuse"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(PROJECT_ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIZZA_MATCHES", "mock")
    _export(tmp_path / "orders.csv", weeks=12)
    return tmp_path


def _export(path: Path, weeks: int) -> None:
    random = np.random.default_rng(0)
    count = 1_500 * weeks
    minutes = np.sort(random.integers(0, weeks * 7 * 14 * 60, count))
    at = pd.Timestamp("2025-08-05 10:00") + pd.to_timedelta(minutes // 840, unit="D")
    placed = (at + pd.to_timedelta(minutes % 840, unit="m")).strftime("%d/%m/%Y %H:%M")
    city = random.choice(CITIES, count)
    frame = pd.DataFrame(
        {
            "Order No": [f"A{n:06}" for n in range(count)],
            "Placed": placed,
            "Paid": [f"{8 + n % 9}.50" for n in range(count)],
            "Pizzas": 1 + np.arange(count) % 3,
            "City": city,
            "Store": np.char.add("S-", city),
            "Customer": [f"Person {n}" for n in range(count)],
        }
    )
    frame.loc[5, "Paid"] = "-3.00"
    frame.loc[6, "Placed"] = "31/02/2025 12:00"
    frame = pd.concat([frame, frame.iloc[[0]]])
    frame.to_csv(path, index=False)


def test_it_leaves_nothing_where_nothing_is_stored_and_keeps_its_lines_where_something_is(
    home: Path, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name for path in home.iterdir()}
    main(["check", "orders.csv", *SAID, "--date-order", "day", "--price-unit", "major"])
    first = capsys.readouterr().out
    assert "Next: repeat the command with --write" in first
    assert {path.name for path in home.iterdir()} == before
    assert list(temporary.iterdir()) == []
    (home / "data").mkdir()
    main(["check", "orders.csv", *SAID, "--date-order", "day", "--price-unit", "major"])
    assert capsys.readouterr().out == first
    assert list((home / "data" / "staging").rglob("lines.duckdb"))


def test_it_asks_for_what_it_can_not_know_and_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "orders.csv", "--write"]) == 1
    out = capsys.readouterr().out
    asked = [line.split()[0] for line in out.splitlines() if line.startswith("  --")]
    assert asked == ["--label", "--timezone", "--currency", "--chain", "--refunds"]
    assert "A preview" in out
    assert not (home / "orders.toml").exists()


def test_every_line_is_accounted_for_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "orders.csv", *SAID]) == 0
    out = capsys.readouterr().out
    assert "18,001 read = 17,998 accepted + 2 refused + 1 duplicates" in out
    assert "orders.csv line 7: column 'Paid': '-3.00' is negative" in out
    assert "orders.csv line 8: column 'Placed': '31/02/2025 12:00' is no time as %d/%m/%Y %H:%M" in out
    assert "never read: 'Customer'" in out


def test_it_says_what_could_be_answered(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "orders.csv", *SAID])
    out = capsys.readouterr().out
    assert "Markets  4, by this proposal" in out
    assert "Leeds follows Leeds United" in out
    assert "Springfield follows no team (no team of this name): 0 matches" in out
    assert "Orders depart from normal after the own team's match, with MOCK matches (primary): " in out


def test_what_is_written_can_be_used_and_is_not_overwritten(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "orders.csv", *SAID, "--write"]) == 0
    out = capsys.readouterr().out
    assert "export PIZZA_ORDERS_PATH=orders.csv" in out
    assert load_mapping(home / "orders.toml").columns["order_id"] == "Order No"
    assert {market.name for market in read_markets(home / "markets.toml")} == set(CITIES)
    assert main(["check", "orders.csv", *SAID, "--write"]) == 0  # the same again changes nothing
    assert main(["check", "orders.csv", *SAID[2:], "--label", "mock", "--write"]) == 2
    assert "already exists" in capsys.readouterr().err
    assert main(["check", "orders.csv", "--mapping", "orders.toml"]) == 0


def test_an_export_of_which_too_much_is_refused_is_not_called_usable(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (home / "orders.csv").read_text().splitlines()
    (home / "bad.csv").write_text("\n".join([lines[0], *(line.replace(".50", ".5O") for line in lines[1:])][:2000]))
    assert main(["check", "bad.csv", *SAID]) == 1
    assert "No order of this export can be used" in capsys.readouterr().out
    some = [line.replace(".50", ".5O") if n % 11 == 0 else line for n, line in enumerate(lines[1:])]
    (home / "some.csv").write_text("\n".join([lines[0], *some]))
    assert main(["check", "some.csv", *SAID]) == 1
    assert "9.1% of the lines are refused, but weeks with more than 5% are not stored" in capsys.readouterr().out
    assert main(["check", "missing.csv"]) == 2
    assert "Path 'missing.csv' does not exist" in capsys.readouterr().err


def test_a_folder_is_one_export_of_files_of_one_kind(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "exports"
    folder.mkdir()
    shutil.copy(home / "orders.csv", folder / "1.csv")
    assert main(["check", "exports", *SAID]) == 0
    (folder / "2.json").write_text("{}")
    assert main(["check", "exports", *SAID]) == 2
    assert "files of one kind" in capsys.readouterr().err


def test_what_an_export_holds_cannot_steer_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (home / "orders.csv").read_text().replace("Customer", "Custo\x1b[31mmer")
    (home / "exports").mkdir()
    (home / "exports" / "new\nline\udcff.csv").write_text(text.replace(",S-Leeds,", ",\x1b]0;x\x07,"))
    assert main(["check", "exports", *SAID]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\\x1b[31m" in out
    assert "new\\nline\\udcff.csv line 7" in out


def test_many_excluded_lines_and_unread_files_are_doubtful(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = home / "exports"
    folder.mkdir()
    header, *lines = (home / "orders.csv").read_text().splitlines()
    marked = [f"{line},{'Yes' if number % 8 == 0 else 'No'}" for number, line in enumerate(lines)]
    (folder / "1.csv").write_text("\n".join([f"{header},Voided", *marked]))
    (folder / "notes.pdf").write_text("x")
    assert main(["check", "exports", *SAID]) == 1
    out = capsys.readouterr().out
    assert "of 18,001 lines (13%) are left out" in out
    assert "not read: 'notes.pdf'" in out
    assert main(["check", "exports", *SAID, "--accept-doubts"]) == 0


def test_a_hole_in_the_middle_of_trading_hours_is_doubtful(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = pd.read_csv(home / "orders.csv", dtype="str")
    at = pd.to_datetime(orders["Placed"], format="%d/%m/%Y %H:%M", errors="coerce")
    is_lost = (orders["City"] == "Leeds") & at.between("2025-09-06 12:00", "2025-09-06 21:00", inclusive="left")
    orders[~is_lost].to_csv(home / "orders.csv", index=False)
    assert main(["check", "orders.csv", *SAID]) == 1
    out = capsys.readouterr().out
    assert re.search(r"S-Leeds has no order from 1[12]:\d\d to 2[12]:\d\d on Saturday, 2025-09-06", out)
    assert main(["check", "orders.csv", *SAID, "--accept-doubts"]) == 0


def test_many_lines_replaced_by_later_lines_of_the_same_file_are_doubtful(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *lines = (home / "orders.csv").read_text().splitlines()
    later = [line.replace(",1,", ",2,") for line in lines if ",1," in line][:3000]
    (home / "orders.csv").write_text("\n".join([header, *lines, *later]))
    assert main(["check", "orders.csv", *SAID, "--rows", "orders"]) == 1
    assert "3,000 of 21,001 lines (14%) have the order id of a later line" in capsys.readouterr().out


def test_a_table_of_a_database_is_checked_like_an_export(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pd.read_csv("orders.csv", dtype="str")
    with sqlite3.connect("shop.db") as connection:
        rows.to_sql("orders", connection, index=False)
    connection.close()
    assert main(["check", "orders.csv", *SAID, "--write", "files.toml"]) == 0
    by_file = capsys.readouterr().out
    assert main(["check", "sqlite:///shop.db", "--table", "orders", *SAID, "--write", "sql.toml"]) == 0
    by_table = capsys.readouterr().out
    monkeypatch.setenv("PIZZA_ORDERS_URL", "sqlite:///shop.db")
    assert main(["check", "--table", "orders", *SAID]) == 0
    assert "orders.parquet: Parquet, 7 columns" in capsys.readouterr().out
    assert load_mapping("sql.toml").columns == load_mapping("files.toml").columns
    for line in by_file.splitlines():
        if "matches" in line:
            assert line in by_table
    assert "export PIZZA_ORDERS=sql" in by_table
    assert "export PIZZA_ORDERS_TABLE=orders" in by_table
    assert not list(home.glob("data/staging/*"))[1:], "the rows of the table are not kept"


def test_a_database_needs_a_table_and_its_address_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 2
    assert "name files, or a table with --table" in capsys.readouterr().err
    assert main(["check", "--table", "orders"]) == 2
    assert "--table needs the address of the database; set PIZZA_ORDERS_URL" in capsys.readouterr().err
    address = "postgresql+psycopg2://shop:s3same@127.0.0.1:1/sales"
    assert main(["check", address]) == 2
    assert "needs --table" in capsys.readouterr().err
    assert main(["check", address, "--table", "orders"]) != 0
    shown = capsys.readouterr()
    assert "s3same" not in shown.out + shown.err
    assert main(["check", address, "orders.csv", "--table", "orders"]) == 2


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--currency", "XXQ", "ISO 4217 code such as GBP"),
        ("--currency", "gbp", "did you mean GBP?"),
        ("--currency", "XXX", "ISO 4217"),
        ("--timezone", "Europe/Londn", "IANA name"),
        ("--timezone", "+25:00", "IANA name"),
    ],
)
def test_a_wrong_answer_is_refused_before_a_mapping_is_shown(
    capsys: pytest.CaptureFixture[str], option: str, value: str, remedy: str
) -> None:
    answers = dict(zip(SAID[::2], SAID[1::2], strict=True)) | {option: value}
    assert main(["check", "orders.csv", *(text for pair in answers.items() for text in pair)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{option}: there is no" in shown.err
    assert remedy in shown.err
