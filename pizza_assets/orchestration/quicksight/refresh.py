"""Import new data into QuickSight: one ingestion per data set."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pizza_assets.dashboards.quicksight import Resource, Target, resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.errors import QuickSightError
from pizza_assets.orchestration.quicksight.refusals import refusals
from pizza_assets.orchestration.quicksight.waiting import Patience

_UNDER_WAY = ("INITIALIZED", "QUEUED", "RUNNING")


@dataclass(frozen=True)
class Ingested:
    """How the ingestion of one data set ended."""

    data_set_id: str
    status: str
    rows: int
    dropped: int
    error: str = ""


def refresh(client: Any, target: Target, now: Callable[[], datetime], patience: Patience) -> Iterator[Ingested]:
    """Start all ingestions, then wait for each. One that cannot be started, fails or takes too long does not stop the
    others.

    Once all have ended, raises QuickSightError naming the data sets that were not filled; these keep their old data.
    """
    data_sets = [r for r in resources(target) if r.kind == Kind.DATA_SET]
    ingestion = f"{target.id_prefix}-{now():%Y%m%dT%H%M%SZ}"
    refused = {data_set.id: _start(client, target, data_set, ingestion) for data_set in data_sets}
    failed: list[Ingested] = []
    for data_set in data_sets:
        ended = refused[data_set.id] or _ended(client, target, data_set, ingestion, patience)
        if ended.status != "COMPLETED":
            failed.append(ended)
        yield ended
    if failed:
        why = "; ".join(f"{one.data_set_id} {one.status} ({one.error or 'no reason given'})" for one in failed)
        raise QuickSightError(
            f"{len(failed)} of {len(data_sets)} data sets kept their old data: {why}; fix the cause and run the same "
            "command again"
        )


def _start(client: Any, target: Target, data_set: Resource, ingestion: str) -> Ingested | None:
    """Start an ingestion; None if it started, else its outcome."""
    try:
        with refusals(f"data set {data_set.id}, create_ingestion"):
            client.create_ingestion(**_named(target, data_set, ingestion), IngestionType="FULL_REFRESH")
    except QuickSightError as error:
        return Ingested(data_set.id, "NOT STARTED", 0, 0, str(error))
    return None


def _ended(client: Any, target: Target, data_set: Resource, ingestion: str, patience: Patience) -> Ingested:
    """The outcome of an ingestion, even if the wait for it failed."""
    try:
        return _end(client, target, data_set, ingestion, patience)
    except QuickSightError as error:
        return Ingested(data_set.id, "NOT SEEN TO END", 0, 0, str(error))


def _end(client: Any, target: Target, data_set: Resource, ingestion: str, patience: Patience) -> Ingested:
    def ask() -> Mapping[str, Any]:
        with refusals(f"data set {data_set.id}, describe_ingestion"):
            return client.describe_ingestion(**_named(target, data_set, ingestion))["Ingestion"]

    answer = patience.until(ask, lambda found: found["IngestionStatus"] not in _UNDER_WAY, f"data set {data_set.id}")
    rows, error = answer.get("RowInfo", {}), answer.get("ErrorInfo", {})
    return Ingested(
        data_set.id,
        answer["IngestionStatus"],
        rows.get("RowsIngested", 0),
        rows.get("RowsDropped", 0),
        ": ".join(str(error[member]) for member in ("Type", "Message") if member in error),
    )


def _named(target: Target, data_set: Resource, ingestion: str) -> dict[str, str]:
    return {"AwsAccountId": target.account_id, **data_set.ids, "IngestionId": ingestion}
