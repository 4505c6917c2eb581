"""The claims of runs on Lambda, in the bucket where the tables are."""

import uuid

from pizza_assets.errors import ConfigurationError
from pizza_assets.orchestration.s3_connection import connection
from pizza_assets.settings import Settings, bucket_and_prefix
from pizza_assets.storage.delivery_claims import DeliveryClaims
from pizza_assets.storage.s3_objects import S3Objects


def deliveries(settings: Settings) -> DeliveryClaims:
    """The delivery claims. Raises ConfigurationError if tables are stored in a folder, which a function would lose."""
    if not settings.is_on_s3:
        raise ConfigurationError(
            f"PIZZA_STORAGE={settings.storage!r} is a folder, which runs on Lambda can't share; set S3_BUCKET_NAME, or "
            "PIZZA_STORAGE=s3://bucket/prefix, both for the function and for Dagster"
        )
    bucket, prefix = bucket_and_prefix(settings.storage)
    return DeliveryClaims(S3Objects(connection(settings).get_client(), bucket, prefix), lambda: uuid.uuid4().hex)


def run_name(run_id: str) -> str:
    """The name that deliveries of a run claim."""
    return f"runs/{run_id}"


def refresh_name(scheduled_at: str) -> str:
    """The name that deliveries of one EventBridge tick claim."""
    return f"refreshes/{scheduled_at.replace('/', '-')}"
