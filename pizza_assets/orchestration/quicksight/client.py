"""QuickSight's client and the place that the settings name."""

from typing import Any

import boto3
from botocore.config import Config

from pizza_assets.dashboards.manifest import manifest_name
from pizza_assets.dashboards.quicksight import Target
from pizza_assets.errors import ConfigurationError
from pizza_assets.models.extracts import EXTRACTS
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import member_key

# QuickSight allows few calls a second: botocore waits longer after each refusal and gives up after these attempts
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
_STAND_INS = {
    "QUICKSIGHT_ACCOUNT_ID": "000000000000",
    "QUICKSIGHT_REGION": "us-east-1",
    "QUICKSIGHT_OWNER_ARN": "arn:aws:quicksight:us-east-1:000000000000:user/default/OWNER",
    "S3_BUCKET_NAME": "BUCKET",
}


def missing_settings(settings: Settings) -> list[str]:
    """The variables without which nothing can be made."""
    return [variable for variable, name in _NEEDED.items() if getattr(settings, name) is None]


def target_of(settings: Settings) -> Target:
    """Where the settings want the dashboard. Raises ConfigurationError naming what is not set."""
    missing = missing_settings(settings)
    if missing:
        raise ConfigurationError(f"{', '.join(missing)} not set; QuickSight needs them, see docs/quicksight.md")
    return planned_target(settings)


def planned_target(settings: Settings) -> Target:
    """The same, with stand-ins where nothing is set: good enough to see what would be made."""
    chosen = {variable: getattr(settings, name) or _STAND_INS[variable] for variable, name in _NEEDED.items()}
    return Target(
        account_id=chosen["QUICKSIGHT_ACCOUNT_ID"],
        region=chosen["QUICKSIGHT_REGION"],
        bucket=chosen["S3_BUCKET_NAME"],
        owner=chosen["QUICKSIGHT_OWNER_ARN"],
        id_prefix=settings.quicksight_id_prefix,
        timezone=settings.timezone,
        manifests={
            extract.table_name(): member_key("quicksight_manifest", manifest_name(extract.table_name()))
            for extract in EXTRACTS
        },
    )


def has_credentials() -> bool:
    """Whether this process can sign calls to AWS at all."""
    return boto3.Session().get_credentials() is not None


def quicksight_client(region: str) -> Any:
    """A client that retries what is worth it, a bounded number of times."""
    return boto3.client("quicksight", region_name=region, config=_CONFIG)
