"""A queue to which a bucket tells of new objects. Its messages are hints: what is there is seen by listing."""

import json
from typing import Any, Protocol
from urllib.parse import unquote_plus

from pizza_assets.errors import StorageError
from pizza_assets.settings import Settings, bucket_and_prefix

_MOST_BATCHES = 100
_BATCH = 10


class ObjectEvents(Protocol):
    """What the sensor of order files wants to know."""

    def told_of_objects(self) -> bool:
        """Whether something below the inbox has changed since the last question."""
        ...


class S3EventQueue:
    """Messages of one SQS queue about objects below a prefix; read and removed. client: boto3's of SQS."""

    def __init__(self, client: Any, url: str, bucket: str, prefix: str) -> None:
        self._client, self._url, self._bucket, self._prefix = client, url, bucket, prefix

    def told_of_objects(self) -> bool:
        """Takes what is in the queue. Raises StorageError naming the queue and the cause."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return any(map(self._is_ours, self._bodies()))
        except (ClientError, BotoCoreError) as error:
            raise StorageError(
                f"{self._url}: can't be read ({error}); check PIZZA_S3_EVENTS_QUEUE_URL and allow sqs:ReceiveMessage "
                "and sqs:DeleteMessage on it"
            ) from error

    def _bodies(self) -> list[str]:
        bodies: list[str] = []
        for _ in range(_MOST_BATCHES):
            found = self._client.receive_message(QueueUrl=self._url, MaxNumberOfMessages=_BATCH).get("Messages", [])
            if not found:
                break
            bodies += [message["Body"] for message in found]
            # a hint that is lost with this process costs minutes: the inbox is listed now and then anyway
            handles = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(found)]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=handles)
        return bodies

    def _is_ours(self, body: str) -> bool:
        """Also of a body that is no event of S3's: then it is safer to look."""
        try:
            message = json.loads(body)
        except ValueError:
            return True
        if not isinstance(message, dict) or message.get("Event") == "s3:TestEvent":
            return False
        records = message.get("Records")
        return True if not isinstance(records, list) else any(self._is_below(record) for record in records)

    def _is_below(self, record: dict[str, Any]) -> bool:
        s3 = record.get("s3", {})
        key = unquote_plus(s3.get("object", {}).get("key", ""))
        return s3.get("bucket", {}).get("name") == self._bucket and key.startswith(self._prefix)


def s3_event_queue(settings: Settings) -> S3EventQueue | None:
    """The queue of PIZZA_S3_EVENTS_QUEUE_URL, if there is one and the inbox is in a bucket."""
    if settings.s3_events_queue_url is None or "://" not in (settings.orders_path or ""):
        return None
    import boto3

    bucket, prefix = bucket_and_prefix(settings.orders_path or "")
    # the URL names server and region; another endpoint than Amazon's is part of it
    client = boto3.client("sqs", endpoint_url=_endpoint(settings.s3_events_queue_url))
    return S3EventQueue(client, settings.s3_events_queue_url, bucket, prefix)


def _endpoint(url: str) -> str:
    return "/".join(url.split("/")[:3])
