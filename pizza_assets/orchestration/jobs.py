"""The two jobs. A single job would repeat the whole analysis for every week of a backfill."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

COLLECT_WEEKS = "collect_weeks"
ANALYSE = "analyse"

AssetJob = UnresolvedAssetJobDefinition
"""What `dg.define_asset_job` returns; Dagster does not export the name."""

JOB_TAG = "pizza/job"
"""An instance with several concurrent runs (deploy/dagster.yaml) uses this tag to run one analysis at a time."""

WEEKLY_GROUPS = ("raw", "merged")
WHOLE_GROUPS = ("analysis", "dashboards")


def build_jobs() -> list[AssetJob]:
    """`collect_weeks` for the weekly assets, `analyse` for those over all weeks."""
    return [
        dg.define_asset_job(
            COLLECT_WEEKS,
            selection=dg.AssetSelection.groups(*WEEKLY_GROUPS),
            description="Collect match weeks and join orders with matches: one week, or a range of weeks in one run.",
        ),
        dg.define_asset_job(
            ANALYSE,
            selection=dg.AssetSelection.groups(*WHOLE_GROUPS),
            description="Analyse all stored weeks and publish the extracts and the page.",
            tags={JOB_TAG: ANALYSE},
        ),
    ]
