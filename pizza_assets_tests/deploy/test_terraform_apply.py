"""Everything is created on an emulator of AWS, read back through its API, planned again and destroyed.

What the emulator (moto) does otherwise than AWS is listed here by name; nothing else may differ.
"""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import boto3
import pytest
import requests

from pizza_assets.lambda_runs.events import RefreshEvent, parse_event
from pizza_assets_tests.conftest import PROJECT_ROOT, absent
from pizza_assets_tests.support.terraform import CONFIGURATION, Terraform, initialised

pytestmark = [pytest.mark.integration, pytest.mark.deploy]

REGION = "eu-west-2"
MOTO = PROJECT_ROOT / ".venv-deploy" / "bin" / "moto_server"
PASSWORD = "Mocked0Mocked1Mocked2Mocked3"

# moto looks at no condition of a bucket's policy, so one that refuses what is not encrypted refuses everything
OVERRIDES = """
provider "aws" {
  s3_use_path_style = true
}
resource "aws_s3_bucket_policy" "data" {
  policy = replace(
    templatefile("${path.module}/policies/bucket.json.tftpl", { bucket_arn = aws_s3_bucket.data.arn }),
    "s3:*", "s3:GetBucketWebsite"
  )
}
"""

# by resource: what moto forgets, so that a second plan wants to set it again
RULE = "the description of a rule between two groups"
QUIRKS = {
    "aws_ecs_service.daemon[0]": "availability_zone_rebalancing",
    "aws_ecs_service.web[0]": "availability_zone_rebalancing",
    "aws_vpc_security_group_egress_rule.balancer_to_web[0]": RULE,
    "aws_vpc_security_group_egress_rule.database[0]": RULE,
    "aws_vpc_security_group_ingress_rule.database[0]": RULE,
    "aws_vpc_security_group_ingress_rule.web[0]": RULE,
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not MOTO.is_file():
        absent("the environment of deployment checks is not installed: make .venv-deploy/deploy.installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (tmp_path_factory.mktemp("moto") / "log").open("w") as log:
        server = subprocess.Popen([MOTO, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
        try:
            _wait_for(url)
            yield url
        finally:
            server.terminate()
            server.wait()


def _alarms(url: str) -> list[dict[str, str]]:
    """All alarms. By AWS's older protocol: this moto does not speak the one that boto3 chooses for CloudWatch."""
    signed = f"AWS4-HMAC-SHA256 Credential=testing/20260101/{REGION}/monitoring/aws4_request, SignedHeaders=host"
    request = {"Action": "DescribeAlarms", "Version": "2010-08-01"}
    answer = requests.post(url, data=request, headers={"Authorization": f"{signed}, Signature=0"}, timeout=30)
    space = "{http://monitoring.amazonaws.com/doc/2010-08-01/}"
    return [
        {
            "name": alarm.findtext(f"{space}AlarmName", ""),
            "seconds": str(
                int(alarm.findtext(f"{space}Period", "0")) * int(alarm.findtext(f"{space}EvaluationPeriods", "0"))
            ),
            "topic": alarm.findtext(f"{space}AlarmActions/{space}member", ""),
        }
        for alarm in ElementTree.fromstring(answer.text).iterfind(f".//{space}MetricAlarms/{space}member")
    ]


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            requests.get(f"{url}/moto-api/data.json", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("moto's server does not answer")


@pytest.fixture(scope="module")
def client(emulator: str) -> Any:
    def of(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=emulator,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    return of


@pytest.fixture(scope="module")
def applied(emulator: str, client: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terraform]:
    # of the environment of integration tests; this module is imported when the others are collected too
    from pizza_assets_tests.support.self_signed import self_signed

    environ = {"AWS_ENDPOINT_URL": emulator, "TF_VAR_database_password": PASSWORD}
    terraform = initialised(tmp_path_factory.mktemp("apply"), environ)
    (terraform.folder / "emulator_override.tf").write_text(OVERRIDES)
    certificate = client("acm").import_certificate(**self_signed("pizza.example.com"))["CertificateArn"]
    (terraform.folder / "emulator.auto.tfvars.json").write_text(json.dumps(_variables(certificate)))
    terraform.done("apply", "-auto-approve", "-parallelism=20", seconds=580)
    yield terraform
    if terraform.shown().get("values"):
        terraform.done("destroy", "-auto-approve", "-parallelism=20", seconds=580)


def _variables(certificate: str) -> dict[str, Any]:
    pool = "arn:aws:cognito-idp:eu-west-2:123456789012:userpool/eu-west-2_example"
    return {
        "region": REGION,
        "bucket": "pizza-test",
        "image_tag": "1",
        "alert_email": "somebody@example.com",
        "inbox_prefix": "inbox/",
        "destroy_data": True,
        "servers": True,
        "webserver_access": {
            "certificate_arn": certificate,
            "user_pool_arn": pool,
            "user_pool_client": "client",
            "user_pool_domain": "pizza-people",
            "allowed_cidrs": ["192.0.2.0/24"],
        },
    }


def test_bucket(applied: Terraform, client: Any) -> None:
    s3 = client("s3")
    assert all(s3.get_public_access_block(Bucket="pizza-test")["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket="pizza-test")["Status"] == "Enabled"
    rule = s3.get_bucket_encryption(Bucket="pizza-test")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    rules = {rule["ID"]: rule for rule in s3.get_bucket_lifecycle_configuration(Bucket="pizza-test")["Rules"]}
    assert rules["end-old-versions"]["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert rules["end-claims"]["Filter"]["Prefix"] == ".claims/"
    assert rules["end-claims"]["Expiration"]["Days"] == 1
    assert {rule["Status"] for rule in rules.values()} == {"Enabled"}
    policy = json.loads(s3.get_bucket_policy(Bucket="pizza-test")["Policy"])
    assert {statement["Sid"] for statement in policy["Statement"]} == {"OnlyOverTLS", "OnlyTLS12"}
    queues = s3.get_bucket_notification_configuration(Bucket="pizza-test")["QueueConfigurations"]
    assert queues[0]["Filter"]["Key"]["FilterRules"][0]["Value"] == "inbox/"


def test_function(applied: Terraform, client: Any) -> None:
    made = client("lambda").get_function_configuration(FunctionName="pizza-game-dashboard")
    assert (made["Timeout"], made["MemorySize"], made["PackageType"]) == (900, 4096, "Image")
    environment = made["Environment"]["Variables"]
    assert environment["S3_BUCKET_NAME"] == "pizza-test"
    assert environment["QUICKSIGHT_ACCOUNT_ID"] == "123456789012"
    assert environment["PIZZA_FALLBACK"] == "fail"
    once = client("lambda").get_function_event_invoke_config(FunctionName="pizza-game-dashboard")
    assert once["MaximumRetryAttempts"] == 0
    assert once["DestinationConfig"]["OnFailure"]["Destination"].endswith(":pizza-failures")


def test_schedule(applied: Terraform, client: Any) -> None:
    made = client("scheduler").get_schedule(Name="pizza-daily-refresh")
    assert (made["ScheduleExpression"], made["ScheduleExpressionTimezone"]) == ("cron(0 18 * * ? *)", "Europe/London")
    # the function's own reading of it, as Scheduler fills it in
    sent = made["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", "2026-08-04T17:00:00Z")
    assert parse_event(json.loads(sent)) == RefreshEvent("2026-08-04T17:00:00Z")
    assert made["Target"]["RetryPolicy"]["MaximumRetryAttempts"] == 0
    assert made["State"] == "ENABLED"


def test_roles_have_their_documents(applied: Terraform, client: Any) -> None:
    iam = client("iam")
    held = {
        role: set(iam.list_role_policies(RoleName=role)["PolicyNames"])
        for role in (
            "PizzaDashboardRole",
            "PizzaDaemonRole",
            "PizzaWebRole",
            "PizzaScheduleRole",
            "PizzaTaskExecutionRole",
        )
    }
    assert held == {
        "PizzaDashboardRole": {"storage", "logs", "alerts", "fails", "keys", "inbox", "database", "network"},
        "PizzaDaemonRole": {"storage", "alerts", "keys", "launch", "database", "inbox"},
        "PizzaWebRole": {"storage", "keys", "database", "tunnel"},
        "PizzaScheduleRole": {"start"},
        "PizzaTaskExecutionRole": {"start"},
    }
    assert not any(iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] for role in held)
    local = {policy["PolicyName"] for policy in iam.list_policies(Scope="Local")["Policies"]}
    assert local == {"PizzaQuickSight", "PizzaRestore"}


def test_alarms_reach_the_topic(applied: Terraform, emulator: str, client: Any) -> None:
    alarms = {alarm["name"]: alarm for alarm in _alarms(emulator)}
    assert set(alarms) == {
        "pizza-errors",
        "pizza-duration",
        "pizza-throttles",
        "pizza-failures",
        "pizza-no-refresh",
        "pizza-database-space",
    }
    (topic,) = client("sns").list_topics()["Topics"]
    assert {alarm["topic"] for alarm in alarms.values()} == {topic["TopicArn"]}
    assert alarms["pizza-no-refresh"]["seconds"] == str(26 * 3600)
    filters = client("logs").describe_metric_filters(logGroupName="/aws/lambda/pizza-game-dashboard")["metricFilters"]
    assert [one["filterPattern"] for one in filters] == ['"pizza_daily_refresh_succeeded"']


def test_logs_expire(applied: Terraform, client: Any) -> None:
    groups = {group["logGroupName"]: group for group in client("logs").describe_log_groups()["logGroups"]}
    assert {"/aws/lambda/pizza-game-dashboard", "/pizza/servers"} <= set(groups)
    assert {group.get("retentionInDays") for group in groups.values()} == {365}


def test_keys_are_created_unset(applied: Terraform, client: Any) -> None:
    keys = client("ssm").get_parameters_by_path(Path="/pizza", WithDecryption=True)["Parameters"]
    assert {(key["Name"], key["Type"], key["Value"]) for key in keys} == {
        ("/pizza/orders-api-key", "SecureString", "unset"),
        ("/pizza/orders-url", "SecureString", "unset"),
        ("/pizza/football-data-key", "SecureString", "unset"),
        ("/pizza/notify-urls", "SecureString", "unset"),
    }


def test_the_database_url_is_a_secret_and_valid(applied: Terraform, client: Any) -> None:
    url = client("secretsmanager").get_secret_value(SecretId="pizza/database-url")["SecretString"]
    (database,) = client("rds").describe_db_instances()["DBInstances"]
    where = f"{database['Endpoint']['Address']}:{database['Endpoint']['Port']}"
    assert url == f"postgresql+psycopg2://dagster:{PASSWORD}@{where}/dagster?sslmode=require"
    assert database["PubliclyAccessible"] is False
    assert database["StorageEncrypted"] is True


def test_only_signed_in_users_reach_the_webserver(applied: Terraform, client: Any) -> None:
    (balancer,) = client("elbv2").describe_load_balancers()["LoadBalancers"]
    listeners = client("elbv2").describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert {listener["Port"]: listener["DefaultActions"][0]["Type"] for listener in listeners} == {
        443: "authenticate-cognito",
        80: "redirect",
    }
    groups = {group["GroupName"]: group for group in client("ec2").describe_security_groups()["SecurityGroups"]}
    assert _open_to_the_world(groups.values()) == set()
    assert groups["pizza-processes"]["IpPermissions"] == []


def _open_to_the_world(groups: Any) -> set[str]:
    return {
        group["GroupName"]
        for group in groups
        for permission in group["IpPermissions"]
        if any(allowed["CidrIp"] == "0.0.0.0/0" for allowed in permission["IpRanges"])
    }


def test_tables_of_athena(applied: Terraform, client: Any) -> None:
    wanted = json.loads((CONFIGURATION / "tables.json").read_text(encoding="utf-8"))
    weekly = json.loads((CONFIGURATION / "weekly_tables.json").read_text(encoding="utf-8"))
    made = {table["Name"]: table for table in client("glue").get_tables(DatabaseName="pizza")["TableList"]}
    assert set(made) == set(wanted) | set(weekly)
    for name, table in made.items():
        columns = [(column["Name"], column["Type"]) for column in table["StorageDescriptor"]["Columns"]]
        assert columns == [(column["name"], column["type"]) for column in (wanted | weekly)[name]["columns"]]
        if name in weekly:
            parameters = weekly[name]["parameters"].items()
            assert table["Parameters"] == {key: text.replace("{bucket}", "pizza-test") for key, text in parameters}
            assert table["StorageDescriptor"]["Location"] == f"s3://pizza-test/{weekly[name]['folder']}/"
            assert [key["Name"] for key in table["PartitionKeys"]] == weekly[name]["partition_keys"]
            continue
        listed = client("s3").get_object(Bucket="pizza-test", Key=f"athena/tables/{name}/objects.txt")["Body"].read()
        assert listed.decode() == f"s3://pizza-test/{wanted[name]['key']}\n"


def test_no_secret_in_the_state(applied: Terraform) -> None:
    state = (applied.folder / "terraform.tfstate").read_text()
    assert "pizza-test" in state
    assert PASSWORD not in state
    assert PASSWORD not in applied.done("output")


def test_a_key_set_by_hand_is_kept_and_not_read(applied: Terraform, client: Any) -> None:
    key = "Key0Key1Key2Key3"
    client("ssm").put_parameter(Name="/pizza/football-data-key", Value=key, Type="SecureString", Overwrite=True)
    applied.done("apply", "-auto-approve", "-refresh-only")
    assert key not in (applied.folder / "terraform.tfstate").read_text()
    held = client("ssm").get_parameter(Name="/pizza/football-data-key", WithDecryption=True)
    assert held["Parameter"]["Value"] == key


def test_a_second_plan_changes_only_what_moto_forgets(applied: Terraform) -> None:
    applied.done("plan", "-out=again.tfplan")
    changes = {
        change["address"]
        for change in applied.shown("again.tfplan")["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }
    assert changes == set(QUIRKS)


def _active_clusters(ecs: Any) -> list[str]:
    """What was deleted is listed for a while as INACTIVE, as on AWS."""
    found = ecs.describe_clusters(clusters=ecs.list_clusters()["clusterArns"])["clusters"]
    return [cluster["clusterName"] for cluster in found if cluster["status"] != "INACTIVE"]


def test_destroy_leaves_nothing(applied: Terraform, emulator: str, client: Any) -> None:
    client("s3").put_object(Bucket="pizza-test", Key="raw-data/a", Body=b"1")
    client("s3").put_object(Bucket="pizza-test", Key="raw-data/a", Body=b"2")
    applied.done("destroy", "-auto-approve", "-parallelism=20", seconds=580)
    assert "values" not in applied.shown()
    left = {
        "buckets": client("s3").list_buckets()["Buckets"],
        "roles": client("iam").list_roles()["Roles"],
        "policies": client("iam").list_policies(Scope="Local")["Policies"],
        "functions": client("lambda").list_functions()["Functions"],
        "schedules": client("scheduler").list_schedules()["Schedules"],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "topics": client("sns").list_topics()["Topics"],
        "alarms": _alarms(emulator),
        "log groups": client("logs").describe_log_groups()["logGroups"],
        "parameters": client("ssm").describe_parameters()["Parameters"],
        "secrets": client("secretsmanager").list_secrets()["SecretList"],
        "databases": client("rds").describe_db_instances()["DBInstances"],
        "images": client("ecr").describe_repositories()["repositories"],
        "clusters": _active_clusters(client("ecs")),
        "balancers": client("elbv2").describe_load_balancers()["LoadBalancers"],
        "gateways": [
            gateway
            for gateway in client("ec2").describe_nat_gateways()["NatGateways"]
            if gateway["State"] not in ("deleted", "deleting")
        ],
        "addresses": client("ec2").describe_addresses()["Addresses"],
        "tables": client("glue").get_databases()["DatabaseList"],
    }
    assert {name: found for name, found in left.items() if found} == {}
