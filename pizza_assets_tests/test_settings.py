"""Settings: defaults, parsing, and refusals that name variable, value and remedy."""

from dataclasses import fields
from pathlib import Path

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.orchestration.resources import analysis_parameters
from pizza_assets.settings import Settings, read_markets


def test_defaults_need_nothing() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.orders, settings.matches, settings.fallback) == ("mock", "openfootball", "mock")
    assert settings.markets() == DEFAULT_MARKETS


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("PIZZA_TIMEZONE", "Europe/Londn", "IANA"),
        ("PIZZA_FIRST_WEEK", "30.12.2014", "2026-08-04"),
        ("PIZZA_FALLBACK", "maybe", "mock, fail"),
        ("PIZZA_ORDERS", "excel", "mock, files"),
        ("PIZZA_PRE_MINUTES", "2h", "whole number from 1 to 600"),
        ("PIZZA_PRE_MINUTES", "0", "whole number from 1 to 600"),
        ("PIZZA_REJECT_ERROR_SHARE", "5%", "0.05"),
        ("PIZZA_REJECT_ERROR_SHARE", "nan", "from 0 to 1"),
        ("PIZZA_DIGEST_AT", "Thursday", "Thu 10:00"),
        ("PIZZA_DIGEST_AT", "10:00", "Thu 10:00"),
        ("PIZZA_DIGEST_AT", "Thu 24:00", "Thu 10:00"),
        ("PIZZA_DIGEST_AT", "Thu 10:60", "Thu 10:00"),
        ("PIZZA_DIGEST_AT", "Someday 10:00", "Thu 10:00"),
        ("PIZZA_DIGEST_AT", "0 10 * * 4", "Thu 10:00"),
        ("PIZZA_ORDERS_PER_PERSON", "six", "positive number"),
        ("PIZZA_ORDERS_PER_PERSON", "0", "positive number"),
        ("PIZZA_COMPETITIONS", ",", "at least one"),
        ("PIZZA_SEED", "-1", "whole number"),
        ("PIZZA_STORAGE", "gs://bucket", "s3://bucket/prefix"),
        ("PIZZA_STORAGE", "s3://", "s3://bucket/prefix"),
        ("PIZZA_STORAGE", "s3:///x", "the name is missing"),
        ("PIZZA_STORAGE", "s3://Pizza/x", "'Pizza' has capital letters"),
        ("PIZZA_STORAGE", "s3://pizza_data/x", "'pizza_data' has '_'"),
        ("PIZZA_STORAGE", "s3://pizza data", "'pizza data' has ' '"),
        ("PIZZA_STORAGE", "s3://pi", "has 2 characters instead of 3 to 63"),
        ("PIZZA_STORAGE", f"s3://{'p' * 64}", "has 64 characters instead of 3 to 63"),
        ("PIZZA_STORAGE", "s3://pizza-/x", "does not begin and end with a letter or digit"),
        ("PIZZA_STORAGE", "s3://pizza..data", "two dots in a row"),
        ("PIZZA_STORAGE", "s3://192.168.5.4", "looks like an IP address"),
        ("PIZZA_STORAGE", "s3://pizza-data/a?b", "has '?' in its prefix"),
        ("PIZZA_STORAGE", "s3:/pizza-data", "two slashes"),
        ("PIZZA_STORAGE", "s3:pizza-data", "two slashes"),
        ("PIZZA_STORAGE", "~/pizza", "only a shell expands"),
        ("S3_BUCKET_NAME", "arn:aws:s3:::pizza-data", "has ':'"),
        ("S3_BUCKET_NAME", "pizza-data/a", "has '/'"),
        ("PIZZA_STORAGE", "s3://bucket/a/../b", "dotted part"),
        ("PIZZA_ORDERS_PATH", "https://bucket/x", "s3://bucket/prefix"),
        ("PIZZA_LOCAL_FOLDER", "s3://bucket", "on this machine"),
        ("S3_BUCKET_NAME", "s3://bucket", "name alone"),
        ("PIZZA_S3_ENDPOINT", "minio:9000", "https://s3.example.com"),
        ("PIZZA_S3_CLAIM_SECONDS", "1", "from 5 to 3600"),
        ("PIZZA_SEASONS", ",", "2024-25,2025-26"),
        ("PIZZA_SEASONS", "2024/25", "2024-25,2025-26"),
        ("PIZZA_SEASONS", "2018,2024-26", "2018,2022"),
        ("PIZZA_SEASONS", "24-25", "2018,2022"),
        ("PIZZA_SEASONS", "9999-00", "2018,2022"),
        ("QUICKSIGHT_ACCOUNT_ID", "1234", "12 digits"),
        ("QUICKSIGHT_REGION", "London", "eu-west-2"),
        ("QUICKSIGHT_OWNER_ARN", "arn:aws:iam::123456789012:user/me", "list-users"),
        ("QUICKSIGHT_ID_PREFIX", "pizza_1", "hyphens"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variable: str, value: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Settings.from_environment({variable: value})
    assert variable in str(refusal.value)
    assert value in str(refusal.value)
    assert remedy in str(refusal.value)


@pytest.mark.parametrize("variable", ["S3_BUCKET_NAME", "PIZZA_STORAGE", "PIZZA_TIMEZONE", "QUICKSIGHT_ID_PREFIX"])
def test_of_a_very_long_value_the_message_quotes_the_beginning(variable: str) -> None:
    value = {"PIZZA_STORAGE": "s3://"}.get(variable, "") + "x" * 5000
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment({variable: value})
    assert len(str(refused.value)) < 700
    assert f"({len(value):,} characters)" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "seasons"),
    [("", ()), ("2018", ("2018",)), (" 2025-26, 2024-25,,2025-26", ("2024-25", "2025-26")), ("1999-00", ("1999-00",))],
)
def test_seasons_are_listed_once_in_order(text: str, seasons: tuple[str, ...]) -> None:
    assert Settings.from_environment({"PIZZA_SEASONS": text}).seasons == seasons


@pytest.mark.parametrize(
    ("environ", "storage", "machine_folder"),
    [
        ({}, "./data", "data"),
        ({"PIZZA_STORAGE": "elsewhere", "PIZZA_LOCAL_FOLDER": "local"}, "elsewhere", "elsewhere"),
        ({"S3_BUCKET_NAME": "pizza-data"}, "s3://pizza-data", "data"),
        ({"S3_BUCKET_NAME": "pizza-data", "PIZZA_STORAGE": "./mine"}, "./mine", "mine"),
        ({"PIZZA_STORAGE": "s3://pizza-data/a/b", "PIZZA_LOCAL_FOLDER": "local"}, "s3://pizza-data/a/b", "local"),
    ],
)
def test_where_tables_are_kept_and_what_stays_here(environ: dict[str, str], storage: str, machine_folder: str) -> None:
    settings = Settings.from_environment(environ)
    assert settings.storage == storage
    assert settings.machine_folder == Path(machine_folder)
    assert settings.is_on_s3 == storage.startswith("s3://")


@pytest.mark.parametrize(
    "text",
    [
        "Thu 10:00",
        "thursday 10:00",
        "THU, 10:00",
        "Thurs at 10:00",
        "Thu. 10.00",
        "  Thu   10:00 ",
        "thursday, at 10:00",
    ],
)
def test_a_weekly_time_is_written_in_several_ways(text: str) -> None:
    assert Settings.from_environment({"PIZZA_DIGEST_AT": text}).digest_at == "0 10 * * 4"
    assert Settings.from_environment({"PIZZA_DIGEST_AT": "Sun 9:05"}).digest_at == "5 9 * * 0"


def test_a_misspelt_variable_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="PIZZA_FALBACK is not a setting"):
        Settings.from_environment({"PIZZA_FALBACK": "fail"})
    with pytest.raises(ConfigurationError, match="QUICKSIGHT_ACCOUNT is not a setting"):
        Settings.from_environment({"QUICKSIGHT_ACCOUNT": "123456789012"})


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("PIZZA_ORDRES", "PIZZA_ORDERS"),
        ("PIZZA_MARKET", "PIZZA_MARKETS"),
        ("PIZZA_ORDERS_FILE", "PIZZA_ORDERS_PATH"),
        ("PIZZA_ORDERS_FOLDER", "PIZZA_ORDERS_PATH"),
        ("PIZZA_LOCAL_DIR", "PIZZA_LOCAL_FOLDER"),
        ("PIZZA_S3_BUCKET_NAME", "S3_BUCKET_NAME"),
        ("QUICKSIGHT_REGIONS", "QUICKSIGHT_REGION"),
        ("PIZZA_XYZ", None),
        ("QUICKSIGHT_", None),
        ("PIZZA_" + "X" * 5000, None),
    ],
)
def test_of_an_unknown_setting_the_one_that_may_be_meant_is_named_and_not_all(variable: str, meant: str | None) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.from_environment({variable: "files"})
    guess = f" (did you mean {meant}?)" if meant else ""
    remedy = "correct or unset it. All settings are in docs/configuration.md"
    assert str(refused.value) == f"{variable[:100]} is not a setting{guess}; {remedy}"


def test_file_orders_need_path_and_mapping() -> None:
    with pytest.raises(ConfigurationError, match="PIZZA_ORDERS_MAPPING"):
        Settings.from_environment({"PIZZA_ORDERS": "files", "PIZZA_ORDERS_PATH": "orders.csv"})


def test_empty_variables_keep_the_default() -> None:
    assert Settings.from_environment({setting.metadata["variable"]: " " for setting in fields(Settings)}) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[market]]\nname='A'\ntimezone='Mars/Base'", "market 'A': timezone 'Mars/Base' is not a time zone"),
        ("[[market]]\ntimezone='UTC'", "market 1: name is missing"),
        (
            "[[market]]\nname='A'\ntimezone='UTC'\nteam='B'",
            "market 'A': unknown key 'team' (did you mean 'teams'?); use one of name, timezone, teams, chain, ",
        ),
        ("[[market]]\nname='A'\ntimezone='UTC'\ncountry='Utopia'", "market 'A': country 'Utopia' has no calendar"),
        (
            "[[market]]\nname='A'\ntimezone='Europe/London'\nregion='Mercia'",
            "region 'Mercia' of GB has no calendar of holidays; choose one of ENG, NIR, SCT, WLS",
        ),
        ("[[market]]\nname='A'\ntimezone='UTC'\nregion='ENG'", "leave it out, or give the country"),
        ("[[market]]\nname='A'\ntimezone='UTC'\nteams='B'", "market 'A': teams must be a list in brackets"),
        ("[[market]]\nname='A'\ntimezone='UTC'\n[[market]]\nname='A'\ntimezone='UTC'", "listed twice"),
        ("market = 3", "market must be written as [[market]], once for each market"),
        ("", "market must be written as [[market]]"),
        ("[[market]]\nname='A'\ntimezone='UTC'\nchain=''", "market 'A': chain is empty"),
        ("[[market]]\nname='A'\ntimezone='UTC'\nteams=['']", "market 'A': teams"),
        *(
            (f"[[market]]\nname='A'\ntimezone='UTC'\norders_per_person={wrong}", "orders_per_person is not a positive")
            for wrong in ("0", "-3", "'six'", "true", "inf", "nan", "1e7", "[6]")
        ),
        (
            "[[market]]\nname='A'\ntimezone='UTC'\n[[chain]]\nname='Uno'\norders_per_person=0.0",
            "chain 'Uno': orders_per_person is not a positive number; write one like 6 or 7.5",
        ),
        ("[[market]]\nname='A'\ntimezone='UTC'\n[[chain]]\norders_per_person=6", "chain 1: name is missing"),
        ("chain=3\n[[market]]\nname='A'\ntimezone='UTC'", "chain must be written as [[chain]]"),
        ("[[market]]\nname='A'\ntimezone='UTC'\n[[chain]]\nname='B'\n[[chain]]\nname='B'", "chain 'B' is listed twice"),
        ("name = ", "not readable as TOML"),
    ],
)
def test_a_wrong_markets_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "markets.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as refusal:
        read_markets(path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_markets_are_read(tmp_path: Path) -> None:
    path = tmp_path / "markets.toml"
    path.write_text("[[market]]\nname='Leeds'\ntimezone='Europe/London'\nteams=['Leeds United']\nregion='SCT'")
    (market,) = Settings.from_environment({"PIZZA_MARKETS": str(path)}).markets()
    assert (market.name, market.timezone, market.teams) == ("Leeds", "Europe/London", ("Leeds United",))
    assert (market.country, market.region) == (None, "SCT")


PEOPLE = """
[[market]]
name = "Leeds"
timezone = "Europe/London"
orders_per_person = 7.5
[[market]]
name = "York"
timezone = "Europe/London"
[[chain]]
name = "Uno"
orders_per_person = 9
"""


def test_a_markets_orders_per_person_come_before_its_chains_and_those_before_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "markets.toml"
    path.write_text(PEOPLE)
    people = Settings.from_environment({"PIZZA_MARKETS": str(path), "PIZZA_ORDERS_PER_PERSON": "6"}).people()
    assert [people.of(*shop) for shop in (("Leeds", "Uno"), ("York", "Uno"), ("York", "Due"))] == [7.5, 9.0, 6.0]
    assert people.of(None, "Uno") is None
    path.write_text(PEOPLE.replace("orders_per_person = 7.5", ""))
    people = Settings.from_environment({"PIZZA_MARKETS": str(path)}).people()
    assert (people.of(None, "Uno"), people.of("Leeds", "Due")) == (9.0, None)


def test_numbers_of_people_change_the_forecast_and_no_week(tmp_path: Path) -> None:
    path = tmp_path / "markets.toml"
    path.write_text(PEOPLE)
    settings = Settings.from_environment({"PIZZA_MARKETS": str(path)})
    before, markets = analysis_parameters(settings), settings.markets()
    path.write_text(PEOPLE.replace("7.5", "8"))
    assert analysis_parameters(settings) != before
    assert settings.markets() == markets


def test_a_lambda_function_can_not_read_a_local_folder() -> None:
    local = {
        "PIZZA_RUN_ON": "lambda",
        "PIZZA_ORDERS": "files",
        "PIZZA_ORDERS_PATH": "inbox",
        "PIZZA_ORDERS_MAPPING": "orders.toml",
    }
    with pytest.raises(ConfigurationError, match="s3://bucket/prefix"):
        Settings.from_environment(local)
    assert Settings.from_environment({**local, "PIZZA_ORDERS_PATH": "s3://drops/inbox"}).run_on == "lambda"
