"""Alerts about failed runs: their text, their channels, and that the webhook's address stays secret."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest
from botocore.exceptions import ClientError

from pizza_assets.errors import AlertFailed
from pizza_assets.models.secret import Secret
from pizza_assets.orchestration.automation.alerts import channels, sns_topic, webhook
from pizza_assets.orchestration.automation.failure_alerts import run_failures
from pizza_assets.settings import Settings

TOPIC = "arn:aws:sns:eu-west-2:000000000000:pizza-alerts"


class Hook:
    """A webhook on loopback that answers with `statuses` in turn, then with 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.texts: list[str] = []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = hook.statuses.pop(0) if hook.statuses else 200
                if status == 200:
                    hook.texts.append(body["text"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = Secret(f"http://127.0.0.1:{self.server.server_port}/T0/unguessable")


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def test_a_webhook_is_retried(hook: Hook) -> None:
    hook.statuses = [503, 429]
    webhook(hook.address)("it failed", "because")
    assert hook.texts == ["it failed\nbecause"]


@pytest.mark.parametrize("status", [301, 404])
def test_a_refusing_webhook_is_reported_without_its_address(hook: Hook, status: int) -> None:
    hook.statuses = [status]
    with pytest.raises(AlertFailed, match=str(status)) as refused:
        webhook(hook.address)("s", "t")
    assert "unguessable" not in str(refused.value)


def test_an_unreachable_webhook_is_reported_without_its_address(hook: Hook) -> None:
    hook.server.socket.close()
    address = Secret(hook.address.reveal().replace("127.0.0.1", "127.0.0.2"))
    with pytest.raises(AlertFailed, match="can't be reached") as refused:
        webhook(address)("s", "t")
    assert "unguessable" not in str(refused.value)
    assert refused.value.__cause__ is None


class Sns:
    def __init__(self, error: Exception | None = None) -> None:
        self.published: list[dict[str, Any]] = []
        self._error = error

    def publish(self, **request: Any) -> None:
        if self._error is not None:
            raise self._error
        self.published.append(request)


def test_a_topic_gets_a_valid_subject_and_text() -> None:
    client = Sns()
    sns_topic(TOPIC, client)("Málaga\nfailed " + "x" * 200, "words")
    (request,) = client.published
    assert request["Subject"].isascii()
    assert len(request["Subject"]) <= 100
    assert "\n" not in request["Subject"]


def test_a_topic_that_refuses_names_the_permission() -> None:
    refused = ClientError({"Error": {"Code": "AuthorizationError", "Message": "no"}}, "Publish")
    with pytest.raises(AlertFailed, match="sns:Publish"):
        sns_topic(TOPIC, Sns(refused))("s", "t")


def test_the_settings_name_the_channels() -> None:
    assert channels(Settings()) == []
    both = Settings.from_environment(
        {"PIZZA_ALERT_TOPIC_ARN": TOPIC, "PIZZA_ALERT_WEBHOOK": "https://hooks.example/T0/unguessable"}
    )
    assert len(channels(both)) == 2
    assert "unguessable" not in repr(both)


@dg.op
def fails() -> None:
    raise ValueError("the oven is cold")


@dg.job(name="collect_weeks")
def failing() -> None:
    fails()


def failed_run(tags: dict[str, str]) -> tuple[dg.DagsterInstance, Any]:
    instance = dg.DagsterInstance.ephemeral()
    result = failing.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    event = next(e for e in result.all_events if e.event_type_value == "PIPELINE_FAILURE")
    return instance, (run, event)


def evaluated(sensor: dg.SensorDefinition, tags: dict[str, str]) -> Any:
    instance, (run, event) = failed_run(tags)
    context = dg.build_run_status_sensor_context(
        sensor_name="run_failures", dagster_event=event, dagster_instance=instance, dagster_run=run
    ).for_run_failure()
    return sensor(context)


def test_an_alert_names_the_weeks_and_the_cause() -> None:
    alerts: list[tuple[str, str]] = []
    weeks = {"dagster/asset_partition_range_start": "2026-08-04", "dagster/asset_partition_range_end": "2026-08-11"}
    evaluated(run_failures([lambda subject, text: alerts.append((subject, text))]), weeks)
    ((subject, text),) = alerts
    assert subject == "pizza_assets: collect_weeks of 2026-08-04 to 2026-08-11 failed"
    assert "the oven is cold" in text


def test_an_alert_says_that_the_run_will_be_retried() -> None:
    alerts: list[str] = []
    evaluated(run_failures([lambda subject, text: alerts.append(subject)]), {"dagster/will_retry": "true"})
    assert alerts == ["pizza_assets: collect_weeks failed and will be retried"]


def test_a_failing_channel_does_not_silence_the_others() -> None:
    alerts: list[str] = []

    def failing(subject: str, text: str) -> None:
        raise AlertFailed("the topic did not accept an alert")

    with pytest.raises(AlertFailed, match="topic"):
        evaluated(run_failures([failing, lambda subject, text: alerts.append(subject)]), {})
    assert len(alerts) == 1
