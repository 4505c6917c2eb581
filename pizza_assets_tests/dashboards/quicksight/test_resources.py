"""Every request that makes something is one that AWS's service model allows, word for word."""

import copy
from dataclasses import replace
from typing import Any

from pizza_assets.dashboards.quicksight import Resource, resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets_tests.dashboards.quicksight.target import OWNER, TARGET
from pizza_assets_tests.support.aws_shapes import request_problems
from pizza_assets_tests.support.cases import each_of

CREATES = {
    Kind.DATA_SOURCE: "CreateDataSource",
    Kind.DATA_SET: "CreateDataSet",
    Kind.ANALYSIS: "CreateAnalysis",
    Kind.DASHBOARD: "CreateDashboard",
}

AT_NOON = {"FilterId": "noon", "Column": {"DataSetIdentifier": "orders", "ColumnName": "hour_at"}}


def request(resource: Resource) -> dict[str, Any]:
    permissions = [{"Principal": OWNER, "Actions": list(resource.actions)}]
    named = {"AwsAccountId": TARGET.account_id, **resource.ids, "Permissions": permissions}
    return copy.deepcopy({**named, **resource.body, **resource.only_created})


@each_of("resource", resources(TARGET), ids=lambda r: f"{r.kind} {r.id}")
def test_a_resource_fits_the_service_model_of_aws(resource: Resource) -> None:
    if resource.kind == Kind.REFRESH_SCHEDULE:
        named = {"AwsAccountId": TARGET.account_id, "DataSetId": resource.ids["DataSetId"]}
        assert request_problems("CreateRefreshSchedule", {**named, **resource.body}) == []
    else:
        assert request_problems(CREATES[resource.kind], request(resource)) == []


@each_of(
    ("change", "said"),
    [
        (lambda d: d["FilterGroups"][0].update(CrossDataset="SOME"), "'SOME' is none of"),
        (lambda d: d["FilterGroups"][0].pop("Filters"), "Missing required parameter"),
        (lambda d: d["FilterGroups"][0].update(FilterGroupId="a b"), r"'a b' does not match [\w\-]+"),
        (lambda d: d["Sheets"].extend(d["Sheets"] * 4), "35 members, and 20 are allowed"),
        (lambda d: d["Sheets"][0].update(Name="x" * 2049), "2049 characters, and 2048 are allowed"),
        (lambda d: d["Sheets"][0].update(Colour="red"), "Unknown parameter"),
        (lambda d: d["CalculatedFields"][0].update(Name=1), "Invalid type for parameter"),
        (lambda d: d["FilterGroups"][0]["Filters"][0].update(TimeEqualityFilter=AT_NOON), "exactly one of its members"),
    ],
)
def test_the_check_refuses_what_aws_would(change, said: str) -> None:
    dashboard = next(r for r in resources(TARGET) if r.kind == Kind.DASHBOARD)
    asked = request(dashboard)
    change(asked["Definition"])
    assert any(said in problem for problem in request_problems("CreateDashboard", asked))


def test_ids_and_arns_are_unique_and_begin_with_the_prefix() -> None:
    made = resources(TARGET)
    assert len({(r.kind, tuple(r.ids.values())) for r in made}) == len(made)
    assert all(r.id.startswith("pizza-") for r in made)
    assert len({r.arn for r in made if r.kind != Kind.REFRESH_SCHEDULE}) == len(made) - sum(
        r.kind == Kind.REFRESH_SCHEDULE for r in made
    )


def test_the_checksum_follows_the_body() -> None:
    first, *_ = resources(TARGET)
    same, *_ = resources(TARGET)
    moved, *_ = resources(replace(TARGET, bucket="another"))
    assert first.checksum == same.checksum != moved.checksum


@each_of(("region", "partition"), [("eu-west-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_an_arn_has_the_partition_of_its_region(region: str, partition: str) -> None:
    arn = replace(TARGET, region=region).arn("dataset", "match_impact")
    assert arn == f"arn:{partition}:quicksight:{region}:123456789012:dataset/pizza-match-impact"
