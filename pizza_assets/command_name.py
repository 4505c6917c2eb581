"""How people start the command `pizza` here, for messages that name the next command to type."""

import shlex
import shutil
import sys
from pathlib import Path

NAME = "pizza"


def typed(arguments: str) -> str:
    """`pizza ARGUMENTS` as it must be typed: with the path of a program that is not on PATH, e.g. `.venv/bin/pizza`.

    In other programs, such as Dagster's webserver, only the name is known.
    """
    return f"{_program(Path(sys.argv[0]))} {arguments}"


def _program(started: Path) -> str:
    if started.name == "__main__.py" and started.parent.name == "cli":  # python -m pizza_assets.cli
        return f"{_shown(Path(sys.executable))} -m pizza_assets.cli"
    if started.stem != NAME:
        return NAME
    found = shutil.which(NAME)
    is_on_path = found is not None and started.is_file() and started.samefile(found)
    return NAME if is_on_path else _shown(started)


def _shown(path: Path) -> str:
    """Relative to the working directory if it is below it."""
    absolute = Path.cwd() / path  # symbolic links stay: the Python of an environment is one
    return shlex.quote(str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute))
