"""The API calls that describe, create, update and delete each kind of resource. provisioner.py decides on calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pizza_assets.dashboards.quicksight import Resource, Target
from pizza_assets.dashboards.quicksight.resources import Kind

DEFINITION_TAG = "pizza-assets:definition"
SCHEDULE_TAG = "pizza-assets:schedule"
OWNER_TAG = "pizza-assets:owner"

_NOUNS = {
    Kind.DATA_SOURCE: "data_source",
    Kind.DATA_SET: "data_set",
    Kind.REFRESH_SCHEDULE: "refresh_schedule",
    Kind.ANALYSIS: "analysis",
    Kind.DASHBOARD: "dashboard",
}
_ANSWERS = {
    Kind.DATA_SOURCE: "DataSource",
    Kind.DATA_SET: "DataSet",
    Kind.REFRESH_SCHEDULE: "RefreshSchedule",
    Kind.ANALYSIS: "Analysis",
    Kind.DASHBOARD: "Dashboard",
}


@dataclass(frozen=True)
class Call:
    """One API call: the client's method and its parameters."""

    operation: str
    parameters: Mapping[str, Any]

    def send(self, client: Any) -> dict[str, Any]:
        return getattr(client, self.operation)(**self.parameters)


def checksum_tag(resource: Resource) -> str:
    """The tag that stores the checksum of the resource's last definition."""
    return SCHEDULE_TAG if resource.kind == Kind.REFRESH_SCHEDULE else DEFINITION_TAG


def describe(target: Target, resource: Resource) -> Call:
    return Call(f"describe_{_NOUNS[resource.kind]}", _named(target, resource))


def create(target: Target, resource: Resource) -> Call:
    """Create the resource together with its owner and checksum tags, so that a run killed afterwards can be resumed."""
    parameters = {**_named_for_writing(target, resource), **resource.body, **resource.only_created}
    if resource.actions:
        parameters["Permissions"] = [{"Principal": target.owner, "Actions": list(resource.actions)}]
        parameters["Tags"] = _tags({DEFINITION_TAG: resource.checksum, OWNER_TAG: target.owner})
    return Call(f"create_{_NOUNS[resource.kind]}", parameters)


def update(target: Target, resource: Resource) -> Call:
    return Call(f"update_{_NOUNS[resource.kind]}", {**_named_for_writing(target, resource), **resource.body})


def delete(target: Target, resource: Resource) -> Call:
    # an analysis would otherwise be kept for 30 days, and its id could not be used again
    at_once = {"ForceDeleteWithoutRecovery": True} if resource.kind == Kind.ANALYSIS else {}
    return Call(f"delete_{_NOUNS[resource.kind]}", {**_named(target, resource), **at_once})


def list_tags(resource: Resource) -> Call:
    return Call("list_tags_for_resource", {"ResourceArn": resource.arn})


def tag(resource: Resource, tags: Mapping[str, str]) -> Call:
    return Call("tag_resource", {"ResourceArn": resource.arn, "Tags": _tags(tags)})


def hand_over(target: Target, resource: Resource, former_owner: str | None) -> Call:
    """Grant the rights to the current owner, and revoke those of the former one, if any."""
    actions = list(resource.actions)
    parameters: dict[str, Any] = {
        **_named(target, resource),
        "GrantPermissions": [{"Principal": target.owner, "Actions": actions}],
    }
    if former_owner is not None:
        parameters["RevokePermissions"] = [{"Principal": former_owner, "Actions": actions}]
    return Call(f"update_{_NOUNS[resource.kind]}_permissions", parameters)


def describe_permissions(target: Target, resource: Resource) -> Call:
    return Call(f"describe_{_NOUNS[resource.kind]}_permissions", _named(target, resource))


def principals_of(answer: Mapping[str, Any]) -> set[str]:
    """The principals that have rights, from the answer to `describe_permissions`."""
    return {permission["Principal"] for permission in answer.get("Permissions", [])}


def is_ours(tags: Mapping[str, str]) -> bool:
    """Whether this project created the resource with these tags: everything is tagged on creation."""
    return DEFINITION_TAG in tags


def publish(target: Target, dashboard: Resource, version: int) -> Call:
    parameters = {**_named(target, dashboard), "VersionNumber": version}
    return Call("update_dashboard_published_version", parameters)


def describe_version(target: Target, dashboard: Resource, version: int) -> Call:
    return Call("describe_dashboard", {**_named(target, dashboard), "VersionNumber": version})


def version_of(answer: Mapping[str, Any]) -> int:
    """The version that an update of a dashboard created, the last part of its ARN."""
    return int(str(answer["VersionArn"]).rsplit("/", 1)[1])


def status_of(resource: Resource, answer: Mapping[str, Any]) -> str:
    """The status in the answer to `describe`; empty for kinds without one."""
    described = answer[_ANSWERS[resource.kind]]
    if resource.kind == Kind.DASHBOARD:
        return described.get("Version", {}).get("Status", "")
    return described.get("Status", "")


def errors_of(resource: Resource, answer: Mapping[str, Any]) -> list[str]:
    """QuickSight's own error messages."""
    described = answer[_ANSWERS[resource.kind]]
    found = described.get("Version", described).get("Errors", [])
    if "ErrorInfo" in described:
        found = [described["ErrorInfo"]]
    return [f"{error.get('Type', 'error')}: {error.get('Message', 'no message')}" for error in found]


def _named(target: Target, resource: Resource) -> dict[str, Any]:
    return {"AwsAccountId": target.account_id, **resource.ids}


def _named_for_writing(target: Target, resource: Resource) -> dict[str, Any]:
    """The same for a create or update, where a schedule's id is part of the body."""
    named = _named(target, resource)
    if resource.kind == Kind.REFRESH_SCHEDULE:
        del named["ScheduleId"]
    return named


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
