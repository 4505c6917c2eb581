"""Checks requests against AWS's service model as strictly as the service does.

botocore alone checks types, required members and lengths, but neither enums nor patterns.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape
from botocore.validate import ParamValidator


@cache
def quicksight() -> ServiceModel:
    return botocore.session.get_session().get_service_model("quicksight")


def request_problems(operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """The problems for which the service would refuse the request; empty for a valid one."""
    shape = quicksight().operation_model(operation).input_shape
    return shape_problems(parameters, shape, operation)


def shape_problems(value: Any, shape: Any, path: str) -> list[str]:
    report = ParamValidator().validate(value, shape).generate_report()
    return [f"{path}: {line}" for line in report.splitlines()] or list(_problems(value, shape, path))


def _problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        yield from _structure(value, shape, path)
    elif shape.type_name == "list":
        yield from _length(value, shape, path)
        for position, member in enumerate(value):
            yield from _problems(member, shape.member, f"{path}[{position}]")
    elif shape.type_name == "map":
        yield from _length(value, shape, path)
        for key, member in value.items():
            yield from _problems(key, shape.key, f"{path} key {key}")
            yield from _problems(member, shape.value, f"{path}.{key}")
    elif shape.type_name == "string":
        yield from _text(value, shape, path)


def _structure(value: Mapping[str, Any], shape: Any, path: str) -> Iterator[str]:
    if _is_union(shape) and len(value) != 1:
        yield f"{path}: exactly one of its members is allowed, not {sorted(value)}"
    for name, member in value.items():
        if name in shape.members:
            yield from _problems(member, shape.members[name], f"{path}.{name}")


def _is_union(shape: Shape) -> bool:
    return "union type structure" in (shape.documentation or "")


def _length(value: Any, shape: Shape, path: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        yield f"{path}: {len(value)} members, and {most} are allowed"


def _text(value: str, shape: Any, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value, re.DOTALL):
        yield f"{path}: {value!r} does not match {pattern}"
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        yield f"{path}: {len(value)} characters, and {most} are allowed"
