"""Every resource in QuickSight, in the order in which it can be created. Creating it does not belong here."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pizza_assets.dashboards.quicksight.data_sets import DATA_SETS, DataSet, Request, data_set_body, data_source_body
from pizza_assets.dashboards.quicksight.definition import definition
from pizza_assets.dashboards.quicksight.target import Target
from pizza_assets.dashboards.views import EXTRACTS_READ

NAME = "Pizza and football"
DASHBOARD = "dashboard"
ANALYSIS = "analysis"
_REFRESH_AT = "21:00"
"""Three hours after the daily refresh of the weeks starts, when its extracts have been written."""


class Kind(StrEnum):
    DATA_SOURCE = "data source"
    DATA_SET = "data set"
    REFRESH_SCHEDULE = "refresh schedule"
    ANALYSIS = "analysis"
    DASHBOARD = "dashboard"


# QuickSight defines an owner by exactly these rights; it refuses any other set for a dashboard or an analysis.
_OWNER: dict[Kind, tuple[str, ...]] = {
    kind: tuple(f"quicksight:{right}" for right in rights.split())
    for kind, rights in {
        Kind.DATA_SOURCE: "DescribeDataSource DescribeDataSourcePermissions PassDataSource UpdateDataSource "
        "DeleteDataSource UpdateDataSourcePermissions",
        Kind.DATA_SET: "DescribeDataSet DescribeDataSetPermissions PassDataSet DescribeIngestion ListIngestions "
        "UpdateDataSet DeleteDataSet CreateIngestion CancelIngestion UpdateDataSetPermissions",
        Kind.ANALYSIS: "RestoreAnalysis UpdateAnalysisPermissions DeleteAnalysis DescribeAnalysisPermissions "
        "QueryAnalysis DescribeAnalysis UpdateAnalysis",
        Kind.DASHBOARD: "DescribeDashboard ListDashboardVersions UpdateDashboardPermissions QueryDashboard "
        "UpdateDashboard DeleteDashboard DescribeDashboardPermissions UpdateDashboardPublishedVersion",
    }.items()
}


@dataclass(frozen=True)
class Resource:
    """One resource. `ids` are the request members that identify it; `body` is sent on create and update, `only_created`
    on create alone. `actions` are what its owner may do.

    `arn` carries its tags: a refresh schedule cannot be tagged, so its tags are on its data set.
    """

    kind: Kind
    ids: Mapping[str, str]
    arn: str
    body: Mapping[str, object]
    only_created: Mapping[str, object] = field(default_factory=dict)
    actions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return next(iter(self.ids.values()))

    @property
    def checksum(self) -> str:
        """Changes whenever the body does."""
        text = json.dumps(self.body, sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def resources(target: Target) -> tuple[Resource, ...]:
    """Data sources, data sets, their schedules, the analysis and the dashboard."""
    return (
        *(_data_source(target, extract.table_name(), data_source_body(target, extract)) for extract in EXTRACTS_READ),
        *(_data_set(target, data_set) for data_set in DATA_SETS),
        *(_schedule(target, data_set) for data_set in DATA_SETS),
        _whole(target, Kind.ANALYSIS, {}),
        _whole(target, Kind.DASHBOARD, {"DashboardPublishOptions": _PUBLISHED}),
    )


def _data_source(target: Target, table: str, body: Request) -> Resource:
    return Resource(
        Kind.DATA_SOURCE,
        {"DataSourceId": target.resource_id(table)},
        target.arn("datasource", table),
        body,
        {"Type": "S3"},
        _OWNER[Kind.DATA_SOURCE],
    )


def _data_set(target: Target, data_set: DataSet) -> Resource:
    return Resource(
        Kind.DATA_SET,
        {"DataSetId": target.resource_id(data_set.identifier)},
        target.arn("dataset", data_set.identifier),
        data_set_body(target, data_set),
        actions=_OWNER[Kind.DATA_SET],
    )


def _schedule(target: Target, data_set: DataSet) -> Resource:
    data_set_id = target.resource_id(data_set.identifier)
    schedule = {
        "ScheduleId": "daily",
        "ScheduleFrequency": {"Interval": "DAILY", "TimeOfTheDay": _REFRESH_AT, "Timezone": target.timezone},
        "RefreshType": "FULL_REFRESH",
    }
    return Resource(
        Kind.REFRESH_SCHEDULE,
        {"DataSetId": data_set_id, "ScheduleId": "daily"},
        target.arn("dataset", data_set.identifier),
        {"Schedule": schedule},
    )


def _whole(target: Target, kind: Kind, more: Mapping[str, object]) -> Resource:
    what = {Kind.ANALYSIS: "Analysis", Kind.DASHBOARD: "Dashboard"}[kind]
    body = {"Name": NAME, "Definition": definition(target), "ValidationStrategy": {"Mode": "STRICT"}, **more}
    return Resource(kind, {f"{what}Id": target.resource_id(kind)}, target.arn(kind, kind), body, actions=_OWNER[kind])


_PUBLISHED: Request = {
    "AdHocFilteringOption": {"AvailabilityStatus": "DISABLED"},
    "ExportToCSVOption": {"AvailabilityStatus": "ENABLED"},
    "SheetControlsOption": {"VisibilityState": "EXPANDED"},
}
