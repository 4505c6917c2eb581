"""Stores the evaluation of an asset check as a run of it would."""

import dagster as dg


def store(instance: dg.DagsterInstance, evaluation: dg.AssetCheckEvaluation, run: str) -> None:
    """A run has one evaluation per partition at most."""
    event = dg.DagsterEvent(dg.DagsterEventType.ASSET_CHECK_EVALUATION.value, "test", event_specific_data=evaluation)
    instance.report_dagster_event(event, run)
