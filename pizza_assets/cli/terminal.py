"""Writes to the terminal: the only place in the commands that does, so that whatever is shown is escaped."""

import sys

from pizza_assets.escaping import printable


def say(text: object, *, is_problem: bool = False) -> None:
    """Print a line or lines, on stderr if `is_problem`. JSON must be made by `printable_json` before."""
    print(printable(str(text)), file=sys.stderr if is_problem else sys.stdout, flush=True)
