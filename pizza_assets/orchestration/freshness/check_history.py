"""The latest verdict of every asset check for each week, as Dagster keeps it.

A run of a check stores one evaluation per week and a summary over all weeks, which the UI shows as the state
of the check. The summary repeats the verdicts of weeks that were judged earlier: one record tells all of them.

An instance can serve several storages. Every evaluation names the one that it judged, and those of others do not count.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import dagster as dg

from pizza_assets.escaping import printable
from pizza_assets.models.week import ranges_from_text, ranges_to_text, week_ranges, weeks_in_ranges

PASSED, WARNING, ERROR = "passed", "warning", "error"
_STORAGE, _PASSED_WEEKS, _FAILED_WEEKS = "storage", "passed_weeks", "failed_weeks"
_PAGE = 250


@dataclass(frozen=True)
class Verdict:
    """What a check says about one week. outcome: PASSED, WARNING or ERROR. metadata: shown with the evaluation."""

    outcome: str
    description: str
    metadata: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def escaped(self) -> "Verdict":
        """The same, with a description that may be shown: it quotes reasons of sources."""
        return replace(self, description=printable(self.description))


@dataclass(frozen=True)
class FailedCheck:
    """A check that failed for a week. is_error: the week was not stored, or nothing downstream is built from it."""

    check: str
    is_error: bool
    description: str


@dataclass(frozen=True)
class CheckOutcome:
    """The latest outcome of a check for a week: passed, warning, error or not_checked."""

    asset: str
    check: str
    week: str
    outcome: str
    description: str | None


class CheckHistory:
    """The latest verdicts on the weeks of one storage. keys: the checks to read."""

    def __init__(self, instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey], storage: str) -> None:
        self._verdicts = {
            (key.asset_key.to_user_string(), key.name): latest_verdicts(instance, key, storage)
            for key in sorted(keys, key=lambda key: key.to_user_string())
        }

    def failed(self, asset: str, week: str) -> Sequence[FailedCheck]:
        """The checks of the asset that failed for the week."""
        return [
            FailedCheck(check, verdict.outcome == ERROR, verdict.description)
            for (checked, check), verdicts in self._verdicts.items()
            if checked == asset and (verdict := verdicts.get(week)) is not None and verdict.outcome != PASSED
        ]

    def outcomes(self, weeks: Sequence[str]) -> list[CheckOutcome]:
        """The latest outcome of every check for each of these weeks."""
        return [
            CheckOutcome(asset, check, week, verdict.outcome, verdict.description)
            if (verdict := verdicts.get(week)) is not None
            else CheckOutcome(asset, check, week, "not_checked", None)
            for (asset, check), verdicts in self._verdicts.items()
            for week in weeks
        ]


def latest_verdicts(instance: dg.DagsterInstance, key: dg.AssetCheckKey, storage: str) -> dict[str, Verdict]:
    """The latest verdict of the check on every week of the storage that it has judged.

    Reads back to the latest summary. A week's own evaluation counts before what a summary says of it: another run may
    have stored it while that summary was being made.
    """
    own: dict[str, Verdict] = {}
    for page in _pages(instance, key):
        summary: dict[str, Verdict] | None = None
        for evaluation in page:
            if _text(evaluation, _STORAGE) != storage:
                continue
            if evaluation.partition is not None:
                own.setdefault(evaluation.partition, _verdict_of(evaluation))
            elif summary is None:
                summary = _verdicts_in(evaluation)
        if summary is not None:
            return {**summary, **own}
    return own


def week_metadata(storage: str, verdict: Verdict) -> dict[str, Any]:
    """Metadata of the evaluation of one week."""
    return {_STORAGE: storage, **verdict.metadata}


def summary_metadata(storage: str, verdicts: Mapping[str, Verdict], timezone: str) -> dict[str, Any]:
    """Metadata of the summary: the verdict on every week, without the metadata of the single ones."""
    passed = [week for week, verdict in verdicts.items() if verdict.outcome == PASSED]
    failed = {week: [verdict.outcome, verdict.description] for week, verdict in verdicts.items() if week not in passed}
    return {
        _STORAGE: storage,
        _PASSED_WEEKS: ranges_to_text(week_ranges(passed, timezone, longest=len(passed) or 1)),
        _FAILED_WEEKS: dg.MetadataValue.json(failed),
    }


def _pages(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> Iterator[list[dg.AssetCheckEvaluation]]:
    """The check's evaluations, newest first."""
    cursor: int | None = None
    while True:
        records = instance.event_log_storage.get_asset_check_execution_history(key, _PAGE, cursor)
        if not records:
            return
        events = [record.event.dagster_event for record in records if record.event is not None]
        found = [event.event_specific_data for event in events if event is not None]
        yield [evaluation for evaluation in found if isinstance(evaluation, dg.AssetCheckEvaluation)]
        cursor = records[-1].id


def outcome_of(evaluation: dg.AssetCheckEvaluation) -> str:
    """PASSED, WARNING or ERROR."""
    if evaluation.passed:
        return PASSED
    return ERROR if evaluation.severity == dg.AssetCheckSeverity.ERROR else WARNING


def description_of(evaluation: dg.AssetCheckEvaluation) -> str:
    """The description of one week's evaluation, without the week that it starts with for readers of the UI."""
    return (evaluation.description or "").removeprefix(f"{evaluation.partition}: ")


def _verdict_of(evaluation: dg.AssetCheckEvaluation) -> Verdict:
    return Verdict(outcome_of(evaluation), description_of(evaluation))


def _verdicts_in(summary: dg.AssetCheckEvaluation) -> dict[str, Verdict]:
    failed = summary.metadata.get(_FAILED_WEEKS)
    weeks = failed.data if isinstance(failed, dg.JsonMetadataValue) else None
    passed = weeks_in_ranges(ranges_from_text(_text(summary, _PASSED_WEEKS)))
    return {
        **{week: Verdict(PASSED, "") for week in passed},
        **{str(week): Verdict(*verdict) for week, verdict in (weeks if isinstance(weeks, dict) else {}).items()},
    }


def _text(evaluation: dg.AssetCheckEvaluation, name: str) -> str:
    value = evaluation.metadata.get(name)
    return str(value.value) if value is not None else ""
