"""`pizza check`, as somebody types it with an export of their own."""

import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pizza_assets.cli import main
from pizza_assets.cli.check_report import settings_to_repeat
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
    assert first.rstrip().rpartition("Next")[2].endswith(" --write")
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


def test_a_refusal_under_placeholders_comes_after_the_questions(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The refusal came first, and read as final: "A whole file is refused … a sign of another currency"."""
    frame = pd.read_csv(home / "orders.csv").head(50)
    frame.assign(Paid=frame["Paid"].astype("str") + " pts").to_csv(home / "points.csv", index=False)
    assert main(["check", "points.csv", "--label", "mock", "--chain", "dominos"]) == 1
    out = capsys.readouterr().out
    assert "A whole file is refused" not in out
    assert "nothing to analyse" not in out
    questions, _, refusal = out.partition("With the placeholders whole files are refused; an answer may change that:\n")
    assert "  --currency CODE " in questions
    assert refusal.startswith("points.csv: none of its 50 lines can be accepted")
    assert main(["check", "points.csv", *SAID, "--date-order", "day"]) == 1
    out = capsys.readouterr().out
    assert "A whole file is refused: points.csv: none of its 50 lines can be accepted" in out
    assert "No order is accepted, so there is nothing to analyse." in out


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


def test_the_next_steps_hold_the_settings_in_force_and_keep_mock_data_apart(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were lost in a new shell; and real orders came beside the mock ones of the first try."""
    monkeypatch.setenv("PIZZA_TIMEZONE", "Europe/Dublin")
    assert main(["check", "orders.csv", *SAID, "--write"]) == 0
    out = capsys.readouterr().out
    assert "  export PIZZA_TIMEZONE=Europe/Dublin\n" in out
    assert settings_to_repeat({}, holds_mock=False) == {}
    assert settings_to_repeat({}, holds_mock=True)["PIZZA_STORAGE"].startswith("my-data ")
    assert settings_to_repeat({"PIZZA_STORAGE": "a b"}, holds_mock=True) == {"PIZZA_STORAGE": "'a b'"}


def test_another_answer_replaces_the_mapping_and_keeps_the_earlier_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "orders.csv", *SAID, "--replace"]) == 2
    assert "--replace belongs to --write" in capsys.readouterr().err
    mock = ["check", "orders.csv", *SAID[2:], "--label", "mock"]
    assert main(["check", "orders.csv", *SAID, "--write", "--replace"]) == 0
    first = (home / "orders.toml").read_text()
    assert main([*mock, "--write"]) == 2
    assert "says something else (label); add --replace" in capsys.readouterr().err
    assert main([*mock, "--write", "--replace"]) == 0
    assert "it is kept as orders.toml.old" in capsys.readouterr().out
    assert ((home / "orders.toml.old").read_text(), load_mapping(home / "orders.toml").label) == (first, "mock")
    (home / "orders.toml").write_text("no TOML at all [")
    assert main(["check", "orders.csv", *SAID, "--write", "--replace"]) == 0
    assert (home / "orders.toml.old2").read_text() == "no TOML at all ["
    assert (home / "orders.toml").read_text() == first


def test_a_mapping_that_works_is_not_replaced_by_one_that_does_not(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["check", "orders.csv", *SAID, "--write"]) == 0
    before = (home / "orders.toml").read_text()
    lines = (home / "orders.csv").read_text().splitlines()
    (home / "bad.csv").write_text("\n".join([lines[0], *(line.replace("Leeds", "") for line in lines[1:])]) + "\n")
    again = ["check", "bad.csv", *SAID[2:], "--label", "mock", "--write", "--replace"]
    assert main(again) == 2
    assert "orders.toml is not replaced by a mapping that is not sound yet: " in capsys.readouterr().err
    assert (sorted(home.glob("*orders.toml*")), (home / "orders.toml").read_text()) == ([home / "orders.toml"], before)
    # nor by half of one: the disk may be full when the new one is written
    real = Path.write_text

    def full(path: Path, text: str, encoding: str | None = None) -> int:
        if path.suffix == ".new":
            raise OSError(28, "No space left on device")
        return real(path, text, encoding)

    monkeypatch.setattr(Path, "write_text", full)
    assert main(["check", "orders.csv", *SAID[2:], "--label", "mock", "--write", "--replace"]) == 2
    assert "orders.toml can't be written (No space left on device)" in capsys.readouterr().err
    assert [path.read_text() for path in home.glob("*orders.toml*")] == [before]


def test_a_markets_table_of_another_export_is_refused_or_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It was kept without a word, and all orders of the second export followed no team."""
    _export(home / "orders.csv", weeks=2)
    assert main(["check", "orders.csv", *SAID, "--write"]) == 0
    text = (home / "orders.csv").read_text()
    (home / "york.csv").write_text(text.replace("Leeds", "York").replace("Fulham", "Hull"))
    before = (home / "markets.toml").read_text()
    capsys.readouterr()
    assert main(["check", "york.csv", *SAID, "--write", "york.toml"]) == 2
    assert "markets.toml already exists, but lacks 'Hull', 'York'" in capsys.readouterr().err
    assert not (home / "york.toml").exists()
    (home / "one.csv").write_text("\n".join(line for line in text.splitlines() if "Leeds" not in line))
    assert main(["check", "one.csv", *SAID, "--write", "one.toml"]) == 0
    assert "left as it is, with Leeds, of which the export has no orders" in capsys.readouterr().out
    assert (home / "markets.toml").read_text() == before


def test_a_misspelt_chain_of_the_markets_table_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _export(home / "orders.csv", weeks=2)
    markets = '[[market]]\nname = "Leeds"\ntimezone = "Europe/London"\n'
    (home / "m.toml").write_text(f'{markets}[[chain]]\nname = "domino"\norders_per_person = 5\n')
    monkeypatch.setenv("PIZZA_MARKETS", "m.toml")
    main(["check", "orders.csv", *SAID])
    assert "chain 'domino' of the markets table has no order (did you mean 'dominos'?)" in capsys.readouterr().out


def test_the_period_is_that_of_the_orders_in_local_time(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It began at 05:00, when the shop is closed: that is 06:00 in London, the start of the business day."""
    _export(home / "orders.csv", weeks=2)
    assert main(["check", "orders.csv", *SAID]) == 0
    period = r"from the first order on 2025-08-05 at 10:\d\d to the last on 2025-08-18 at 23:\d\d \(Europe/London\)"
    assert re.search(period, capsys.readouterr().out)


@pytest.mark.parametrize("more", [[], ["--amount", "Paid"]])
def test_one_command_that_can_be_typed_saves_a_doubtful_mapping(
    home: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    (home / "in").mkdir()
    _export(home / "in" / "1.csv", weeks=2)
    (home / "in" / "notes.pdf").write_text("x")
    assert main(["check", "in", *SAID, *more]) == 1
    [command] = [line.strip() for line in capsys.readouterr().out.splitlines() if "--write" in line and "pizza" in line]
    assert main(shlex.split(command)[1:]) == 0
    assert (home / "orders.toml").exists()


@pytest.mark.parametrize(
    ("zone", "is_doubtful"), [("America/New_York", True), ("Europe/Dublin", False), ("UTC", False)]
)
def test_a_time_zone_that_is_not_that_of_a_known_market_is_doubtful(
    home: Path, capsys: pytest.CaptureFixture[str], zone: str, is_doubtful: bool
) -> None:
    _export(home / "orders.csv", weeks=2)
    said = ["--timezone" if text == "--timezone" else zone if text == "Europe/London" else text for text in SAID]
    main(["check", "orders.csv", *said])
    text = f"times are read as times in {zone}, but Fulham, Leeds"
    assert (text in capsys.readouterr().out) == is_doubtful


def test_a_shop_whose_name_begins_with_a_known_market_follows_its_teams(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _export(home / "orders.csv", weeks=2)
    lines = (home / "orders.csv").read_text().splitlines()
    shop = [line.replace("Leeds,S-Leeds", "Leeds Headrow,1") for line in lines[1:] if ",Leeds," in line]
    (home / "shop.csv").write_text("\n".join([lines[0], *shop]))
    main(["check", "shop.csv", *SAID])
    out = capsys.readouterr().out
    assert re.search(r"Leeds Headrow follows Leeds United.* \(like Leeds, with which its name begins", out)
    assert "--market Leeds makes all orders" in out


def test_a_refund_column_that_the_mapping_does_not_use_is_named_with_its_sum(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside negative lines nobody asked about it; nor did anybody for a mapping that was written by hand."""
    _export(home / "orders.csv", weeks=2)
    orders = pd.read_csv("orders.csv", dtype="str")
    orders["Rückerstattung"] = ["2.50" if n % 100 == 0 else "" for n in range(len(orders))]
    orders.to_csv("orders.csv", index=False)
    assert main(["check", "orders.csv", *SAID]) == 1
    doubt = "'Rückerstattung' says that money was paid back (77.50 in the lines looked at), but is not used"
    assert doubt in capsys.readouterr().out
    assert main(["check", "orders.csv", *SAID, "--accept-doubts", "--write"]) == 0
    capsys.readouterr()
    assert main(["check", "orders.csv", "--mapping", "orders.toml"]) == 1
    assert doubt in capsys.readouterr().out
    assert main(["check", "orders.csv", *SAID, "--column", "refunded=Rückerstattung"]) == 0
    assert doubt not in capsys.readouterr().out


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


def test_a_damaged_file_of_a_folder_is_named_and_the_others_are_checked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check ended at the first file that it could not read, where a run collects the others."""
    folder = home / "exports"
    folder.mkdir()
    (folder / "1.csv").write_bytes(b"\x00\x01damaged")
    why = "1.csv: the file is binary, not text; export it as CSV, JSON or Parquet"
    assert main(["check", "exports"]) == 1  # there is no other
    assert why in capsys.readouterr().err
    shutil.copy(home / "orders.csv", folder / "2.csv")
    header, _ = (home / "orders.csv").read_text().split("\n", maxsplit=1)
    (folder / "3.csv").write_text(f"{header}\n")  # a week without sales
    (folder / "4.csv").write_text(f"{header}\n1,2,3,4,5,6,7,8,9,10,11\n")
    assert main(["check", "exports"]) == 1
    out = capsys.readouterr().out
    assert f"These files can't be read; export them again or move them away:\n{why}" in out
    assert "3.csv" not in out
    assert "4.csv: its only line can't be accepted" in out
    (folder / "4.csv").unlink()
    assert main(["check", "exports", *SAID]) == 1
    out = capsys.readouterr().out
    assert f"A whole file is refused: {why}" in out
    assert "fix what is named above or move it away, and check again" in out
    assert "18,001 read" in out


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


def test_a_hole_in_the_middle_of_trading_hours_is_doubtful_until_its_day_is_listed(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = pd.read_csv(home / "orders.csv", dtype="str")
    at = pd.to_datetime(orders["Placed"], format="%d/%m/%Y %H:%M", errors="coerce")
    is_lost = (orders["City"] == "Leeds") & at.between("2025-09-06 12:00", "2025-09-06 21:00", inclusive="left")
    orders[~is_lost].to_csv(home / "orders.csv", index=False)
    assert main(["check", "orders.csv", *SAID]) == 1
    out = capsys.readouterr().out
    hole = r"S-Leeds has no order from 1[12]:\d\d to 2[12]:\d\d on Saturday, 2025-09-06"
    assert re.search(hole, out)
    assert main(["check", "orders.csv", *SAID, "--accept-doubts"]) == 0
    capsys.readouterr()
    (home / "special.csv").write_text("date,market,kind\n2025-09-06,Leeds,outage\n")
    monkeypatch.setenv("PIZZA_SPECIAL_DAYS", str(home / "special.csv"))
    assert main(["check", "orders.csv", *SAID]) == 0
    assert re.search(rf"Listed   {hole}, where about \d+ are usual: in PIZZA_SPECIAL_DAYS", capsys.readouterr().out)


@pytest.mark.parametrize(("team", "is_named"), [("Leeds Untied", True), ("Leeds United", False)])
def test_a_team_that_plays_no_match_is_named_with_the_likeliest_that_does(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, team: str, is_named: bool
) -> None:
    """Invented matches can't tell: the table of clubs does."""
    (home / "mine.toml").write_text(f'[[market]]\nname = "Leeds"\ntimezone = "Europe/London"\nteams = ["{team}"]\n')
    monkeypatch.setenv("PIZZA_MARKETS", str(home / "mine.toml"))
    main(["check", "orders.csv", *SAID])
    named = f"'{team}' is no club that is known here (did you mean 'Leeds United'?); all these matches are mock"
    assert (named in capsys.readouterr().out) == is_named


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
