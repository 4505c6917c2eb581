"""Several processes that use one API under one rate limit, and the requests that its server saw."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pizza_assets_tests.support.fault_server import Exchange, FaultServer, running


@dataclass(frozen=True)
class Trial:
    """most_in_a_window: requests in the fullest sliding window. early: slots taken after a wait was written down and
    before it was over. seconds: from the first to the last request; ideal: the least that the limit alone allows.
    """

    requests: int
    most_in_a_window: int
    early: int
    seconds: float
    ideal: float


def trial(
    folder: Path, processes: int, most: int, window: float, each: int, refused: int = 0, wait: float = 0.0
) -> Trial:
    """Each process makes `each` requests. The server refuses request number `refused` (from 1) and demands a wait."""
    server = FaultServer()

    def refuse(exchange: Exchange) -> None:
        exchange.send(429, b"{}", {"Retry-After": f"{wait:g}"})

    server.faults = [None] * (refused - 1) + [refuse] if refused else []
    with running(server):
        arguments = [server.url, str(folder / "limits.sqlite"), str(most), str(window), str(each)]
        command = [sys.executable, "-m", "pizza_assets_tests.support.limited_client", *arguments]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        printed = [process.communicate(timeout=300)[0] for process in started]
        assert [process.returncode for process in started] == [0] * processes
    times = sorted(request.at for request in server.requests)
    fullest = max(sum(begin <= at < begin + window for at in times) for begin in times)
    moments = [line.split() for text in printed for line in text.splitlines()]
    slots, holds = ([float(at) for kind, at in moments if kind == wanted] for wanted in ("slot", "hold"))
    assert len(slots) == len(times)
    assert len(holds) == bool(refused)
    early = sum(at < later < at + wait for at in holds for later in slots)
    ideal = window * ((len(times) - 1) // most)
    return Trial(len(times), fullest, early, times[-1] - times[0], ideal)
