"""The image's entry point: fetches the secrets that the environment names, then executes the command.

So Lambda's configuration and the task definitions contain only references to secrets. Uses only the standard library
and boto3; the purpose of a secret does not belong here.

SECRETS_FROM_SSM: comma-separated pairs `VARIABLE=/parameter/name`. A parameter with the value "unset" is ignored.
DATABASE_URL_SECRET: the secret in Secrets Manager with the URL of Dagster's database, for DAGSTER_PG_URL.
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import boto3

UNSET = "unset"


def with_secrets(environ: Mapping[str, str], client: Callable[[str], Any]) -> dict[str, str]:
    """`environ` with the secrets it names. client: creates a client for an AWS service. Raises SystemExit naming a
    parameter that does not exist.
    """
    return {**environ, **_keys(environ, client), **_database(environ, client)}


def _keys(environ: Mapping[str, str], client: Callable[[str], Any]) -> dict[str, str]:
    pairs = [pair.split("=", 1) for pair in environ.get("SECRETS_FROM_SSM", "").split(",") if pair]
    if not pairs:
        return {}
    answer = client("ssm").get_parameters(Names=[name for _, name in pairs], WithDecryption=True)
    absent = answer.get("InvalidParameters")
    if absent:
        raise SystemExit(f"no parameter {', '.join(absent)} in SSM; see docs/deployment.md")
    values = {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
    return {variable: values[name] for variable, name in pairs if values[name] != UNSET}


def _database(environ: Mapping[str, str], client: Callable[[str], Any]) -> dict[str, str]:
    secret = environ.get("DATABASE_URL_SECRET")
    if not secret:
        return {}
    return {"DAGSTER_PG_URL": client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"]}


if __name__ == "__main__":
    os.execvpe(sys.argv[1], sys.argv[1:], with_secrets(os.environ, boto3.client))
