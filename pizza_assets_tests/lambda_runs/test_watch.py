"""The thread beside the work interrupts it when somebody ended it or time runs out; else it leaves it alone."""

import time

import pytest

from pizza_assets.errors import StorageError
from pizza_assets.lambda_runs import watch
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.watch import watched


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(watch, "RENEW_EVERY_SECONDS", 0.02)


def nothing() -> None:
    pass


def work_for_long() -> None:
    for _ in range(1000):
        time.sleep(0.01)


def test_work_that_was_ended_by_somebody_is_interrupted() -> None:
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt), watched(Deadline.after(900), nothing, lambda: True, lambda: told.append("")):
        work_for_long()
    assert told == []


def test_work_that_runs_out_of_time_is_told_and_interrupted() -> None:
    told: list[str] = []
    near = Deadline(time.monotonic() + 0.05, time.monotonic() + 600)
    with pytest.raises(KeyboardInterrupt), watched(near, nothing, lambda: False, lambda: told.append("near")):
        work_for_long()
    assert told == ["near"]


def test_work_that_ends_in_time_is_left_alone_and_was_seen_alive() -> None:
    renewed: list[float] = []

    def renew() -> None:
        renewed.append(time.monotonic())
        raise StorageError("S3 is down for the moment")

    with watched(Deadline.after(900), renew, lambda: False, lambda: pytest.fail("there was time")):
        while len(renewed) < 3:
            time.sleep(0.01)
