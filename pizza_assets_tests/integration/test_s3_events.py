"""The queue of a bucket's object events, and the topic for alerts, on moto."""

import json
from typing import Any

import boto3
import pytest

from pizza_assets.errors import StorageError
from pizza_assets.orchestration.automation.channels import sns_topic
from pizza_assets.orchestration.s3_events import S3EventQueue, s3_event_queue
from pizza_assets.settings import Settings
from pizza_assets_tests.support.s3_server import REGION, S3Server

pytestmark = pytest.mark.integration


def client(moto: S3Server, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=moto.url,
        region_name=REGION,
        aws_access_key_id=moto.access_key,
        aws_secret_access_key=moto.secret_key,
    )


@pytest.fixture
def queue(moto: S3Server, request: pytest.FixtureRequest) -> tuple[Any, str]:
    sqs = client(moto, "sqs")
    name = f"events-{abs(hash(request.node.name))}"
    return sqs, sqs.create_queue(QueueName=name)["QueueUrl"]


def event(bucket: str, key: str) -> str:
    return json.dumps({"Records": [{"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]})


def test_the_bucket_sends_events_about_new_files(moto: S3Server, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    moto.create_bucket("drops")
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    configuration = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    moto.client().put_bucket_notification_configuration(Bucket="drops", NotificationConfiguration=configuration)
    events = S3EventQueue(sqs, url, "drops", "inbox/ of orders")
    assert not events.has_events(), "the test event that S3 sends first says nothing"
    moto.client().put_object(Bucket="drops", Key="inbox/ of orders/é 1.csv", Body=b"")
    assert events.has_events()
    assert not events.has_events(), "what was read is gone"


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        (event("drops", "inbox/a%2Bb+c.csv"), True),
        (event("drops", "elsewhere/a.csv"), False),
        (event("others", "inbox/a.csv"), False),
        ("no event at all", True),
        ("{}", True),
    ],
)
def test_only_events_about_the_inbox_count(queue: tuple[Any, str], body: str, counts: bool) -> None:
    sqs, url = queue
    sqs.send_message(QueueUrl=url, MessageBody=body)
    assert S3EventQueue(sqs, url, "drops", "inbox/").has_events() == counts


def test_many_messages_are_read_in_one_call(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    for number in range(25):
        sqs.send_message(QueueUrl=url, MessageBody=event("drops", f"inbox/{number}.csv"))
    events = S3EventQueue(sqs, url, "drops", "inbox/")
    assert events.has_events()
    assert not events.has_events()


def test_a_missing_queue_is_a_named_error(queue: tuple[Any, str]) -> None:
    sqs, url = queue
    with pytest.raises(StorageError, match="PIZZA_S3_EVENTS_QUEUE_URL"):
        S3EventQueue(sqs, f"{url}-not", "drops", "").has_events()


def test_the_settings_name_the_queue(moto: S3Server, monkeypatch: pytest.MonkeyPatch, queue: tuple[Any, str]) -> None:
    for name, value in moto.environ().items():
        monkeypatch.setenv(name, value)
    sqs, url = queue
    made = s3_event_queue(Settings(orders_path="s3://drops/inbox", s3_events_queue_url=url))
    assert made is not None
    sqs.send_message(QueueUrl=url, MessageBody=event("drops", "inbox/a.csv"))
    assert made.has_events()
    assert s3_event_queue(Settings(orders_path="/a/folder", s3_events_queue_url=url)) is None


def test_an_alert_reaches_subscribers_of_the_topic(moto: S3Server, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    sns = client(moto, "sns")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns_topic(topic, sns)("a run failed", "because")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["Message"] == "because"
