"""Types of option values, and options that several commands share."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

Day = TypeVar("Day", bound=date)
ARGUMENTS = "pizza.arguments"
"""Where the context of every command has the arguments as they were typed."""
_YEARS = range(1900, 2101)
"""Python's dates end near these years' far ends, and weeks before and after a date are computed."""


def day(text: str) -> date:
    try:
        return _within_years(date.fromisoformat(text), text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a date; write it as 2026-08-04") from error


def moment(text: str) -> datetime:
    try:
        found = _within_years(datetime.fromisoformat(text), text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a time; write it as 2026-08-12T18:00Z") from error
    if found.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no time zone; write 2026-08-12T18:00Z, or +01:00 in place of Z")
    return found


def _within_years(found: Day, text: str) -> Day:
    if found.year not in _YEARS:
        raise click.BadParameter(f"{text!r} is outside the years {_YEARS[0]} to {_YEARS[-1]}")
    return found


class WholeNumber(click.IntRange):
    """A whole number between two bounds, both included."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            message = f"{value!r} is not a whole number from {self.min} to {self.max}"
            raise click.BadParameter(message, ctx, param) from error


def week_range(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options --from and --to."""
    first = click.option(
        "--from", "first", type=day, metavar="DATE", help="Any date in the first week, e.g. 2026-08-04."
    )
    last = click.option("--to", "last", type=day, metavar="DATE", help="Any date in the last week.")
    return first(last(command))
