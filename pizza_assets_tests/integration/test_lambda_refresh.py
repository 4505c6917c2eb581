"""The daily refresh as EventBridge starts it: the function, S3 and nothing else; no database, no Dagster server."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pizza_assets.dashboards.manifest import manifest_name
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.storage.layout import PLACES, member_key, whole_key
from pizza_assets_tests.support.fault_server import FaultServer, running, slow
from pizza_assets_tests.support.lambda_emulator import Invocation, LambdaEmulator, lambda_emulator
from pizza_assets_tests.support.s3_server import S3Server

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
TICK = {"pizza": "daily_refresh", "scheduled_at": "2026-11-25T18:00:00Z"}
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def bucket(moto: S3Server) -> str:
    name = f"refresh-{next(NUMBERS)}"
    moto.create_bucket(name)
    return name


@pytest.fixture
def function(moto: S3Server, bucket: str, tmp_path: Path) -> Callable:
    @contextmanager
    def make(**settings: str) -> Iterator[LambdaEmulator]:
        environ = {
            **moto.environ(),
            "S3_BUCKET_NAME": bucket,
            "PIZZA_LOCAL_FOLDER": "/tmp/pizza",
            "PIZZA_DAILY_REFRESH": "eventbridge",
            "PIZZA_MATCHES": "mock",
            **settings,
        }
        home = tmp_path / "home"
        home.mkdir()
        with lambda_emulator(home, environ, tmp_path / "log") as emulator:
            yield emulator

    return make


def ended(call: Invocation) -> Invocation:
    assert call.done.wait(180)
    return call


def keys(moto: S3Server, bucket: str) -> set[str]:
    pages = moto.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {found["Key"] for page in pages for found in page.get("Contents", ())}


def test_the_whole_pipeline_in_one_invocation(moto: S3Server, bucket: str, function: Callable, tmp_path: Path) -> None:
    with function() as emulator:
        call = ended(emulator.invoke(TICK))
        assert (call.outcome, call.answer["outcome"]) == ("result", "refreshed")
        again = ended(emulator.invoke(TICK))
        assert again.answer["outcome"].startswith("not executed")
    stored = keys(moto, bucket)
    whole = {asset for asset, place in PLACES.items() if not place.weekly and asset != "quicksight_manifest"}
    assert {whole_key(asset) for asset in whole} <= stored
    manifests = {member_key("quicksight_manifest", manifest_name(model.table_name())) for model in EXTRACTS}
    assert manifests <= stored
    weeks = {key.split("week=")[1][:10] for key in stored if "order_bins/week=" in key}
    assert weeks == set(call.answer["weeks"])
    assert len(weeks) == 2
    log = (tmp_path / "log").read_text()
    (line,) = [line for line in log.splitlines() if "pizza_daily_refresh_succeeded" in line]
    assert json.loads(line)["weeks"] == call.answer["weeks"]


@pytest.mark.parametrize("fallback", ["mock", "fail"])
def test_a_source_that_fails_is_an_error_of_the_function(
    moto: S3Server, bucket: str, function: Callable, tmp_path: Path, fallback: str
) -> None:
    with function(PIZZA_MATCHES="openfootball", PIZZA_OPENFOOTBALL=NOBODY, PIZZA_FALLBACK=fallback) as emulator:
        call = ended(emulator.invoke(TICK))
    assert (call.outcome, call.answer["errorType"]) == ("error", "RunFailed")
    assert "127.0.0.1:9" in call.answer["errorMessage"]
    log = (tmp_path / "log").read_text()
    assert "[ERROR] RunFailed" in log
    assert "pizza_daily_refresh_succeeded" not in log
    matches = {key for key in keys(moto, bucket) if key.startswith("raw-data/football-data/") and "raw_matches" in key}
    if fallback == "mock":  # mock data that replace a failed source are labelled, published and reported
        assert matches
        assert all("/mock/" in key for key in matches)
        assert whole_key("dashboard_page") in keys(moto, bucket)
    else:
        assert not matches


def test_a_refresh_that_runs_out_of_time_says_so(moto: S3Server, bucket: str, tmp_path: Path) -> None:
    """Its source answers too slowly, so that the refresh is never faster than the function's time limit."""
    home = tmp_path / "home"
    home.mkdir()
    with running(FaultServer(always=slow(120))) as matches:
        environ = {
            **moto.environ(),
            "S3_BUCKET_NAME": bucket,
            "PIZZA_LOCAL_FOLDER": "/tmp/pizza",
            "PIZZA_DAILY_REFRESH": "eventbridge",
            "PIZZA_MATCHES": "football-data",
            "PIZZA_FOOTBALL_DATA": matches.url,
            "PIZZA_FOOTBALL_DATA_KEY": "unused",
        }
        with lambda_emulator(home, environ, tmp_path / "log", timeout_seconds=20) as emulator:
            call = ended(emulator.invoke(TICK))
    assert call.outcome == "error"
    assert call.answer["errorType"] == "OutOfTime"
