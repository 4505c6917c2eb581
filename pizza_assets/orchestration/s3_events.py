"""An SQS queue of a bucket's object events. Events are only hints to look: the listing shows what is there."""

import json
from typing import Any, Protocol
from urllib.parse import unquote_plus

from pizza_assets.errors import StorageError
from pizza_assets.settings import Settings, bucket_and_prefix

_MOST_BATCHES = 100
_BATCH = 10


class ObjectEvents(Protocol):
    """Object events as the sensor for order files needs them."""

    def has_events(self) -> bool:
        """Whether anything below the inbox has changed since the last call."""
        ...


class S3EventQueue:
    """One SQS queue's messages about objects below a prefix, deleted once read. client: boto3's SQS client."""

    def __init__(self, client: Any, url: str, bucket: str, prefix: str) -> None:
        self._client, self._url, self._bucket, self._prefix = client, url, bucket, prefix

    def has_events(self) -> bool:
        """Empty the queue; return whether any message concerned the inbox. Raises StorageError naming the queue."""
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
            # if this process dies, a lost event costs minutes only: the inbox is listed periodically anyway
            handles = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(found)]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=handles)
        return bodies

    def _is_ours(self, body: str) -> bool:
        """Whether the message concerns the inbox; True if it is not an S3 event, to be on the safe side."""
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
    # the URL contains server and region, including an endpoint other than Amazon's
    client = boto3.client("sqs", endpoint_url="/".join(settings.s3_events_queue_url.split("/")[:3]))
    return S3EventQueue(client, settings.s3_events_queue_url, bucket, prefix)
