"""The latest result of every asset check for each week.

One evaluation covers a range of weeks and lists the bad ones in its metadata; the latest that covers a week counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dagster as dg

_FIRST, _LAST, _IN_ERROR, _IN_WARNING = "first_week", "last_week", "weeks_in_error", "weeks_in_warning"
_EVALUATIONS = 500
"""The number of evaluations read per check: more than a year of daily ones."""
_EARLIER_NAMES = {"comes_from_chosen_source": "is_no_stand_in"}
"""Former names of checks: a Dagster instance may hold older results under them."""


@dataclass(frozen=True)
class FailedCheck:
    """A check that failed for a week. is_error: the week is blocked, so nothing downstream is built from it."""

    check: str
    is_error: bool
    description: str


@dataclass(frozen=True)
class CheckOutcome:
    """The latest outcome of a check for a week: passed, warning, error or not_checked. description: the check's message
    about all weeks it evaluated; None if it never evaluated this one."""

    asset: str
    check: str
    week: str
    outcome: str
    description: str | None


@dataclass(frozen=True)
class _Evaluation:
    """One evaluation of a check: its range of weeks and its message."""

    first: str
    last: str
    description: str | None


class CheckHistory:
    """The latest outcome of every check for every week. keys: the checks to read."""

    def __init__(self, instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> None:
        self._failed: dict[tuple[str, str], list[FailedCheck]] = {}
        self._evaluations = {
            (key.asset_key.to_user_string(), key.name): self._read(instance, key)
            for key in sorted(keys, key=lambda key: key.to_user_string())
        }

    def failed(self, asset: str, week: str) -> Sequence[FailedCheck]:
        """The checks of the asset that failed for the week."""
        return self._failed.get((asset, week), [])

    def outcomes(self, weeks: Sequence[str]) -> list[CheckOutcome]:
        """The latest outcome of every check for each of these weeks."""
        return [self._outcome(asset, check, week) for asset, check in self._evaluations for week in weeks]

    def _outcome(self, asset: str, check: str, week: str) -> CheckOutcome:
        for failed in self.failed(asset, week):
            if failed.check == check:
                return CheckOutcome(asset, check, week, "error" if failed.is_error else "warning", failed.description)
        for earlier in self._evaluations[asset, check]:
            if earlier.first <= week <= earlier.last:
                return CheckOutcome(asset, check, week, "passed", earlier.description)
        return CheckOutcome(asset, check, week, "not_checked", None)

    def _read(self, instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> list[_Evaluation]:
        """Record failed weeks; return the evaluations that covered any weeks, newest first."""
        asset = key.asset_key.to_user_string()
        newer: list[_Evaluation] = []
        for evaluation in _evaluations(instance, key):
            first, last = _text(evaluation, _FIRST), _text(evaluation, _LAST)
            for name in (_IN_ERROR, _IN_WARNING):
                for week in _weeks(evaluation, name):
                    if not any(found.first <= week <= found.last for found in newer):
                        failed = FailedCheck(key.name, name == _IN_ERROR, evaluation.description or "failed")
                        self._failed.setdefault((asset, week), []).append(failed)
            if first and last:
                newer.append(_Evaluation(first, last, evaluation.description))
        return newer


def weeks_metadata(
    weeks: Sequence[str], in_error: Sequence[str] = (), in_warning: Sequence[str] = ()
) -> dict[str, object]:
    """Metadata of an evaluation over consecutive weeks: the range, and the weeks that failed or warned."""
    return {
        **({_FIRST: weeks[0], _LAST: weeks[-1]} if weeks else {}),
        _IN_ERROR: dg.MetadataValue.json(list(in_error)),
        _IN_WARNING: dg.MetadataValue.json(list(in_warning)),
    }


def weeks_in_error(evaluation: dg.AssetCheckEvaluation) -> list[str]:
    """The weeks that this evaluation blocks."""
    return [] if evaluation.passed else _weeks(evaluation, _IN_ERROR)


def _evaluations(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> Iterable[dg.AssetCheckEvaluation]:
    """Newest first: those under the check's current name, then those under a former name, which are older."""
    names = [key.name, *([_EARLIER_NAMES[key.name]] if key.name in _EARLIER_NAMES else [])]
    keys = [dg.AssetCheckKey(key.asset_key, name) for name in names]
    history = instance.event_log_storage.get_asset_check_execution_history
    for record in (record for known in keys for record in history(known, limit=_EVALUATIONS)):
        event = record.event.dagster_event if record.event is not None else None
        if event is not None and isinstance(event.event_specific_data, dg.AssetCheckEvaluation):
            yield event.event_specific_data


def _text(evaluation: dg.AssetCheckEvaluation, name: str) -> str:
    value = evaluation.metadata.get(name)
    return str(value.value) if value is not None else ""


def _weeks(evaluation: dg.AssetCheckEvaluation, name: str) -> list[str]:
    value = evaluation.metadata.get(name)
    weeks = value.data if isinstance(value, dg.JsonMetadataValue) else None
    return [str(week) for week in weeks] if isinstance(weeks, list) else []
