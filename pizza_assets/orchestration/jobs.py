"""The two jobs. A job that mixed them would analyse ten years again for every week of a backfill."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

COLLECT_WEEKS = "collect_weeks"
ANALYSE = "analyse"

JOB_TAG = "pizza/job"
"""By which an instance with several runs at a time (deploy/dagster.yaml) keeps to one analysis at a time."""

WEEKLY_GROUPS = ("raw", "merged")
WHOLE_GROUPS = ("analysis", "dashboards")


def build_jobs() -> list[UnresolvedAssetJobDefinition]:
    """`collect_weeks` for the weekly assets, `analyse` for those over all weeks."""
    return [
        dg.define_asset_job(
            COLLECT_WEEKS,
            selection=dg.AssetSelection.groups(*WEEKLY_GROUPS),
            description="Collect and line up match weeks: one week, or a range of weeks in one run.",
        ),
        dg.define_asset_job(
            ANALYSE,
            selection=dg.AssetSelection.groups(*WHOLE_GROUPS),
            description="Analyse all stored weeks and publish what people look at.",
            tags={JOB_TAG: ANALYSE},
        ),
    ]
