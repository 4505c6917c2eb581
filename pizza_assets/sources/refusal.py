"""Rows of an answer that can't be used, as they go to the rejected rows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pizza_assets.escaping import printable
from pizza_assets.models.orders import OF_NO_WEEK, ONLY_THE_VALUE

_LONGEST_REASON = 500
"""Characters; a reason may quote what a service wrote."""


class RefusedValueError(ValueError):
    """A value makes its row unusable. The parser catches it and lists the row as rejected."""

    def __init__(self, column: str, check: str, value: Any, reason: str) -> None:
        self.column, self.check, self.value, self.reason = column, check, value, reason
        super().__init__(reason)


@dataclass(frozen=True)
class RefusedRow:
    """A row of RejectedRows. at: the instant that decides which week reports it; None if it can't be read."""

    row: dict[str, Any]
    at: datetime | None


def refused_row(refusal: RefusedValueError, origin: str, number: int, row_id: str, kind: str) -> dict[str, Any]:
    """The refusal as a row of RejectedRows. number: of the record in its answer, from 1. kind: e.g. "match"."""
    return {
        "origin": origin,
        "line_number": number,
        "row_id": _storable(row_id),
        "column": refusal.column,
        "check": refusal.check,
        "value": _storable(_shown(refusal.value)),
        "reason": printable(f"{origin}, {kind} {number}: {refusal.reason}"[:_LONGEST_REASON]),
    }


def _shown(value: Any) -> str:
    """The value as text; one that has no text (nested too deeply, a number of thousands of digits) by its type."""
    try:
        return str(value)
    except (RecursionError, ValueError):
        return f"({type(value).__name__})"


def _storable(written: str) -> str:
    return written[:200].encode("utf-8", "replace").decode()


def only_the_value(row: dict[str, Any]) -> dict[str, Any]:
    """The row of RejectedRows for a value whose row is stored without it."""
    return {**row, "check": ONLY_THE_VALUE + row["check"]}


def of_no_week(row: dict[str, Any]) -> dict[str, Any]:
    """The row of RejectedRows for a row without a usable time."""
    return {**row, "check": OF_NO_WEEK + row["check"]}


def text(value: Any) -> str | None:
    """`value` without surrounding spaces; None if it is not a string, is empty, or is not valid Unicode."""
    if not isinstance(value, str):
        return None
    stripped = value.strip()
    return stripped if stripped and not any("\ud800" <= letter <= "\udfff" for letter in stripped) else None


def instant(value: Any, column: str) -> datetime:
    """An ISO 8601 instant, in UTC. Raises RefusedValueError for anything else, NaiveTime if it has no offset."""
    written = text(value)
    try:
        at = datetime.fromisoformat(written or "")
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RefusedValueError(column, "is_instant", value, f"{column} is not an ISO 8601 time") from error
    raise NaiveTime(f"{column} {written!r} has no offset from UTC")


class NaiveTime(ValueError):
    """A time without an offset. A service that sends one sends all of them so, and a guess would move every row."""
