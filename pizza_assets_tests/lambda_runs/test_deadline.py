"""The time that the function reserves for stopping."""

from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.lambda_runs.deadline import LONGEST_MARGIN_SECONDS, Deadline


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@given(st.floats(1, 900))
def test_there_is_time_left_to_stop_gracefully(remaining: float) -> None:
    clock = Clock()
    deadline = Deadline.after(remaining, clock)
    assert 1000 < deadline.stop_at < deadline.give_up_at < 1000 + remaining
    assert 1000 + remaining - deadline.stop_at <= LONGEST_MARGIN_SECONDS


def test_the_deadline_comes_near_and_then_passes() -> None:
    clock = Clock()
    deadline = Deadline.after(900, clock)
    assert not deadline.is_near
    clock.now += 860
    assert deadline.is_near
    assert not deadline.has_passed
    clock.now += 30
    assert deadline.has_passed
