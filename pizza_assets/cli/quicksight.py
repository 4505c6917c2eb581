"""Implements `pizza quicksight`: plan, create, update, refresh and delete the dashboard."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence

from pizza_assets.cli.terminal import say
from pizza_assets.command_name import typed
from pizza_assets.dashboards.quicksight import Target
from pizza_assets.dashboards.quicksight.resources import DASHBOARD
from pizza_assets.errors import ConfigurationError
from pizza_assets.escaping import printable_json
from pizza_assets.orchestration.quicksight.client import (
    has_credentials,
    missing_settings,
    planned_target,
    quicksight_client,
    refuse_local_storage,
    target_of,
)
from pizza_assets.orchestration.quicksight.provisioner import Change, Provisioner, Step, calls_for, empty_account_plan
from pizza_assets.orchestration.quicksight.refresh import refresh as refreshed
from pizza_assets.orchestration.quicksight.waiting import Patience
from pizza_assets.orchestration.resources import utc_now
from pizza_assets.settings import Settings


def plan(*, is_offline: bool, is_json: bool) -> int:
    """Print the calls to make; without settings or credentials, those that would create everything."""
    settings = _settings()
    missing = missing_settings(settings)
    target = planned_target(settings)
    if missing or is_offline or not has_credentials():
        why = f"{', '.join(missing)} not set" if missing else "offline" if is_offline else "no AWS credentials"
        head = f"Not compared with QuickSight ({why}): this is what create would do in an empty account"
        steps = empty_account_plan(target)
    else:
        provisioner = Provisioner(quicksight_client(target.region), target)
        provisioner.check_subscription()
        steps, head = list(provisioner.plan()), f"Compared with account {target.account_id}, {target.region}"
    say(_as_json(target, steps) if is_json else "\n".join([head, *_lines(target, steps)]))
    return 0


def create() -> int:
    """Create what is missing and update what differs."""
    return _apply(_provisioner(is_making=True))


def update() -> int:
    """Like create, but only if the dashboard exists: a wrong account or prefix must not create a second one."""
    provisioner = _provisioner(is_making=True)
    if not provisioner.exists():
        target = provisioner.target
        raise ConfigurationError(
            f"there is no dashboard {target.resource_id(DASHBOARD)} in account {target.account_id}, {target.region}; "
            "correct QUICKSIGHT_ACCOUNT_ID, QUICKSIGHT_REGION or QUICKSIGHT_ID_PREFIX, or use create"
        )
    return _apply(provisioner)


def refresh() -> int:
    """Import the extracts into every data set."""
    target = target_of(_settings())
    for ended in refreshed(quicksight_client(target.region), target, utc_now, Patience()):
        dropped = f", {ended.dropped:,} rows could not be read" if ended.dropped else ""
        say(f"{ended.data_set_id}: {ended.status.lower()}, {ended.rows:,} rows{dropped}")
    return 0


def delete() -> int:
    """Delete everything that this project created, and name what it did not."""
    done: Counter[Change] = Counter()
    for step in _provisioner(is_making=False).remove():
        say(f"{step.resource.kind} {step.resource.id}: {step.change}")
        done[step.change] += 1
    say(f"{done[Change.DELETE]} deleted" if done[Change.DELETE] else "There was nothing to delete")
    return 0


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


def _provisioner(*, is_making: bool) -> Provisioner:
    settings = _settings()
    target = target_of(settings)
    if is_making:
        refuse_local_storage(settings)
    provisioner = Provisioner(quicksight_client(target.region), target)
    provisioner.check_subscription()
    return provisioner


def _apply(provisioner: Provisioner) -> int:
    done: Counter[Change] = Counter()
    for step in provisioner.apply():
        done[step.change] += 1
        if step.change != Change.NONE:
            say(f"{step.resource.kind} {step.resource.id}: {step.change}, done")
    target = provisioner.target
    say(_summary("Done", done))
    say(
        f"Dashboard  https://{target.region}.quicksight.aws.amazon.com/sn/dashboards/{target.resource_id(DASHBOARD)}\n"
        f"New data   {typed('quicksight refresh')}"
    )
    return 0


def _lines(target: Target, steps: Sequence[Step]) -> Iterable[str]:
    for step in steps:
        if step.change != Change.NONE:
            operations = ", ".join(call.operation for call in calls_for(target, step))
            yield f"  {operations:26} {step.resource.id}: {step.change}{_detail(step)}"
    yield _summary("Due", Counter(step.change for step in steps))


def _detail(step: Step) -> str:
    """Where the resource reads from, or how much it contains."""
    body = json.loads(json.dumps(step.resource.body))
    if "DataSourceParameters" in body:
        place = body["DataSourceParameters"]["S3Parameters"]["ManifestFileLocation"]
        return f", reads s3://{place['Bucket']}/{place['Key']}"
    if "PhysicalTableMap" in body:
        columns = sum(len(table["S3Source"]["InputColumns"]) for table in body["PhysicalTableMap"].values())
        return f", {columns} columns of {', '.join(body['PhysicalTableMap'])}"
    if "Schedule" in body:
        frequency = body["Schedule"]["ScheduleFrequency"]
        return f", {frequency['Interval'].lower()} at {frequency['TimeOfTheDay']} {frequency['Timezone']}"
    sheets = body["Definition"]["Sheets"]
    visuals = sum(len(sheet["Visuals"]) for sheet in sheets)
    return f", {len(sheets)} sheets, {visuals} visuals, {len(body['Definition']['FilterGroups'])} filters"


def _as_json(target: Target, steps: Sequence[Step]) -> str:
    calls = [
        {"operation": call.operation, "parameters": call.parameters} for s in steps for call in calls_for(target, s)
    ]
    return printable_json(json.dumps(calls, indent=2, ensure_ascii=False))


def _summary(word: str, changes: Counter[Change]) -> str:
    """The number of each kind of change, e.g. `Done: 2 update; 32 up to date`."""
    counts = ", ".join(f"{count} {change}" for change, count in changes.items() if change != Change.NONE)
    same = f"; {changes[Change.NONE]} up to date" if changes[Change.NONE] else ""
    return f"{word}: {counts or 'nothing'}{same}"
