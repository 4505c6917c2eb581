"""In no sliding window does the server see more requests than the limit, whatever the number of processes."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import LimitReached
from pizza_assets.sources.rate_limit import SharedLimit
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.limit_trial import trial


class _Time:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


def _limit(folder: Path, time: _Time, most: int = 2, window: float = 10.0, wait: float = 900.0) -> SharedLimit:
    database = folder / "limits.sqlite"
    return SharedLimit(database, "api", most, window, longest_wait=wait, now=lambda: time.now, sleep=time.sleep)


@examples(100)
@given(
    most=st.integers(1, 4),
    latencies=st.lists(st.tuples(st.floats(0, 8), st.floats(0, 1), st.floats(0, 5), st.booleans()), max_size=12),
)
def test_no_window_at_the_server_holds_more_than_the_limit(
    most: int, latencies: list[tuple[float, float, float, bool]]
) -> None:
    # Property 4: a request arrives at any moment of its slot, and some processes die in it
    time, arrivals = _Time(), []
    with tempfile.TemporaryDirectory() as folder:
        limits = [_limit(Path(folder), time, most) for _ in range(2)]
        for number, (length, share, pause, dies) in enumerate(latencies):
            slot = limits[number % 2].slot()
            slot.__enter__()
            arrivals.append(time.now + share * length)
            time.now += length
            if not dies:
                slot.__exit__(None, None, None)
            time.now += pause
    for begin in arrivals:
        assert sum(begin <= at < begin + 10.0 for at in arrivals) <= most


def test_a_hold_is_kept_by_every_process_and_never_shortened(tmp_path: Path) -> None:
    time = _Time()
    first, second = _limit(tmp_path, time), _limit(tmp_path, time)
    first.hold(30)
    second.hold(5)
    began = time.now
    with second.slot():
        assert time.now >= began + 30


def test_a_wait_that_is_too_long_is_refused_at_once(tmp_path: Path) -> None:
    time = _Time()
    limit = _limit(tmp_path, time, wait=20)
    limit.hold(3600)
    began = time.now
    with (
        pytest.raises(LimitReached, match="api: no request may be made for another 3600 s.*run again later"),
        limit.slot(),
    ):
        pass
    assert time.now == began


def test_a_clock_that_was_set_back_does_not_lock_anybody_out(tmp_path: Path) -> None:
    time = _Time()
    limit = _limit(tmp_path, time, most=1)
    with limit.slot():
        pass
    time.now -= 100_000
    began = time.now
    with limit.slot():
        assert time.now == began


@pytest.mark.integration  # eight processes are slow to start
def test_eight_processes_keep_one_limit(tmp_path: Path) -> None:
    seen = trial(tmp_path, processes=8, most=10, window=1.0, each=5)
    assert seen.requests == 40
    assert seen.most_in_a_window <= 10


@pytest.mark.integration
def test_eight_processes_wait_when_one_of_them_is_told_to(tmp_path: Path) -> None:
    seen = trial(tmp_path, processes=8, most=10, window=1.0, each=3, refused=5, wait=2.0)
    assert seen.requests == 25
    assert seen.early == 0
