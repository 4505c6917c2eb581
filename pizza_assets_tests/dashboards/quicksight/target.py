"""An account that does not exist, for tests."""

from pizza_assets.dashboards.quicksight import Target
from pizza_assets.models.extracts import EXTRACTS

OWNER = "arn:aws:quicksight:eu-west-2:123456789012:user/default/owner"
TARGET = Target(
    account_id="123456789012",
    region="eu-west-2",
    bucket="pizza-and-football",
    owner=OWNER,
    id_prefix="pizza",
    timezone="Europe/London",
    manifests={
        extract.table_name(): f"quicksight-ready/metadata/{extract.table_name()}.manifest.json" for extract in EXTRACTS
    },
)
