"""Hostile names of markets, teams, shops and files, from the order file to everything that people are shown."""

import json
import shutil
import unicodedata
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.cli import main
from pizza_assets.orchestration.runs.local_instance import local_instance
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.test_hostile_options import HARMLESS, STEERING

pytestmark = pytest.mark.integration  # a whole run

HOSTILE = "\x1b[2J\u202e![x](https://evil.example)\x9b\u2066<b>|`"
MARKET, TEAM, SHOP = f"Leeds {HOSTILE}", f"Leeds {HOSTILE} United", f"shop {HOSTILE}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An export of four weeks with hostile names, lines that are refused, and a file that can't be read."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    shutil.copy(PROJECT_ROOT / "dagster.yaml", tmp_path)
    (tmp_path / "inbox").mkdir()
    lines = [
        f"A{day}-{hour},2026-08-{day:02} {hour}:30,12.50,1,{shop}"
        for day in range(1, 29)
        for hour in range(11, 22)
        for shop in [SHOP]
    ]
    refused = [f"B{HOSTILE}{n},2026-08-04 18:00,{HOSTILE},1,{SHOP}" for n in range(3)]
    header = "id,at,total,pizzas,shop"
    (tmp_path / "inbox" / f"orders {HOSTILE.replace('/', '')}.csv").write_text("\n".join([header, *lines, *refused]))
    (tmp_path / "inbox" / f"broken {HOSTILE.replace('/', '')}.csv").write_text(f"id,{HOSTILE}\n1,2\n")
    market, team = json.dumps(MARKET), json.dumps(TEAM)
    (tmp_path / "markets.toml").write_text(
        f'[[market]]\nname = {market}\ntimezone = "Europe/London"\nteams = [{team}]\n'
        '[[market]]\nname = "Derby"\ntimezone = "Europe/London"\nteams = ["Derby County"]\n'
    )
    (tmp_path / "orders.toml").write_text(
        'label = "real"\nrows = "orders"\ncurrency = "GBP"\ntimezone = "Europe/London"\n[columns]\norder_id = "id"\n'
        'timestamp = "at"\ntotal = "total"\nquantity = "pizzas"\nstore_id = "shop"\n'
        f'[constants]\nchain = "dominos"\nmarket = {market}\n'
    )
    for name, value in {
        "PIZZA_MATCHES": "mock",
        "PIZZA_ORDERS": "files",
        "PIZZA_ORDERS_PATH": str(tmp_path / "inbox"),
        "PIZZA_ORDERS_MAPPING": str(tmp_path / "orders.toml"),
        "PIZZA_MARKETS": str(tmp_path / "markets.toml"),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def steering(text: str) -> list[str]:
    return sorted({ascii(sign) for sign in text if unicodedata.category(sign) in STEERING and sign not in HARMLESS})


def test_nothing_that_is_shown_steers(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    commands = [
        ["check", "inbox", "--mapping", "orders.toml"],
        ["run", "--from", "2026-08-04", "--to", "2026-08-18"],
        ["status", "--verify"],
        ["status", "--json"],
        ["teams"],
        ["teams", "--from", "2026-08-04", "--to", "2026-08-18"],
        ["forecast"],
        ["forecast", "--json"],
        ["forecast", "--csv"],
        ["forecast", "--market", HOSTILE],
        ["open", "--print"],
        ["restore", "2026-08-04"],
        ["quicksight", "plan", "--offline", "--json"],
    ]
    codes = {}
    for command in commands:
        codes[tuple(command)] = main(command)
        printed = capfd.readouterr()
        assert steering(printed.out + printed.err) == [], command
        if "--json" in command and codes[tuple(command)] == 0:
            json.loads(printed.out)
    assert codes["run", "--from", "2026-08-04", "--to", "2026-08-18"] == 1, "a file can't be read"
    with local_instance(creates=False) as instance:
        records = [record for run in instance.get_runs() for record in instance.all_logs(run.run_id)]
    assert len(records) > 100
    shown = [text for record in records for text in _texts(record)]
    assert any("evil.example" in text for text in shown), "the names must have come through"
    assert {text[:200]: steering(text) for text in shown if steering(text)} == {}
    assert [text[:200] for text in shown if text.startswith("| ") and "![x](https://" in text] == []


def _texts(record: dg.EventLogEntry) -> list[str]:
    """The texts that the UI shows of an event: its message, its error, and its metadata, Markdown as it is."""
    texts = [record.user_message or "", record.error_info.message if record.error_info else ""]
    event = record.dagster_event
    data = event.event_specific_data if event is not None else None
    owner = getattr(data, "materialization", data)
    texts.append(str(getattr(owner, "description", None) or ""))
    for value in (getattr(owner, "metadata", None) or {}).values():
        if isinstance(value, dg.TableMetadataValue):
            texts += [str(cell) for row in value.records for cell in row.data.values()]
        elif isinstance(value, dg.JsonMetadataValue):
            texts.append(json.dumps(value.data, ensure_ascii=False))
        elif isinstance(value.value, str):
            texts.append(value.value)
    return texts
