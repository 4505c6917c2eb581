"""Writes to the terminal: the only place in the commands that does, so that whatever is shown is escaped."""

import os
import sys
from pathlib import Path
from typing import TextIO

from pizza_assets.escaping import printable, typeable


def say(text: object, *, is_problem: bool = False) -> None:
    """Print a line or lines, on stderr if `is_problem`. JSON must be made by `printable_json` before."""
    stream = sys.stderr if is_problem else sys.stdout
    print(typeable(printable(str(text)), stream.encoding), file=stream, flush=True)


def open_closed_streams() -> None:
    """Give a process that was started without standard streams, as by `>&-`, ones that lead nowhere.

    Otherwise the next file that it opens becomes its standard output, and Python has none to print to.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest that is free: this one
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def give_up_output() -> None:
    """Send to nowhere what Python still holds for standard output, and would fail to write at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")
