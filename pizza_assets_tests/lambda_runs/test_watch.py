"""The watcher thread interrupts the work when it was cancelled or runs out of time, and never otherwise."""

import signal
import time

import pytest

from pizza_assets.errors import StorageError
from pizza_assets.lambda_runs import watch
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.watch import watched


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "CHECK_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(watch, "RENEW_EVERY_SECONDS", 0.02)


def nothing() -> None:
    pass


def work_for_long() -> None:
    for _ in range(1000):
        time.sleep(0.01)


def test_cancelled_work_is_interrupted() -> None:
    calls: list[str] = []
    with (
        pytest.raises(KeyboardInterrupt),
        watched(Deadline.after(900), nothing, lambda: True, lambda: calls.append("")),
    ):
        work_for_long()
    assert calls == []


def test_work_out_of_time_is_reported_and_interrupted() -> None:
    calls: list[str] = []
    near = Deadline(time.monotonic() + 0.05, time.monotonic() + 600)
    with pytest.raises(KeyboardInterrupt), watched(near, nothing, lambda: False, lambda: calls.append("near")):
        work_for_long()
    assert calls == ["near"]


def test_work_is_interrupted_when_its_time_is_over_however_rarely_the_watcher_checks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "CHECK_EVERY_SECONDS", 600.0)
    near = Deadline(time.monotonic() + 0.05, time.monotonic() + 1200)
    with pytest.raises(KeyboardInterrupt), watched(near, nothing, lambda: False, nothing):
        work_for_long()


def test_work_is_interrupted_even_if_interrupts_were_ignored() -> None:
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), watched(Deadline.after(900), nothing, lambda: True, nothing):
            work_for_long()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, usual)


def test_a_failed_check_does_not_stop_the_watcher(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever an unavailable database raises, the time limit is still enforced."""
    near = Deadline(time.monotonic() + 0.05, time.monotonic() + 600)

    def away() -> bool:
        raise RuntimeError("no connection")

    with pytest.raises(KeyboardInterrupt), watched(near, nothing, away, nothing):
        work_for_long()
    assert "no connection" in caplog.text


def test_work_that_ends_in_time_is_not_interrupted_and_sends_heartbeats() -> None:
    renewed: list[float] = []

    def renew() -> None:
        renewed.append(time.monotonic())
        raise StorageError("S3 is down for the moment")

    with watched(Deadline.after(900), renew, lambda: False, lambda: pytest.fail("there was time")):
        while len(renewed) < 3:
            time.sleep(0.01)
