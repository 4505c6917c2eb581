"""QuickSight's client, and the account and bucket that the settings name."""

from typing import Any

import boto3
from botocore.config import Config

from pizza_assets.command_name import typed
from pizza_assets.dashboards.manifest import manifest_name
from pizza_assets.dashboards.quicksight import Target
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.settings import Settings, bucket_and_prefix
from pizza_assets.storage.layout import member_key

# QuickSight's rate limit is low: botocore backs off after each throttled call and gives up after these attempts
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 8},
    connect_timeout=10,
    read_timeout=60,
    user_agent_extra="pizza_assets",
)

_NEEDED = {
    "QUICKSIGHT_ACCOUNT_ID": "quicksight_account_id",
    "QUICKSIGHT_REGION": "quicksight_region",
    "QUICKSIGHT_OWNER_ARN": "quicksight_owner_arn",
    "S3_BUCKET_NAME": "s3_bucket",
}
_PLACEHOLDERS = {
    "QUICKSIGHT_ACCOUNT_ID": "000000000000",
    "QUICKSIGHT_REGION": "us-east-1",
    "QUICKSIGHT_OWNER_ARN": "arn:aws:quicksight:us-east-1:000000000000:user/default/OWNER",
    "S3_BUCKET_NAME": "BUCKET",
}


def missing_settings(settings: Settings) -> list[str]:
    """The variables still needed before anything can be created; storage on S3 names the bucket itself."""
    missing = [variable for variable, name in _NEEDED.items() if getattr(settings, name) is None]
    if settings.is_on_s3:
        missing = [variable for variable in missing if variable != "S3_BUCKET_NAME"]
    return missing


def refuse_local_storage(settings: Settings) -> None:
    """Raises ConfigurationError if tables are stored in a local folder, because manifests would name local paths."""
    if not settings.is_on_s3:
        raise ConfigurationError(
            f"PIZZA_STORAGE={settings.storage!r} is a local folder, so the manifests name files that QuickSight can't "
            f"read; set PIZZA_STORAGE=s3://bucket/prefix and run `{typed('run')}` to write them there, see "
            "docs/quicksight.md"
        )


def target_of(settings: Settings) -> Target:
    """The target that the settings name. Raises ConfigurationError naming the variables that are not set."""
    missing = missing_settings(settings)
    if missing:
        raise ConfigurationError(f"{', '.join(missing)} not set; QuickSight needs them, see docs/quicksight.md")
    return planned_target(settings)


def planned_target(settings: Settings) -> Target:
    """The same with placeholders for what is not set, for a plan.

    Bucket and keys follow from PIZZA_STORAGE on S3, else from S3_BUCKET_NAME without a prefix.
    """
    chosen = {variable: getattr(settings, name) or _PLACEHOLDERS[variable] for variable, name in _NEEDED.items()}
    bucket, prefix = bucket_and_prefix(settings.storage) if settings.is_on_s3 else (chosen["S3_BUCKET_NAME"], "")
    folder = f"{prefix}/" if prefix else ""
    return Target(
        account_id=chosen["QUICKSIGHT_ACCOUNT_ID"],
        region=chosen["QUICKSIGHT_REGION"],
        bucket=bucket,
        owner=chosen["QUICKSIGHT_OWNER_ARN"],
        id_prefix=settings.quicksight_id_prefix,
        timezone=settings.timezone,
        manifests={
            extract.table_name(): folder + member_key("quicksight_manifest", manifest_name(extract.table_name()))
            for extract in EXTRACTS
        },
    )


def has_credentials() -> bool:
    """Whether this process has AWS credentials."""
    return boto3.Session().get_credentials() is not None


def quicksight_client(region: str) -> Any:
    """A client that retries transient errors a limited number of times."""
    return boto3.client("quicksight", region_name=region, config=_CONFIG)
