"""Bring QuickSight in line with the definition: create what is missing, update what differs, leave the rest alone.

What differs is detected by a checksum in its tags, not by comparing descriptions: QuickSight returns definitions with
defaults filled in and empty parts left out, which never equal what was sent. Importing new data is in refresh.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pizza_assets.dashboards.quicksight import Resource, Target, resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.errors import NotOurs, NotSubscribed, QuickSightError
from pizza_assets.orchestration.quicksight import operations
from pizza_assets.orchestration.quicksight.operations import Call
from pizza_assets.orchestration.quicksight.refusals import refusals, says_not_found
from pizza_assets.orchestration.quicksight.waiting import Patience

_ENTERPRISE = ("ENTERPRISE", "ENTERPRISE_AND_Q")


class Change(StrEnum):
    """What has to be done to a resource, or was."""

    NONE = "up to date"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "recreate"
    HAND_OVER = "change owner"
    DELETE = "deleted"
    LEAVE = "left alone, it was not created by this project"


@dataclass(frozen=True)
class Found:
    """The state of a resource in QuickSight."""

    exists: bool = False
    status: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A resource, the change to make, and its state before."""

    resource: Resource
    change: Change
    found: Found = Found()


@dataclass(frozen=True)
class Provisioner:
    """Plans and applies changes. All of it is idempotent: repeat an interrupted call to resume it."""

    client: Any
    target: Target
    patience: Patience = Patience()

    def check_subscription(self) -> None:
        """Raises NotSubscribed if the account has no QuickSight, or an edition without dashboards as code."""
        account = self.target.account_id
        try:
            with refusals(f"account {account}, describe_account_subscription"):
                answer = self.client.describe_account_subscription(AwsAccountId=account)
        except QuickSightError as error:
            if not says_not_found(error):
                raise
            raise NotSubscribed(
                f"account {account} has no QuickSight; sign up for its Enterprise edition first, see docs/quicksight.md"
            ) from error
        edition = answer.get("AccountInfo", {}).get("Edition")
        if edition not in _ENTERPRISE:
            raise NotSubscribed(
                f"account {account} has QuickSight's {edition} edition; dashboards need Enterprise: upgrade it, see "
                "docs/quicksight.md"
            )

    def plan(self) -> Iterator[Step]:
        """The changes to make, resource by resource; changes nothing.

        Raises NotOurs naming the first resource that exists without our tag.
        """
        for resource in resources(self.target):
            found = self._find(resource)
            yield Step(resource, _due(self.target, resource, found), found)

    def apply(self) -> Iterator[Step]:
        """Make all planned changes; yields each step once it is done.

        Plans everything first, so that nothing is changed if a resource is not ours. Raises QuickSightError naming the
        resource that could not be created, and why; NotOurs as in `plan`.
        """
        yield from self.take(list(self.plan()))

    def take(self, steps: Iterable[Step]) -> Iterator[Step]:
        """Carry out these steps; yields each once it is done."""
        for step in steps:
            self._do(step)
            yield step

    def exists(self) -> bool:
        """Whether the dashboard exists."""
        return any(self._find(r).exists for r in resources(self.target) if r.kind == Kind.DASHBOARD)

    def remove(self) -> Iterator[Step]:
        """Delete everything of ours, the dashboard first; yields what was deleted, and what was left alone."""
        for resource in reversed(resources(self.target)):
            found = self._find(resource)
            if not found.exists:
                continue
            if operations.is_ours(found.tags):
                self._send(resource, operations.delete(self.target, resource))
                yield Step(resource, Change.DELETE, found)
            else:
                yield Step(resource, Change.LEAVE, found)

    def _find(self, resource: Resource) -> Found:
        try:
            answer = self._settled(resource, operations.describe(self.target, resource))
        except QuickSightError as error:
            if not says_not_found(error):
                raise
            return Found()
        status = operations.status_of(resource, answer)
        if status == "DELETED":
            return Found()
        listed = self._send(resource, operations.list_tags(resource))
        return Found(exists=True, status=status, tags={tag["Key"]: tag["Value"] for tag in listed.get("Tags", [])})

    def _do(self, step: Step) -> None:
        resource = step.resource
        for call in calls_for(self.target, step):
            is_hand_over = call.operation.startswith("update_") and call.operation.endswith("_permissions")
            answer = self._send(resource, self._without_revoked(resource, call) if is_hand_over else call)
            if is_hand_over:
                self._send(resource, operations.tag(resource, {operations.OWNER_TAG: self.target.owner}))
            elif call.operation.startswith("update_"):
                self._publish(resource, answer)
            elif call.operation.startswith("create_"):
                self._finish(resource, operations.describe(self.target, resource))
        if step.change == Change.CREATE and resource.kind == Kind.REFRESH_SCHEDULE:
            self._store_checksum(resource)

    def _without_revoked(self, resource: Resource, hand_over: Call) -> Call:
        """The same call without rights that an interrupted run has already revoked."""
        present = operations.principals_of(self._send(resource, operations.describe_permissions(self.target, resource)))
        to_revoke = [one for one in hand_over.parameters.get("RevokePermissions", []) if one["Principal"] in present]
        others = {name: value for name, value in hand_over.parameters.items() if name != "RevokePermissions"}
        return Call(hand_over.operation, others | ({"RevokePermissions": to_revoke} if to_revoke else {}))

    def _publish(self, resource: Resource, answer: dict[str, Any]) -> None:
        """Finish an update. A dashboard shows its previous version until the new one is published."""
        if resource.kind == Kind.DASHBOARD:
            version = operations.version_of(answer)
            self._finish(resource, operations.describe_version(self.target, resource, version))
            self._send(resource, operations.publish(self.target, resource, version))
        else:
            self._finish(resource, operations.describe(self.target, resource))
        self._store_checksum(resource)

    def _store_checksum(self, resource: Resource) -> None:
        """Comes last, so that the change is repeated if the run is killed before."""
        self._send(resource, operations.tag(resource, {operations.checksum_tag(resource): resource.checksum}))

    def _finish(self, resource: Resource, look: Call) -> None:
        """Wait until the resource is ready. Raises QuickSightError with QuickSight's reasons if that failed."""
        answer = self._settled(resource, look)
        if operations.status_of(resource, answer).endswith("_FAILED"):
            why = "; ".join(operations.errors_of(resource, answer)) or "it gives no reason"
            raise QuickSightError(f"{_name(resource)} could not be created: {why}; see docs/quicksight.md")

    def _settled(self, resource: Resource, look: Call) -> dict[str, Any]:
        """The description once nothing is in progress."""
        return self.patience.until(
            lambda: self._send(resource, look),
            lambda answer: not operations.status_of(resource, answer).endswith("_IN_PROGRESS"),
            _name(resource),
        )

    def _send(self, resource: Resource, call: Call) -> dict[str, Any]:
        with refusals(f"{_name(resource)}, {call.operation}"):
            return call.send(self.client)


def empty_account_plan(target: Target) -> list[Step]:
    """The plan for an account in which nothing exists yet."""
    return [Step(resource, Change.CREATE) for resource in resources(target)]


def calls_for(target: Target, step: Step) -> list[Call]:
    """The calls that carry out a step; publishing an updated version and storing its checksum follow."""
    resource, change = step.resource, step.change
    calls: list[Call] = []
    if change == Change.REPLACE:
        calls.append(operations.delete(target, resource))
    if change in (Change.CREATE, Change.REPLACE):
        calls.append(operations.create(target, resource))
    if change == Change.UPDATE:
        calls.append(operations.update(target, resource))
    former = step.found.tags.get(operations.OWNER_TAG)
    if change in (Change.UPDATE, Change.HAND_OVER) and resource.actions and former != target.owner:
        calls.append(operations.hand_over(target, resource, former))
    return calls


def _due(target: Target, resource: Resource, found: Found) -> Change:
    if not found.exists:
        return Change.CREATE
    if not operations.is_ours(found.tags):
        raise NotOurs(
            f"{_name(resource)} already exists and was not created by this project; nothing was changed. Use another "
            "QUICKSIGHT_ID_PREFIX, or delete it yourself if nobody needs it"
        )
    if found.status == "CREATION_FAILED":
        return Change.REPLACE
    differs = found.tags.get(operations.checksum_tag(resource)) != resource.checksum
    if differs or found.status == "UPDATE_FAILED":
        return Change.UPDATE
    if resource.actions and found.tags.get(operations.OWNER_TAG) != target.owner:
        return Change.HAND_OVER
    return Change.NONE


def _name(resource: Resource) -> str:
    return f"{resource.kind} {resource.id}"
