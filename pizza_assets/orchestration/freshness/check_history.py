"""What the asset checks last said about each week. A check looks at a whole range of weeks at once and names the bad
ones in its metadata; so the latest evaluation that looked at a week counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import dagster as dg

_FIRST, _LAST, _IN_ERROR, _IN_WARNING = "first_week", "last_week", "weeks_in_error", "weeks_in_warning"
_EVALUATIONS = 500
"""Evaluations of one check that are looked at: over a year of daily ones."""


@dataclass(frozen=True)
class Verdict:
    """A check that failed for a week. is_error: nothing is made of such a week."""

    check: str
    is_error: bool
    description: str


@dataclass(frozen=True)
class Judgement:
    """How a check last ended for a week: passed, warning, error or not_checked. description: what it then said of all
    the weeks that it looked at; None if it never looked at this one."""

    asset: str
    check: str
    week: str
    outcome: str
    description: str | None


@dataclass(frozen=True)
class _Look:
    """One evaluation: the weeks that it looked at, and what it said."""

    first: str
    last: str
    description: str | None


class CheckHistory:
    """The last verdict of every check on every week. `keys` are the checks to ask for."""

    def __init__(self, instance: dg.DagsterInstance, keys: Iterable[dg.AssetCheckKey]) -> None:
        self._failed: dict[tuple[str, str], list[Verdict]] = {}
        self._looks = {
            (key.asset_key.to_user_string(), key.name): self._read(instance, key)
            for key in sorted(keys, key=lambda key: key.to_user_string())
        }

    def failed(self, asset: str, week: str) -> Sequence[Verdict]:
        """The checks of the asset that failed for the week."""
        return self._failed.get((asset, week), [])

    def judgements(self, weeks: Sequence[str]) -> list[Judgement]:
        """How every check last ended for each of these weeks."""
        return [self._judgement(asset, check, week) for asset, check in self._looks for week in weeks]

    def _judgement(self, asset: str, check: str, week: str) -> Judgement:
        for verdict in self.failed(asset, week):
            if verdict.check == check:
                return Judgement(asset, check, week, "error" if verdict.is_error else "warning", verdict.description)
        for look in self._looks[asset, check]:
            if look.first <= week <= look.last:
                return Judgement(asset, check, week, "passed", look.description)
        return Judgement(asset, check, week, "not_checked", None)

    def _read(self, instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> list[_Look]:
        """Notes what failed; returns the evaluations that looked at weeks, newest first."""
        asset = key.asset_key.to_user_string()
        looks: list[_Look] = []
        for evaluation in _evaluations(instance, key):
            first, last = _text(evaluation, _FIRST), _text(evaluation, _LAST)
            for name in (_IN_ERROR, _IN_WARNING):
                for week in _weeks(evaluation, name):
                    if not any(look.first <= week <= look.last for look in looks):
                        verdict = Verdict(key.name, name == _IN_ERROR, evaluation.description or "failed")
                        self._failed.setdefault((asset, week), []).append(verdict)
            if first and last:
                looks.append(_Look(first, last, evaluation.description))
        return looks


def weeks_metadata(
    weeks: Sequence[str], in_error: Sequence[str] = (), in_warning: Sequence[str] = ()
) -> dict[str, object]:
    """Metadata of an evaluation over adjoining weeks: which it looked at, and which it has something against."""
    return {
        **({_FIRST: weeks[0], _LAST: weeks[-1]} if weeks else {}),
        _IN_ERROR: dg.MetadataValue.json(list(in_error)),
        _IN_WARNING: dg.MetadataValue.json(list(in_warning)),
    }


def weeks_in_error(evaluation: dg.AssetCheckEvaluation) -> list[str]:
    """The weeks that keep a run from going on."""
    return [] if evaluation.passed else _weeks(evaluation, _IN_ERROR)


def _evaluations(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> Iterable[dg.AssetCheckEvaluation]:
    """Newest first."""
    for record in instance.event_log_storage.get_asset_check_execution_history(key, limit=_EVALUATIONS):
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
