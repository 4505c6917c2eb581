"""Where a run works: tags for the run launcher. Launching belongs to lambda_runs/launcher.py."""

from pizza_assets.settings import Settings

RUN_ON_TAG = "pizza/run_on"
ON_LAMBDA = "lambda"

LAMBDA_RUNTIME_SECONDS = 880
"""Longest time of a run on Lambda, below the 900 s at which AWS kills the function."""

INFRASTRUCTURE_RETRIES = {"dagster/max_retries": "2", "dagster/retry_on_asset_or_op_failure": "false"}
"""A run whose process or function died is tried again; one whose step failed (a refused key, a bad file) is not."""


def run_tags(settings: Settings) -> dict[str, str]:
    """The tags of every run that the schedule or a sensor asks for."""
    return {**INFRASTRUCTURE_RETRIES, **(lambda_tags() if settings.run_on == ON_LAMBDA else {})}


def pool_of(settings: Settings, source: str) -> str | None:
    """The pool of assets that ask this source, which has a limit of requests; None where files share the limit.

    Functions on Lambda share no files, so there the instance lets one run at a time ask it.
    """
    chosen = ((settings.matches, settings.match_source), (settings.orders, settings.order_source))
    is_limited = any(entry.is_limited for name, entry in chosen if name == source)
    return source if is_limited and settings.run_on == ON_LAMBDA else None


def lambda_tags() -> dict[str, str]:
    """The tags that send a run to the function; a person may set the first alone in the launchpad."""
    return {RUN_ON_TAG: ON_LAMBDA, "dagster/max_runtime": str(LAMBDA_RUNTIME_SECONDS)}
