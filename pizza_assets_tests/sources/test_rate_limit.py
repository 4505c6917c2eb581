"""In no sliding window does the server see more requests than the limit, whatever the number of processes."""

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import LimitReached, SourceUnavailable
from pizza_assets.sources.rate_limit import LONGEST_HOLD_SECONDS, SharedLimit
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


def test_a_hold_set_by_a_clock_that_was_ahead_is_ignored(tmp_path: Path) -> None:
    time = _Time()
    time.now += 10 * 365 * 86_400  # in ten years
    _limit(tmp_path, time).hold(120)
    time.now -= 10 * 365 * 86_400
    before = time.now
    with _limit(tmp_path, time).slot():
        assert time.now == before
    _limit(tmp_path, time).hold(5)
    with _limit(tmp_path, time).slot():
        assert time.now >= before + 5, "a hold of now still counts"


def test_no_hold_is_longer_than_an_hour(tmp_path: Path) -> None:
    time = _Time()
    before = time.now
    _limit(tmp_path, time).hold(1e12)
    with _limit(tmp_path, time, wait=1e6).slot():
        assert time.now == pytest.approx(before + LONGEST_HOLD_SECONDS, abs=1)


def _other_tables(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE slots (something TEXT)")
        database.commit()


def _half(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def _zeros(file: Path) -> None:
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])


def _words_in_place_of_numbers(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO holds VALUES ('api', 'never')")
        database.execute("INSERT INTO slots (api, busy_until) VALUES ('api', 'for ever')")
        database.commit()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "text": lambda file: file.write_text("not a database, but a note about one" * 50),
    "half of it": _half,
    "zeros at its start": _zeros,
    "other tables": lambda file: (file.unlink(), _other_tables(file)),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_database_is_replaced_with_one_line_in_the_log(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    time = _Time()
    with _limit(tmp_path, time).slot():
        pass
    DAMAGES[name](tmp_path / "limits.sqlite")
    before = time.now
    with caplog.at_level("WARNING"):
        for _ in range(3):
            with _limit(tmp_path, time).slot():
                time.now += 1
    (record,) = caplog.records
    assert "limits.sqlite: the rate limits were damaged (" in record.getMessage()
    assert time.now >= before + 10, "the new file keeps the limit: the third request waited"


def test_words_in_place_of_moments_are_deleted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    time = _Time()
    with _limit(tmp_path, time).slot():
        pass
    _words_in_place_of_numbers(tmp_path / "limits.sqlite")
    with _limit(tmp_path, time).slot():
        assert not caplog.records


def test_a_database_that_cannot_be_opened_is_a_named_failure(tmp_path: Path) -> None:
    (tmp_path / "limits.sqlite").mkdir()
    with pytest.raises(SourceUnavailable, match=r"limits\.sqlite: the rate limits can't be kept \(unable to open"):
        _limit(tmp_path, _Time()).hold(1)
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceUnavailable, match="the rate limits can't be kept"):
        _limit(tmp_path / "file", _Time()).hold(1)
