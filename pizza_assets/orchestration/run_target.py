"""Where a run executes, and what follows it: the tags of runs. Launching belongs to lambda_runs/launcher.py."""

from pizza_assets.settings import Settings

RUN_ON_TAG = "pizza/run_on"
ON_LAMBDA = "lambda"

ANALYSES_ITSELF = {"pizza/then": "self"}
"""The tag of runs whose command analyses afterwards, so that Dagster's daemon does not analyse these weeks again."""

LAMBDA_RUNTIME_SECONDS = 880
"""The longest run on Lambda, below the 900 s after which AWS kills the function."""

INFRASTRUCTURE_RETRIES = {"dagster/max_retries": "2", "dagster/retry_on_asset_or_op_failure": "false"}
"""A run is retried if its process or function died, but not if a step failed (a refused key, a bad file)."""


def run_tags(settings: Settings) -> dict[str, str]:
    """The tags of every run requested by the schedule or a sensor."""
    return {**INFRASTRUCTURE_RETRIES, **(lambda_tags() if settings.run_on == ON_LAMBDA else {})}


def pool_of(settings: Settings, source: str) -> str | None:
    """The pool of the assets that fetch from this source; None if it needs none.

    Local runs share a source's rate limit through a file. Lambda functions share no files, so there a pool lets only
    one run at a time use a source with a rate limit.
    """
    chosen = ((settings.matches, settings.match_source), (settings.orders, settings.order_source))
    is_limited = any(entry.is_limited for name, entry in chosen if name == source)
    return source if is_limited and settings.run_on == ON_LAMBDA else None


def lambda_tags() -> dict[str, str]:
    """The tags that send a run to the Lambda function; in the launchpad the first alone is enough."""
    return {RUN_ON_TAG: ON_LAMBDA, "dagster/max_runtime": str(LAMBDA_RUNTIME_SECONDS)}
