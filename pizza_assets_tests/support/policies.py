"""The policy documents of deploy/terraform/policies with stand-ins for what Terraform fills in."""

import json
import string
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

POLICIES = Path(__file__).parents[2] / "deploy" / "terraform" / "policies"
ACCOUNT, REGION = "123456789012", "eu-west-2"
WORDS = {
    "account": ACCOUNT,
    "bucket_arn": "arn:aws:s3:::pizza-test",
    "failures_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:pizza-failures",
    "function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:pizza-game-dashboard",
    "function_logs_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/pizza-game-dashboard",
    "keys_arn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/pizza",
    "queue_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:pizza-inbox",
    "quicksight_arn": f"arn:aws:quicksight:{REGION}:{ACCOUNT}",
    "quicksight_id_prefix": "pizza",
    "repository_arn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/pizza",
    "secret_arn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:pizza/database-url-AbCdEf",
    "server_logs_arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/pizza/servers",
    "service": "scheduler.amazonaws.com",
    "topic_arn": f"arn:aws:sns:{REGION}:{ACCOUNT}:pizza-alerts",
}
NAMES = sorted(path.name.removesuffix(".json.tftpl") for path in POLICIES.glob("*.json.tftpl"))
OF_RESOURCES = ("bucket", "inbox-queue", "alerts-topic", "trust", "trust-lambda")
"""Policies of resources and trust policies of roles; the others say what a role or a person may do."""


def document(name: str) -> dict[str, Any]:
    """One document. Raises KeyError for a placeholder that has no stand-in."""
    text = (POLICIES / f"{name}.json.tftpl").read_text(encoding="utf-8")
    return json.loads(string.Template(text).substitute(WORDS))


def grants(name: str) -> Iterator[tuple[str, str]]:
    """(action, resource) of everything that a document allows."""
    for statement in document(name)["Statement"]:
        if statement["Effect"] == "Allow":
            for action in _several(statement["Action"]):
                for resource in _several(statement["Resource"]):
                    yield action, resource


def allows(name: str, action: str, resource: str) -> bool:
    """Whether a document allows it. Conditions are taken as met."""
    return any(granted == action and fnmatchcase(resource, pattern) for granted, pattern in grants(name))


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
