"""What the sheet “Data quality” draws: the charts of each of its views."""

from pizza_assets.dashboards.quicksight import tables
from pizza_assets.dashboards.quicksight.calculated_fields import LABEL
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.data_sets import data_set_of
from pizza_assets.models.extracts import ChecksExtract, DataQualityExtract

DATA_QUALITY = data_set_of(DataQualityExtract)
CHECKS = data_set_of(ChecksExtract)


def _quality() -> list[Chart]:
    stored = ("week", "week_starts_at", "dataset", LABEL, "source_name", "row_count", "rejected_count", "is_partial")
    checks = ("asset", "check", "outcome", "week_count", "first_week", "last_week", "description")
    return [
        tables.table("quality", DATA_QUALITY, (*stored, "failed_check_count", "reason"), newest_first="week_starts_at"),
        tables.table("quality-checks", CHECKS, checks, suffix=": checks of all weeks, real and MOCK"),
    ]


DRAWINGS = {"quality": _quality()}
