"""Many cases in one test: with hundreds of cases, a separate test for each costs more than the code under test."""

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def each_of(names: str | tuple[str, ...], cases: Iterable[Any], ids: Callable[[Any], str] = str) -> Callable[..., Any]:
    """Like `pytest.mark.parametrize`, but as one test: all cases run, and each failing one is named with its reason.

    >>> @each_of(("number", "square"), [(2, 4), (3, 9)])
    ... def test_squares(number: int, square: int) -> None:
    ...     assert number**2 == square
    """
    columns = (names,) if isinstance(names, str) else names
    rows = [(case,) if isinstance(names, str) else tuple(case) for case in cases]
    assert rows, "a test without a case proves nothing"

    def decorate(test: Callable[..., None]) -> Callable[[], None]:
        def run() -> None:
            failed = [found for row in rows if (found := _failure(test, columns, row, ids))]
            if failed:
                lines = [f"{named}: {error}" for named, error in failed]
                told = "\n".join([f"{len(failed)} of {len(rows)} cases failed", *lines])
                raise AssertionError(told) from failed[0][1]

        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        return run

    return decorate


def _failure(
    test: Callable[..., None], columns: tuple[str, ...], row: tuple[Any, ...], ids: Callable[[Any], str]
) -> tuple[str, BaseException] | None:
    """The name and the failed assertion of a failing case, or None. Any other error ends the test."""
    named = ", ".join(ids(value) for value in row if not inspect.isfunction(value))
    try:
        test(**dict(zip(columns, row, strict=True)))
    except (AssertionError, pytest.fail.Exception) as error:
        return named, error
    except BaseException as error:
        error.add_note(f"in the case {named}")
        raise
    return None
