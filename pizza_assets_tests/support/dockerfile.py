"""Parses the Dockerfile, so that tests can follow its instructions without a Docker engine."""

import re
import shlex
from pathlib import Path

from pizza_assets_tests.conftest import PROJECT_ROOT

DOCKERFILE = PROJECT_ROOT / "deploy" / "Dockerfile"


def instructions(path: Path = DOCKERFILE) -> list[tuple[str, str]]:
    """(instruction, the rest), in order, without comments; continued lines are one."""
    text = re.sub(r"\\\n", " ", path.read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def stage(name: str) -> list[tuple[str, str]]:
    """The instructions of one stage, its FROM first."""
    found: list[tuple[str, str]] = []
    is_within = False
    for instruction, rest in instructions():
        if instruction == "FROM":
            is_within = rest.endswith(f" AS {name}")
        if is_within:
            found.append((instruction, rest))
    return found


def copied_from_project() -> list[str]:
    """Every path of the project that is copied into the image."""
    sources = [shlex.split(rest)[:-1] for instruction, rest in instructions() if instruction == "COPY"]
    return [source for copied in sources if not copied[0].startswith("--from") for source in copied]
