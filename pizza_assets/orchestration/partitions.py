"""Match weeks as Dagster partitions. The calendar itself is in models/week.py; a test compares the two."""

from collections.abc import Mapping
from datetime import datetime

import dagster as dg

from pizza_assets.models.week import WEEK_STARTS_AT, MatchWeek
from pizza_assets.settings import Settings

CRON_TUESDAY = 2  # cron counts Sunday as 0


def match_weeks(settings: Settings) -> dg.WeeklyPartitionsDefinition:
    """All match weeks from the first one to the running one (end_offset: its partition exists before it ends)."""
    first = MatchWeek.of_date(settings.first_week, settings.timezone)
    return dg.WeeklyPartitionsDefinition(
        start_date=first.key,
        timezone=settings.timezone,
        day_offset=CRON_TUESDAY,
        hour_offset=WEEK_STARTS_AT.hour,
        end_offset=1,
    )


def refreshed_weeks(now: datetime, settings: Settings) -> tuple[str, str]:
    """First and last week of the daily refresh: the last finished one and the running one.

    Results come late, orders up to three days late, kick-offs move.
    """
    running = MatchWeek.containing(now, settings.timezone)
    first = max(running.shifted(-1), MatchWeek.of_date(settings.first_week, settings.timezone))
    return first.key, running.key


def range_tags(first: str, last: str) -> dict[str, str]:
    """The tags of one run over a contiguous range of weeks."""
    return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


def weeks_of_run(tags: Mapping[str, str], partitions: dg.WeeklyPartitionsDefinition) -> list[str]:
    """The weeks of a run with these tags, whether a range or a single week."""
    if "dagster/partition" in tags:
        return [tags["dagster/partition"]]
    first, last = tags.get("dagster/asset_partition_range_start"), tags.get("dagster/asset_partition_range_end")
    if first is None or last is None:
        return []
    return list(partitions.get_partition_keys_in_range(dg.PartitionKeyRange(first, last)))
