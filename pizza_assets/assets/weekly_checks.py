"""Asset checks that judge week by week: one evaluation per week, then a summary over all weeks.

What a check looks for is in checks.py, how its verdicts are read back in orchestration/freshness/check_history.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData

from pizza_assets.models.week import week_ranges
from pizza_assets.orchestration.freshness.check_history import (
    ERROR,
    PASSED,
    WARNING,
    Verdict,
    latest_verdicts,
    summary_metadata,
    week_metadata,
)
from pizza_assets.orchestration.partitions import weeks_of_run
from pizza_assets.settings import Settings
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_events import latest_materializations

NOTHING_TO_JUDGE = "nothing is stored yet, so no week was checked"
_NAMED = 5
_BY_GRAVITY = (PASSED, WARNING, ERROR)


@dataclass(frozen=True)
class WeeklyCheck:
    """A check on the weeks of an asset.

    weeks: those that it can judge, from storage. judge: the verdict on one of them. blocking: after an error nothing
    downstream is made in the same run; without it an error still fails the run, after everything else is done.
    additional_deps: assets that must be made first.
    """

    asset: str
    name: str
    description: str
    weeks: Callable[[TableStore], Sequence[str]]
    judge: Callable[[TableStore, str], Verdict]
    blocking: bool = False
    additional_deps: Sequence[str] = ()

    @property
    def key(self) -> dg.AssetCheckKey:
        return dg.AssetCheckKey(dg.AssetKey(self.asset), self.name)

    def definition(self, partitions: dg.WeeklyPartitionsDefinition, settings: Settings) -> dg.AssetChecksDefinition:
        """The check as Dagster runs it: on the weeks of its run or, run alone, on every week that it can judge."""

        @dg.asset_check(
            asset=self.asset,
            name=self.name,
            description=self.description,
            blocking=self.blocking,
            partitions_def=partitions,
            additional_deps=self.additional_deps,
        )
        def check(
            context: dg.AssetCheckExecutionContext, tables: dg.ResourceParam[TableStore]
        ) -> Iterator[dg.AssetCheckEvaluation | dg.Output[None]]:
            asked = weeks_of_run(context.run.tags, partitions)
            yield from evaluations(self, asked, context.instance, tables, settings.timezone)
            yield dg.Output(None)

        return check


def evaluations(
    check: WeeklyCheck, asked: Sequence[str], instance: dg.DagsterInstance, tables: TableStore, timezone: str
) -> Iterator[dg.AssetCheckEvaluation]:
    """An evaluation of each week, then the summary; asked: the weeks of the run, none if the check runs alone.

    Weeks that were never judged are judged, too, so the summary covers every week. Raises dg.Failure at the end if one
    of the run's weeks is in error, unless the check is a blocking one, which fails the run by itself.
    """
    storage, stored = tables.objects.uri(""), check.weeks(tables)
    before = latest_verdicts(instance, check.key, storage) if asked else {}
    chosen = [week for week in stored if week in asked or week not in before]
    verdicts = {week: check.judge(tables, week).escaped() for week in chosen}
    targets = _targets(instance, check.asset, chosen)
    # the worst week last: of a check that runs alone, the UI shows the evaluation that was inserted last, while the
    # summary takes the place of the row that was planned before
    for week, verdict in sorted(verdicts.items(), key=lambda item: (_BY_GRAVITY.index(item[1].outcome), item[0])):
        is_of_run = not asked or week in asked
        yield dg.AssetCheckEvaluation(
            check.key.asset_key,
            check.name,
            passed=verdict.outcome == PASSED,
            severity=_severity(verdict),
            description=f"{week}: {verdict.description}",
            metadata=week_metadata(storage, verdict),
            blocking=check.blocking and is_of_run,
            partition=week,
            target_materialization_data=targets.get(week),
        )
    # read again: runs of other weeks may have ended meanwhile
    latest = {**latest_verdicts(instance, check.key, storage), **verdicts}
    yield _summary(check, storage, {week: latest[week] for week in stored if week in latest}, timezone)
    in_error = [week for week, verdict in verdicts.items() if verdict.outcome == ERROR and (not asked or week in asked)]
    if in_error and not check.blocking:
        raise dg.Failure(_failed_text(verdicts, in_error, timezone), allow_retries=False)


def _summary(
    check: WeeklyCheck, storage: str, verdicts: Mapping[str, Verdict], timezone: str
) -> dg.AssetCheckEvaluation:
    failed = [week for week, verdict in verdicts.items() if verdict.outcome != PASSED]
    in_error = [week for week in failed if verdicts[week].outcome == ERROR]
    text = _failed_text(verdicts, [*in_error, *(week for week in failed if week not in in_error)], timezone)
    if not verdicts:
        text = NOTHING_TO_JUDGE
    elif not failed:
        text = f"all {len(verdicts)} weeks passed"
    return dg.AssetCheckEvaluation(
        check.key.asset_key,
        check.name,
        passed=bool(verdicts) and not failed,
        severity=dg.AssetCheckSeverity.ERROR if in_error else dg.AssetCheckSeverity.WARN,
        description=text,
        metadata={"weeks": len(verdicts), **summary_metadata(storage, verdicts, timezone)},
        blocking=False,
    )


def _failed_text(verdicts: Mapping[str, Verdict], failed: Sequence[str], timezone: str) -> str:
    """Each reason once, after the weeks that it concerns."""
    weeks: dict[str, list[str]] = {}
    for week in failed:
        weeks.setdefault(verdicts[week].description, []).append(week)
    named = "; ".join(f"{_in_words(weeks[reason], timezone)}: {reason}" for reason in list(weeks)[:_NAMED])
    rest = sum(len(others) for others in list(weeks.values())[_NAMED:])
    more = f"; and {rest} more weeks" if rest else ""
    return f"{len(failed)} of {len(verdicts)} weeks failed: {named}{more}"


def _in_words(weeks: Sequence[str], timezone: str) -> str:
    ranges = week_ranges(weeks, timezone, longest=len(weeks))
    return ", ".join(first if first == last else f"{first} to {last}" for first, last in ranges)


def _severity(verdict: Verdict) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if verdict.outcome == ERROR else dg.AssetCheckSeverity.WARN


def _targets(
    instance: dg.DagsterInstance, asset: str, weeks: Sequence[str]
) -> dict[str, AssetCheckEvaluationTargetMaterializationData]:
    """The materialization that each evaluation is about; without it the UI shows the week as not checked."""
    return {
        week: AssetCheckEvaluationTargetMaterializationData(
            storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
        )
        for week, record in latest_materializations(instance, dg.AssetKey(asset), weeks).items()
    }
