"""The same requests as CloudFormation would have them, held against AWS's published resource schemas by cfn-lint."""

import copy
import json
from typing import Any

import pytest

from pizza_assets.dashboards.quicksight import resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.orchestration.quicksight import operations
from pizza_assets_tests.dashboards.quicksight.target import TARGET

pytestmark = pytest.mark.integration
TYPES = {
    Kind.DATA_SOURCE: "DataSource",
    Kind.DATA_SET: "DataSet",
    Kind.ANALYSIS: "Analysis",
    Kind.DASHBOARD: "Dashboard",
}
"""Schedules are left out: CloudFormation writes TimeZone where the API has Timezone."""


def template() -> dict[str, Any]:
    made = {
        f"Resource{number}": {
            "Type": f"AWS::QuickSight::{TYPES[resource.kind]}",
            "Properties": dict(operations.create(TARGET, resource).parameters),
        }
        for number, resource in enumerate(resources(TARGET))
        if resource.kind in TYPES
    }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}


def found_in(written: dict[str, Any]) -> list[str]:
    from cfnlint.api import ManualArgs, lint

    return [str(match) for match in lint(json.dumps(written), config=ManualArgs(regions=[TARGET.region]))]


def test_the_requests_pass_the_schemas_of_cloudformation() -> None:
    assert found_in(template()) == []


def test_the_schemas_refuse_a_word_that_is_not_allowed() -> None:
    broken = copy.deepcopy(template())
    dashboard = next(r for r in broken["Resources"].values() if r["Type"].endswith("Dashboard"))
    dashboard["Properties"]["Definition"]["FilterGroups"][0]["CrossDataset"] = "SOME_DATASETS"
    assert any("SOME_DATASETS" in found for found in found_in(broken))
