"""A QuickSight account in memory that answers our calls like the service.

Requests and answers are checked against AWS's service model. Asynchronous operations are in progress for a number of
polls. Refusals have the service's error codes.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from pizza_assets_tests.support.aws_shapes import quicksight, request_problems, shape_problems

ACCOUNT, REGION = "123456789012", "eu-west-2"
READS = ("describe_", "list_")
_IDS = {"DataSource": "datasource", "DataSet": "dataset", "Analysis": "analysis", "Dashboard": "dashboard"}


def refusal(code: str, operation: str, message: str = "said QuickSight") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@dataclass
class Stored:
    """One resource: its last update, and the number of polls for which that is still in progress."""

    arn: str
    body: dict[str, Any]
    status: str
    looks_left: int
    permissions: dict[str, list[str]]
    versions: list[dict[str, Any]] = field(default_factory=list)
    published: int = 1
    failed_versions: set[int] = field(default_factory=set)
    errors: list[dict[str, str]] = field(default_factory=list)


class QuickSightAccount:
    """The client's methods by their names. `calls` are all requests, `writes` those that change something.

    With `is_checked` False nothing is held against AWS's model: for tests that repeat the same calls many times.
    """

    def __init__(self, looks: int = 2, edition: str | None = "ENTERPRISE", *, is_checked: bool = True) -> None:
        self.looks, self.edition, self.is_checked = looks, edition, is_checked
        self.stored: dict[tuple[str, str], Stored] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.schedules: dict[tuple[str, str], dict[str, Any]] = {}
        self.ingestions: dict[tuple[str, str], int] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, ClientError] = {}
        self.spared: set[str] = set()
        self.unmakeable: set[str] = set()
        self.unreadable: set[str] = set()
        self.endless: set[str] = set()

    @property
    def writes(self) -> list[str]:
        return [name for name, _ in self.calls if not name.startswith(READS)]

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        words = "".join(part.capitalize() for part in operation.split("_"))
        if words not in quicksight().operation_names:
            raise AttributeError(operation)
        return lambda **parameters: self._called(operation, words, parameters)

    def _called(self, operation: str, words: str, parameters: dict[str, Any]) -> dict[str, Any]:
        problems = request_problems(words, parameters) if self.is_checked else []
        assert problems == [], problems
        self.calls.append((operation, copy.deepcopy(parameters) if self.is_checked else parameters))
        if operation in self.failing and parameters.get("DataSetId", "") not in self.spared:
            raise self.failing[operation]
        answer = self._answer(operation, words, parameters)
        shape = quicksight().operation_model(words).output_shape
        problems = shape_problems(answer, shape, f"{words} answer") if self.is_checked else []
        assert problems == [], problems
        return answer

    def _answer(self, operation: str, words: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if operation == "describe_account_subscription":
            return self._subscription()
        if operation in ("list_tags_for_resource", "tag_resource"):
            return self._tagging(operation, parameters)
        if "refresh_schedule" in operation:
            return self._scheduling(operation, parameters)
        if "ingestion" in operation:
            return self._ingesting(operation, parameters)
        if operation == "update_dashboard_published_version":
            return self._publish(parameters)
        noun = next(noun for noun in _IDS if noun in words)
        verb, _, rest = words.partition(noun)
        if rest == "Permissions":
            return (self._permissions if verb == "Describe" else self._hand_over)(noun, parameters)
        return getattr(self, f"_{verb.lower()}")(noun, parameters, words)

    def _subscription(self) -> dict[str, Any]:
        if self.edition is None:
            raise refusal("ResourceNotFoundException", "DescribeAccountSubscription")
        return {"AccountInfo": {"Edition": self.edition, "AccountSubscriptionStatus": "ACCOUNT_CREATED"}}

    def _create(self, what: str, parameters: dict[str, Any], words: str) -> dict[str, Any]:
        key = (what, parameters[f"{what}Id"])
        if key in self.stored:
            raise refusal("ResourceExistsException", words)
        self._needs(what, parameters, words)
        arn = f"arn:aws:quicksight:{REGION}:{ACCOUNT}:{_IDS[what]}/{key[1]}"
        permissions = {p["Principal"]: p["Actions"] for p in parameters["Permissions"]}
        is_bad = key[1] in self.unmakeable
        status = "CREATION_FAILED" if is_bad else "CREATION_SUCCESSFUL"
        errors = [{"Type": "ACCESS_DENIED", "Message": "no"}] if is_bad else []
        self.stored[key] = Stored(arn, parameters, status, self.looks, permissions, [parameters], errors=errors)
        self.tags[arn] = {tag["Key"]: tag["Value"] for tag in parameters["Tags"]}
        answer = {"Arn": arn, f"{what}Id": key[1]}
        return answer | ({} if what == "DataSet" else {"CreationStatus": "CREATION_IN_PROGRESS"})

    def _needs(self, what: str, parameters: dict[str, Any], words: str) -> None:
        """A data set needs its data sources, an analysis and a dashboard their data sets."""
        arns = {stored.arn for stored in self.stored.values()}
        wanted: set[str] = set()
        if what == "DataSet":
            wanted = {t["S3Source"]["DataSourceArn"] for t in parameters["PhysicalTableMap"].values()}
        if "Definition" in parameters:
            wanted = {d["DataSetArn"] for d in parameters["Definition"]["DataSetIdentifierDeclarations"]}
        if wanted - arns:
            raise refusal("ResourceNotFoundException", words, f"no {sorted(wanted - arns)[0]}")

    def _update(self, what: str, parameters: dict[str, Any], words: str) -> dict[str, Any]:
        stored = self._found(what, parameters, words)
        if stored.looks_left and what != "DataSet":
            raise refusal("ConflictException", words)
        self._needs(what, parameters, words)
        stored.body, stored.looks_left = parameters, self.looks
        stored.versions.append(parameters)
        is_bad = parameters[f"{what}Id"] in self.unmakeable
        stored.errors = [{"Type": "ACCESS_DENIED", "Message": "no"}] if is_bad else []
        answer = {"Arn": stored.arn, f"{what}Id": parameters[f"{what}Id"]}
        if what == "Dashboard":
            # the version that people see stays as it was; only the new one has failed
            stored.failed_versions |= {len(stored.versions)} if is_bad else set()
            return answer | {"VersionArn": f"{stored.arn}/version/{len(stored.versions)}"}
        stored.status = "UPDATE_FAILED" if is_bad and what != "DataSet" else "UPDATE_SUCCESSFUL"
        return answer

    def _describe(self, what: str, parameters: dict[str, Any], words: str) -> dict[str, Any]:
        stored = self._found(what, parameters, words)
        status, errors = stored.status, stored.errors
        if what == "Dashboard" and stored.versions[1:]:
            has_failed = parameters.get("VersionNumber", stored.published) in stored.failed_versions
            status, errors = ("CREATION_FAILED", errors) if has_failed else (status, [])
        if stored.looks_left:
            stored.looks_left -= 1
            status, errors = f"{stored.status.split('_')[0]}_IN_PROGRESS", []
        described: dict[str, Any] = {"Arn": stored.arn, f"{what}Id": parameters[f"{what}Id"]}
        if what == "DataSet":
            return {what: described}
        more: dict[str, Any] = {"Status": status}
        if errors and what == "DataSource":
            more["ErrorInfo"] = errors[0]
        elif errors:
            more["Errors"] = errors
        if what == "Dashboard":
            number = parameters.get("VersionNumber", stored.published)
            return {what: described | {"Version": more | {"VersionNumber": number}}}
        return {what: described | more}

    def _delete(self, what: str, parameters: dict[str, Any], words: str) -> dict[str, Any]:
        stored = self._found(what, parameters, words)
        del self.stored[what, parameters[f"{what}Id"]]
        self.tags.pop(stored.arn)
        self.schedules = {k: v for k, v in self.schedules.items() if k[0] != parameters.get("DataSetId")}
        return {"Arn": stored.arn, f"{what}Id": parameters[f"{what}Id"]} if what != "Analysis" else {"Arn": stored.arn}

    def _found(self, what: str, parameters: dict[str, Any], words: str) -> Stored:
        key = (what, parameters[f"{what}Id"])
        if key not in self.stored:
            raise refusal("ResourceNotFoundException", words)
        return self.stored[key]

    def _permissions(self, what: str, parameters: dict[str, Any]) -> dict[str, Any]:
        stored = self._found(what, parameters, f"Describe{what}Permissions")
        return {"Permissions": [{"Principal": who, "Actions": may} for who, may in stored.permissions.items()]}

    def _hand_over(self, what: str, parameters: dict[str, Any]) -> dict[str, Any]:
        stored = self._found(what, parameters, f"Update{what}Permissions")
        for revoked in parameters.get("RevokePermissions", []):
            if revoked["Principal"] not in stored.permissions:
                raise refusal("InvalidParameterValueException", f"Update{what}Permissions")
            stored.permissions.pop(revoked["Principal"])
        for granted in parameters["GrantPermissions"]:
            stored.permissions[granted["Principal"]] = granted["Actions"]
        return {}

    def _publish(self, parameters: dict[str, Any]) -> dict[str, Any]:
        stored = self._found("Dashboard", parameters, "UpdateDashboardPublishedVersion")
        if stored.looks_left or parameters["VersionNumber"] > len(stored.versions):
            raise refusal("ConflictException", "UpdateDashboardPublishedVersion")
        stored.published = parameters["VersionNumber"]
        return {}

    def _tagging(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        arn = parameters["ResourceArn"]
        if arn not in self.tags:
            raise refusal("ResourceNotFoundException", operation)
        if operation == "tag_resource":
            self.tags[arn] |= {tag["Key"]: tag["Value"] for tag in parameters["Tags"]}
            return {}
        tags = [{"Key": key, "Value": value} for key, value in self.tags[arn].items()]
        return {"Tags": tags} if tags else {}

    def _scheduling(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        schedule_id = parameters.get("ScheduleId") or parameters["Schedule"]["ScheduleId"]
        key = (parameters["DataSetId"], schedule_id)
        if operation == "create_refresh_schedule":
            self._found("DataSet", parameters, operation)
            if key in self.schedules:
                raise refusal("ResourceExistsException", operation)
        elif key not in self.schedules:
            raise refusal("ResourceNotFoundException", operation)
        if operation == "describe_refresh_schedule":
            return {"RefreshSchedule": self.schedules[key]}
        if operation == "delete_refresh_schedule":
            del self.schedules[key]
        else:
            self.schedules[key] = parameters["Schedule"]
        return {"ScheduleId": schedule_id}

    def _ingesting(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._found("DataSet", parameters, operation)
        key = (parameters["DataSetId"], parameters["IngestionId"])
        if operation == "create_ingestion":
            if key in self.ingestions:
                raise refusal("ResourceExistsException", operation)
            self.ingestions[key] = self.looks
            return {"IngestionId": key[1], "IngestionStatus": "INITIALIZED"}
        ingestion: dict[str, Any] = {
            "Arn": f"arn:aws:quicksight:{REGION}:{ACCOUNT}:dataset/{key[0]}/ingestion/{key[1]}"
        }
        ingestion["CreatedTime"] = "2026-08-04T20:00:00Z"
        if key[0] in self.endless:
            return {"Ingestion": ingestion | {"IngestionStatus": "RUNNING"}}
        if self.ingestions[key]:
            self.ingestions[key] -= 1
            return {"Ingestion": ingestion | {"IngestionStatus": "RUNNING"}}
        if key[0] in self.unreadable:
            error = {"Type": "S3_FILE_INACCESSIBLE", "Message": "no such key"}
            return {"Ingestion": ingestion | {"IngestionStatus": "FAILED", "ErrorInfo": error}}
        rows = {"RowsIngested": 10, "RowsDropped": 0}
        return {"Ingestion": ingestion | {"IngestionStatus": "COMPLETED", "RowInfo": rows}}
