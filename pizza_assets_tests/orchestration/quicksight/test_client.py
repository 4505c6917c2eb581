"""The settings' place, and boto3's own client when QuickSight holds the calls back."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.awsrequest import AWSResponse

from pizza_assets.errors import ConfigurationError, TooBusy
from pizza_assets.orchestration.quicksight.client import (
    missing_settings,
    planned_target,
    quicksight_client,
    refuse_local_storage,
    target_of,
)
from pizza_assets.orchestration.quicksight.provisioner import Provisioner
from pizza_assets.settings import Settings
from pizza_assets_tests.dashboards.quicksight.target import OWNER, TARGET
from pizza_assets_tests.support.cases import each_of

SET = {
    "QUICKSIGHT_ACCOUNT_ID": TARGET.account_id,
    "QUICKSIGHT_REGION": TARGET.region,
    "QUICKSIGHT_OWNER_ARN": OWNER,
    "S3_BUCKET_NAME": TARGET.bucket,
}


def test_the_settings_name_the_place() -> None:
    assert target_of(Settings.from_environment(SET)) == TARGET


@each_of("variable", SET)
def test_what_is_not_set_is_named(variable: str) -> None:
    settings = Settings.from_environment({name: value for name, value in SET.items() if name != variable})
    assert missing_settings(settings) == [variable]
    with pytest.raises(ConfigurationError, match=f"^{variable} not set"):
        target_of(settings)
    assert planned_target(settings).manifests == TARGET.manifests


@each_of(
    ("storage", "bucket", "prefix"),
    [
        ("s3://another-bucket/pizza/live", "another-bucket", "pizza/live/"),
        ("s3://another-bucket/pizza/", "another-bucket", "pizza/"),
        ("s3://another-bucket", "another-bucket", ""),
        ("./data", TARGET.bucket, ""),
    ],
)
def test_the_storage_names_bucket_and_keys(storage: str, bucket: str, prefix: str) -> None:
    target = planned_target(replace(Settings.from_environment(SET), storage=storage))
    assert target.bucket == bucket
    assert target.manifests == {table: f"{prefix}{key}" for table, key in TARGET.manifests.items()}


def test_storage_in_a_bucket_makes_s3_bucket_name_unnecessary() -> None:
    rest = {name: value for name, value in SET.items() if name != "S3_BUCKET_NAME"}
    settings = replace(Settings.from_environment(rest), storage="s3://another-bucket/pizza")
    assert missing_settings(settings) == []
    assert target_of(settings).bucket == "another-bucket"
    refuse_local_storage(settings)


def test_a_local_storage_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match=r"PIZZA_STORAGE='./data' is a local folder.*s3://bucket/prefix"):
        refuse_local_storage(Settings.from_environment({**SET, "PIZZA_STORAGE": "./data"}))


class Answers:
    """Answers to a client's requests, one after the other, without a network; the last one again and again."""

    def __init__(self, client: Any, *answers: tuple[int, dict[str, Any]]) -> None:
        self.asked, self.answers = 0, answers
        client.meta.events.register("before-send.quicksight", self)

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        status, body = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        code = {"x-amzn-ErrorType": "ThrottlingException"} if status == 429 else {}
        content = json.dumps(body).encode()
        raw = SimpleNamespace(stream=lambda: iter([content]))
        return AWSResponse(request.url, status, {"content-type": "application/json", **code}, raw)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(botocore.endpoint.time, "sleep", lambda seconds: None)
    return quicksight_client(TARGET.region)


BUSY = (429, {"Message": "Rate exceeded"})
GOOD = (200, {"AccountInfo": {"Edition": "ENTERPRISE"}})


def test_a_held_back_call_is_tried_again(client: Any) -> None:
    answers = Answers(client, BUSY, BUSY, GOOD)
    Provisioner(client, TARGET).check_subscription()
    assert answers.asked == 3


def test_after_eight_attempts_it_has_a_name(client: Any) -> None:
    answers = Answers(client, BUSY)
    with pytest.raises(TooBusy, match="ThrottlingException"):
        Provisioner(client, TARGET).check_subscription()
    assert answers.asked == 8
