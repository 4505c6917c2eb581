"""Least privilege: exactly the AWS calls of the code are allowed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import pizza_assets
from pizza_assets.dashboards.quicksight import resources
from pizza_assets.dashboards.quicksight.resources import Kind
from pizza_assets.orchestration.quicksight import operations
from pizza_assets.orchestration.quicksight.operations import Call
from pizza_assets.storage.layout import PLACES, facts_key, member_key, rejected_key, week_key, whole_key
from pizza_assets_tests.conftest import PROJECT_ROOT
from pizza_assets_tests.dashboards.quicksight.target import TARGET
from pizza_assets_tests.support.policies import NAMES, OF_RESOURCES, WORDS, allows, document, grants

PACKAGE = Path(pizza_assets.__file__).parent
BUCKET = WORDS["bucket_arn"]

# by AWS's service authorization reference; a method that is not here makes a test fail
S3_ACTIONS = {
    "abort_multipart_upload": {"s3:AbortMultipartUpload"},
    "complete_multipart_upload": {"s3:PutObject"},
    "create_multipart_upload": {"s3:PutObject"},
    "delete_object": {"s3:DeleteObject"},
    "get_bucket_versioning": {"s3:GetBucketVersioning"},
    "get_object": {"s3:GetObject", "s3:GetObjectVersion"},
    "head_object": {"s3:GetObject"},
    "list_multipart_uploads": {"s3:ListBucketMultipartUploads"},
    "list_object_versions": {"s3:ListBucketVersions"},
    "list_objects_v2": {"s3:ListBucket"},
    "put_object": {"s3:PutObject"},
    "upload_part": {"s3:PutObject"},
}
ONLY_RESTORE = {"s3:GetBucketVersioning", "s3:GetObjectVersion", "s3:ListBucketVersions"}

NO_RESOURCE = "AWS's service authorization reference names no type of resource for it"
LAMBDA_ASKS = "Lambda refuses a role in a network without it on *; the code itself is denied it by a second statement"
ON_EVERYTHING = {
    "ecr:GetAuthorizationToken": NO_RESOURCE,
    "ec2:AssignPrivateIpAddresses": LAMBDA_ASKS,
    "ec2:CreateNetworkInterface": LAMBDA_ASKS,
    "ec2:DeleteNetworkInterface": LAMBDA_ASKS,
    "ec2:DescribeNetworkInterfaces": NO_RESOURCE,
    "ec2:DescribeSubnets": NO_RESOURCE,
    "ec2:UnassignPrivateIpAddresses": LAMBDA_ASKS,
    "quicksight:CreateDataSource": f"{NO_RESOURCE}; only with our tag",
    "quicksight:CreateDataSet": "its resource is the data source, not what is made; only with our tag",
    "ssmmessages:CreateControlChannel": NO_RESOURCE,
    "ssmmessages:CreateDataChannel": NO_RESOURCE,
    "ssmmessages:OpenControlChannel": NO_RESOURCE,
    "ssmmessages:OpenDataChannel": NO_RESOURCE,
}


@pytest.mark.parametrize("name", NAMES)
def test_documents_name_single_actions(name: str) -> None:
    assert document(name)["Version"] == "2012-10-17"
    if name not in OF_RESOURCES:
        assert [action for action, _ in grants(name) if "*" in action] == []


def test_actions_on_all_resources_are_those_with_a_reason() -> None:
    found = {
        action for name in NAMES if name not in OF_RESOURCES for action, resource in grants(name) if resource == "*"
    }
    assert found == set(ON_EVERYTHING)


def test_data_sources_and_sets_can_only_be_created_with_our_tag() -> None:
    (statement,) = [one for one in document("quicksight")["Statement"] if one["Resource"] == "*"]
    assert statement["Condition"] == {"Null": {f"aws:RequestTag/{operations.DEFINITION_TAG}": "false"}}


def test_the_functions_code_may_not_touch_the_network() -> None:
    allowed, denied = document("function-network")["Statement"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", allowed["Action"])
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": WORDS["function_arn"]}}


def test_the_bucket_refuses_unencrypted_connections() -> None:
    for statement in document("bucket")["Statement"]:
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Resource"] == [BUCKET, f"{BUCKET}/*"]
    conditions = [statement["Condition"] for statement in document("bucket")["Statement"]]
    assert conditions == [
        {"Bool": {"aws:SecureTransport": "false"}},
        {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    ]


def test_storage_is_granted_exactly_the_calls_of_its_code() -> None:
    asked = set(_s3_methods())
    assert asked <= set(S3_ACTIONS), "a new call: say which action it needs, and grant it"
    needed = set().union(*(S3_ACTIONS[method] for method in asked))
    assert {action for action, _ in grants("restore")} == needed
    assert {action for action, _ in grants("storage")} == needed - ONLY_RESTORE
    assert {action for action, _ in grants("storage-read")} == {"s3:ListBucket", "s3:GetObject"}


def _s3_methods() -> Iterator[str]:
    """The methods of a client, and the listings that it pages through, in the code of the storage."""
    for path in (PACKAGE / "storage").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_client(node.func.value):
                if node.func.attr == "get_paginator":
                    yield ast.literal_eval(node.args[0])
                else:
                    yield node.func.attr


def _is_client(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "client") or (
        isinstance(node, ast.Name) and node.id == "client"
    )


def _keys() -> Iterator[str]:
    """A key of each kind that is written."""
    for asset, place in PLACES.items():
        found = [week_key(asset, "2026-08-04", label) for label in place.labels or (None,)] if place.weekly else []
        found += [rejected_key(asset, "2026-08-04")] if place.labelled else []
        found += [] if place.weekly else [whole_key(asset), member_key(asset, "name.json")]
        yield from found
        yield from map(facts_key, found)
    yield from (".claims/raw-data/football-data/week=2026-08-04/a", ".check-0123")


def test_dagsters_logs_can_be_written() -> None:
    instance = yaml.safe_load((PROJECT_ROOT / "deploy" / "dagster.yaml").read_text())
    prefix = instance["compute_logs"]["config"]["prefix"]
    assert allows("storage", "s3:PutObject", f"{BUCKET}/{prefix}/storage/run/compute_logs/step.err")


@pytest.mark.parametrize("policy", ["storage", "restore"])
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"])
def test_every_key_can_be_written_and_no_other(policy: str, action: str) -> None:
    assert [key for key in _keys() if not allows(policy, action, f"{BUCKET}/{key}")] == []
    for other in ("inbox/orders.csv", "athena/tables/insights/objects.txt", "anything"):
        assert not allows(policy, action, f"{BUCKET}/{other}")
    assert not allows(policy, action, "arn:aws:s3:::another/raw-data/a")


def test_quicksight_is_granted_exactly_the_calls_of_its_code() -> None:
    asked = set(_quicksight_calls())
    refused = [one for one in asked if not allows("quicksight", *one)]
    assert refused == []
    # named by no call: QuickSight asks for them when a data set or a dashboard is made of another resource
    implied = {"quicksight:PassDataSource", "quicksight:PassDataSet"}
    assert {action for action, _ in grants("quicksight")} == {action for action, _ in asked} | implied


def test_quicksight_may_touch_nothing_with_another_prefix() -> None:
    for action, _ in grants("quicksight"):
        if action not in ON_EVERYTHING and action != "quicksight:DescribeAccountSubscription":
            for kind in ("datasource", "dataset", "analysis", "dashboard"):
                assert not allows("quicksight", action, f"{WORDS['quicksight_arn']}:{kind}/other-orders")


def _quicksight_calls() -> Iterator[tuple[str, str]]:
    """(action, ARN) of everything that plan, create, update, refresh and delete can ask for."""
    yield "quicksight:DescribeAccountSubscription", f"{WORDS['quicksight_arn']}:account/{WORDS['account']}"
    for resource in resources(TARGET):
        place = _place(resource.ids, resource.arn)
        calls = [make(TARGET, resource) for make in (operations.describe, operations.create)]
        calls += [make(TARGET, resource) for make in (operations.update, operations.delete)]
        if resource.actions:
            calls.append(operations.hand_over(TARGET, resource, None))
            calls.append(operations.describe_permissions(TARGET, resource))
        if resource.kind == Kind.DASHBOARD:
            calls.append(operations.publish(TARGET, resource, 2))
        yield from ((_action(call), place) for call in calls)
        for call in (operations.list_tags(resource), operations.tag(resource, {})):
            yield _action(call), call.parameters["ResourceArn"]
        if resource.kind == Kind.DATA_SET:
            for operation in ("create_ingestion", "describe_ingestion"):
                yield _action(Call(operation, {})), f"{place}/ingestion/refresh-1"


def _place(ids: dict[str, str], arn: str) -> str:
    schedule = ids.get("ScheduleId")
    return f"{arn}/refresh-schedule/{schedule}" if schedule else arn


def _action(call: Call) -> str:
    return "quicksight:" + "".join(word.capitalize() for word in call.operation.split("_"))


def test_each_role_has_only_its_documents() -> None:
    single = {
        "inbox": {(action, WORDS["queue_arn"]) for action in ("sqs:ReceiveMessage", "sqs:DeleteMessage")},
        "alerts": {("sns:Publish", WORDS["topic_arn"])},
        "failures": {("sqs:SendMessage", WORDS["failures_arn"])},
        "launch": {("lambda:InvokeFunction", WORDS["function_arn"])},
        "database": {("secretsmanager:GetSecretValue", WORDS["secret_arn"])},
        "schedule": {("lambda:InvokeFunction", WORDS["function_arn"]), ("sqs:SendMessage", WORDS["failures_arn"])},
        "keys": {
            ("ssm:GetParameters", f"{WORDS['keys_arn']}/orders-api-key"),
            ("ssm:GetParameters", f"{WORDS['keys_arn']}/orders-url"),
            ("ssm:GetParameters", f"{WORDS['keys_arn']}/football-data-key"),
            ("ssm:GetParameters", f"{WORDS['keys_arn']}/notify-urls"),
        },
    }
    for name, wanted in single.items():
        assert set(grants(name)) == wanted
