"""Cases folded into one test: each runs, and each failing one is named."""

import pytest

from pizza_assets_tests.support.cases import each_of


def squares_of(*cases: tuple[int, int]):
    @each_of(("number", "square"), cases)
    def squares(number: int, square: int) -> None:
        if number < 0:
            raise ValueError(number)
        assert number**2 == square
        with pytest.raises(ZeroDivisionError):
            _ = 1 / (number - 6)

    return squares


def test_every_failing_case_is_named() -> None:
    with pytest.raises(AssertionError) as failed:
        squares_of((6, 36), (2, 4), (3, 8), (4, 16))()
    first, *named = str(failed.value).splitlines()
    assert first == "3 of 4 cases failed"
    assert [line.split(":")[0] for line in named if line[:1].isdigit()] == ["2, 4", "3, 8", "4, 16"]


def test_good_cases_pass_and_none_is_refused() -> None:
    squares_of((6, 36))()
    with pytest.raises(AssertionError, match="without a case"):
        squares_of()


def test_another_error_tells_its_case() -> None:
    with pytest.raises(ValueError, match="-1") as raised:
        squares_of((6, 36), (-1, 1))()
    assert raised.value.__notes__ == ["in the case -1, 1"]
