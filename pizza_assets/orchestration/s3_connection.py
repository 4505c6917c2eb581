"""dagster-aws' S3 resource with this project's timeouts, and the object store that uses its client.

Imported only where something is on S3: dagster-aws and boto3 take longer to import than Dagster itself.
"""

import hashlib
import os
import socket
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from dagster_aws.s3 import S3Resource
from pydantic import Field

from pizza_assets.settings import Settings, bucket_and_prefix
from pizza_assets.storage.expiring_claims import ExpiringClaims
from pizza_assets.storage.inbox import BucketInbox
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets.storage.s3_objects import S3Objects

CLAIM_PATIENCE = timedelta(minutes=10)
"""How long to wait for another writer of the same week, as in a local folder."""

CLOCK_MARGIN = 0.25
"""The share of a claim's duration that allows for clock skew: half a minute by default."""


class S3Connection(S3Resource):
    """`S3Resource` whose client gives up on an unresponsive server well before a claim expires.

    SlowDown, 5xx, timeouts and broken connections are retried with backoff, up to `max_attempts` in all.
    """

    max_attempts: int = Field(default=5, description="Attempts of one request, the first included.")
    connect_seconds: float = Field(default=5, description="Longest wait for a connection.")
    read_seconds: float = Field(default=20, description="Longest wait for the next piece of an answer.")

    @classmethod
    def _is_dagster_maintained(cls) -> bool:
        return False

    def get_client(self) -> Any:
        """A boto3 client, which threads may share."""
        config = Config(
            retries={"mode": "standard", "max_attempts": self.max_attempts},
            connect_timeout=self.connect_seconds,
            read_timeout=self.read_seconds,
            # other servers rarely support a host name per bucket
            s3={"addressing_style": "auto" if self.endpoint_url is None else "path"},
        )
        session = boto3.Session(
            aws_access_key_id=self.aws_access_key_id,
            aws_secret_access_key=self.aws_secret_access_key,
            aws_session_token=self.aws_session_token,
            region_name=self.region_name,
            profile_name=self.profile_name,
        )
        return session.client("s3", endpoint_url=self.endpoint_url, verify=self.verify, config=config)


def connection(settings: Settings) -> S3Connection:
    """The S3 connection; credentials, profile and region are found as AWS' own tools find them."""
    return S3Connection(endpoint_url=settings.s3_endpoint)


def bucket_store(settings: Settings, now: Callable[[], datetime]) -> S3Bucket:
    """The object store of PIZZA_STORAGE=s3://bucket/prefix. `now` is the machine's clock: claims expire by it."""
    bucket, prefix = bucket_and_prefix(settings.storage)
    objects = S3Objects(connection(settings).get_client(), bucket, prefix)
    lasts = timedelta(seconds=settings.s3_claim_seconds)
    claims = ExpiringClaims(
        objects,
        owner=f"{socket.gethostname()}, process {os.getpid()}",
        now=now,
        sleep=time.sleep,
        expires_after=lasts * (1 - CLOCK_MARGIN),
        patience=max(CLAIM_PATIENCE, 2 * lasts),
        skew=lasts * CLOCK_MARGIN,
    )
    return S3Bucket(objects, claims, now)


def bucket_inbox(address: str, settings: Settings) -> BucketInbox:
    """The inbox at s3://bucket/prefix, with its local copies."""
    bucket, prefix = bucket_and_prefix(address)
    copies = settings.machine_folder / "inbox" / hashlib.sha256(address.encode()).hexdigest()[:12]
    return BucketInbox(S3Objects(connection(settings).get_client(), bucket), prefix, copies)
