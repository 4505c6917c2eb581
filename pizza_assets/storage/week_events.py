"""The latest materialization of each week of an asset, as Dagster has recorded it."""

from collections.abc import Sequence

import dagster as dg

_AT_ONCE = 500


def latest_materializations(
    instance: dg.DagsterInstance, key: dg.AssetKey, weeks: Sequence[str]
) -> dict[str, dg.EventLogRecord]:
    """Week to the record of its latest materialization; weeks that were never materialized are absent."""
    if not weeks:
        return {}
    by_week = instance.event_log_storage.get_latest_storage_id_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, set(weeks)
    )
    ids = sorted(by_week.values())
    found: dict[str, dg.EventLogRecord] = {}
    for first in range(0, len(ids), _AT_ONCE):
        some = ids[first : first + _AT_ONCE]
        filtered = dg.AssetRecordsFilter(asset_key=key, storage_ids=some)
        for record in instance.fetch_materializations(filtered, limit=len(some)).records:
            if record.partition_key is not None:
                found[record.partition_key] = record
    return found
