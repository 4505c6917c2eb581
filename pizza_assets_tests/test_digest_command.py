"""`pizza digest`: what it prints and sends, its exit codes, and that no secret is shown."""

import csv
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pizza_assets.cli import main
from pizza_assets.models.demand import DemandForecast
from pizza_assets.models.forecast_extracts import ComingMatchesExtract, MatchForecastExtract
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.dashboards.sample_forecasts import SATURDAY, demand_forecast
from pizza_assets_tests.support.message_servers import Hook, Mailbox, serving

NOW = SATURDAY.to_pydatetime()


@pytest.fixture(autouse=True)
def _stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: NOW)
    rows = DemandForecast.conform(demand_forecast(["real"], ["real"], is_known=True))
    store(tmp_path, rows)


def store(folder: Path, rows: object) -> None:
    TableStore(LocalFolder(folder / "data"), lambda: NOW).write_whole(
        "demand_forecast", rows, Origin("real", "1", "run")
    )


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    with serving(Hook()) as made:
        monkeypatch.setenv("PIZZA_ALERT_WEBHOOK", made.address.reveal())
        yield made


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with serving(Mailbox()) as made:
        monkeypatch.setenv("PIZZA_NOTIFY_URLS", made.apprise_address)
        yield made


def test_it_prints_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    found = {}
    for style in ("text", "markdown", "html", "json", "csv"):
        assert main(["digest", "--format", style]) == 0
        found[style] = capsys.readouterr().out
    assert found["text"].startswith("What to staff for, Sat 08 Aug to Sun 09 Aug 2026\n")
    assert len(found["text"].splitlines()) <= 12
    assert found["markdown"].startswith("# What to staff for")
    assert found["html"].startswith("<!doctype html>")
    assert len(json.loads(found["json"])["shops"]) == 8
    assert {row["chain"] for row in csv.DictReader(io.StringIO(found["csv"]))} == {"Domino's", "Pizza Hut"}
    for flag in ("json", "csv"):
        assert main(["digest", f"--{flag}"]) == 0
        assert capsys.readouterr().out == found[flag]


@pytest.mark.parametrize(
    ("arguments", "market", "chain"),
    [
        (["--market", "brentford"], {"Brentford"}, {"Domino's", "Pizza Hut"}),
        (["--chain", " PIZZA hut"], {"Birmingham", "Brentford"}, {"Pizza Hut"}),
        (["--team", "aston villa"], {"Birmingham"}, {"Domino's", "Pizza Hut"}),
        (["--market", "Birmingham", "--chain", "Domino's"], {"Birmingham"}, {"Domino's"}),
    ],
)
def test_names_are_found_whatever_their_case(
    arguments: list[str], market: set[str], chain: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["digest", "--json", *arguments]) == 0
    shops = json.loads(capsys.readouterr().out)["shops"]
    assert ({row["market"] for row in shops}, {row["chain"] for row in shops}) == (market, chain)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--market", "Brentfrod"], 2, "unknown market 'Brentfrod' (did you mean 'Brentford'?)"),
        (["--chain", "Pizza Hat"], 2, "unknown chain 'Pizza Hat' (did you mean 'Pizza Hut'?)"),
        (["--team", "Aston Vila"], 2, "unknown team 'Aston Vila' (did you mean 'Aston Villa'?)"),
        (["--market", "Leeds"], 1, "no such shop has a forecast"),
        (["--send"], 2, "no channel is set; set PIZZA_NOTIFY_URLS"),
        (["--again"], 2, "--again is for --send"),
        (["--next-weekend"], 1, "the next weekend is not forecast yet"),
        (["--send", "--next-weekend"], 2, "--send is for the coming weekend"),
        (["--send", "--json"], 2, "--send sends plain text"),
        (["--json", "--csv"], 2, "choose one of"),
        (["--format", "pdf"], 2, "'pdf'"),
    ],
)
def test_wrong_input_is_explained(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["digest", *arguments]) == code
    assert words in " ".join(capsys.readouterr().err.split())


def test_without_a_forecast_and_after_its_end_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: NOW.replace(day=30))
    assert main(["digest"]) == 1
    assert "every day of the stored forecast has passed; run `pizza run`" in capsys.readouterr().err
    store(tmp_path, DemandForecast.empty())
    assert main(["digest"]) == 1
    assert "with some in the last 14 days" in capsys.readouterr().err
    monkeypatch.setenv("PIZZA_STORAGE", "elsewhere")
    assert main(["digest", "--market", "Leeds"]) == 1
    assert "no forecast is stored yet; run `pizza run` first" in capsys.readouterr().err


def test_it_is_sent_once_to_a_webhook_and_by_mail(
    hook: Hook, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["digest", "--send"]) == 0
    assert "webhook: sent\nnotify 1 (mailto): sent" in capsys.readouterr().out
    assert main(["digest", "--send"]) == 0
    assert "notify 1 (mailto): sent " in (printed := capsys.readouterr().out)
    assert "--again sends it once more" in printed
    assert (len(hook.bodies), len(mailbox.messages)) == (1, 1)
    assert main(["digest", "--send", "--chain", "Pizza Hut"]) == 0
    assert (len(hook.bodies), len(mailbox.messages)) == (2, 2), "another selection is another digest"
    assert main(["digest", "--send", "--again"]) == 0
    assert (len(hook.bodies), len(mailbox.messages)) == (3, 3)
    assert hook.texts[0].startswith("What to staff for, Sat 08 Aug to Sun 09 Aug 2026\n")
    assert "Birmingham, shop 1: Sat 18:00 to 19:00, staff for 49 orders" in mailbox.messages[0].get_content()
    assert mailbox.messages[0]["Subject"] == "What to staff for, Sat 08 Aug to Sun 09 Aug 2026"


def test_a_channel_that_fails_is_named_and_no_secret_is_shown(
    hook: Hook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PIZZA_NOTIFY_URLS", f"json://127.0.0.2:9/unguessable {hook.apprise_address}")
    assert main(["digest", "--send"]) == 1
    printed = capsys.readouterr()
    assert "notify 1 (json): failed: notify 1 (json) can't be reached" in printed.out
    assert "notify 2 (json): sent" in printed.out
    assert main(["digest", "--send"]) == 1, "the failed channel is tried again"
    assert len(hook.bodies) == 2, "the webhook and the second address had it already"
    printed_again = capsys.readouterr()
    monkeypatch.setenv("PIZZA_NOTIFY_URLS", "slak://unguessable/B/C")
    assert main(["digest", "--send"]) == 2
    refused = capsys.readouterr().err
    assert "PIZZA_NOTIFY_URLS=*** can't be used: address 1 of 1 (slak://…)" in refused
    stored = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    shown = printed.out + printed.err + printed_again.out + printed_again.err + refused + caplog.text
    assert "unguessable" not in shown
    assert b"unguessable" not in stored


@pytest.mark.parametrize("command", ["digest", "digest --send", "forecast"])
def test_a_forecast_from_later_than_the_clock_is_not_shown_as_the_next_one(
    command: str, hook: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = TableStore(LocalFolder(tmp_path / "data"), lambda: NOW)
    for model in (ComingMatchesExtract, MatchForecastExtract):
        tables.write_whole(model.table_name(), model.empty(), Origin("real", "1", "run"))
    monkeypatch.setattr("pizza_assets.workbench.utc_now", lambda: NOW.replace(year=2016))
    assert main(command.split()) == 1
    assert "after this machine's clock (2016-08-08" in capsys.readouterr().err
    assert hook.bodies == []
