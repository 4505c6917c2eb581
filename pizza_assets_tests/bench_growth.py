"""What stored history costs: the daily refresh, its analysis step by step, and `pizza status`: `make bench-growth`.

    python -m pizza_assets_tests.bench_growth [--weeks 52 260 520] [--last DATE] [--folder FOLDER]
    python -m pizza_assets_tests.bench_growth --markets 200 --weeks 520      # one store per market instead of two

One store of mock data is extended to each number of weeks in turn, towards the past, so that the two refreshed weeks
stay the same. Extending it is not measured, nor is a first `pizza run` that only warms up. Each measured command is a
process of its own, in which a thread notes processor time, memory and bytes read 20 times a second; a step's share is
the difference between its events. Bytes read are what the process asked for (rchar), and what came from the disk
rather than the page cache. With --folder the store is kept, and the same command resumes. No process may use more than
14 GB of address space, so that a large size fails instead of taking the machine down. Prints figures and asserts none:
they depend on machine and load.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import numpy as np

from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.jobs import ANALYSE
from pizza_assets_tests.torture.cases import PROJECT_ROOT

SIZES = (52, 260, 520)
MOST_ADDRESS_SPACE = 14 * 2**30
SECONDS_BETWEEN_NOTES = 0.05
STEPS_SHOWN = 15
_COLUMNS = ("time", "processor", "memory", "asked")


@dataclass(frozen=True)
class Share:
    """What a process, a run in it or a step took. peak_mb: of the whole process meanwhile. asked_mb: bytes read."""

    elapsed: float
    processor: float
    peak_mb: float
    asked_mb: float

    def __str__(self) -> str:
        return f"{self.elapsed:8.1f} s{self.processor:9.1f} s{self.peak_mb:9.0f}{self.asked_mb:10.0f}"


@dataclass(frozen=True)
class Child:
    """One command in a process of its own. notes: a row of _COLUMNS for each moment."""

    exit_code: int
    whole: Share
    disk_mb: float
    notes: np.ndarray
    last_lines: str

    def between(self, start: float, end: float) -> Share:
        def at(moment: float, column: str) -> float:
            return float(np.interp(moment, self.notes[:, 0], self.notes[:, _COLUMNS.index(column)]))

        is_during = (self.notes[:, 0] >= start) & (self.notes[:, 0] <= end)
        memory = max([at(end, "memory"), *self.notes[is_during, _COLUMNS.index("memory")]])
        return Share(
            end - start,
            at(end, "processor") - at(start, "processor"),
            memory / 1e6,
            (at(end, "asked") - at(start, "asked")) / 1e6,
        )


@dataclass(frozen=True)
class Figures:
    """What was measured at one size. runs, steps: of the refresh; steps are those of the analysis. failure: of a
    refresh that failed, the failed steps and the last lines of its output."""

    gigabytes: float
    refresh: Share
    disk_mb: float
    runs: Mapping[str, Share]
    steps: Mapping[str, Share]
    status: Share
    failure: str = ""

    @classmethod
    def read(cls, file: Path) -> "Figures":
        figures = json.loads(file.read_text(encoding="utf-8"))
        for name in ("refresh", "status"):
            figures[name] = Share(**figures[name])
        for name in ("runs", "steps"):
            figures[name] = {key: Share(**share) for key, share in figures[name].items()}
        return cls(**figures)


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        _child(json.loads(sys.argv[2]), sys.argv[3:])
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--weeks", type=int, nargs="+", default=SIZES, help="numbers of stored weeks, in turn")
    options.add_argument("--markets", type=int, help="so many markets with one store each, instead of the default")
    options.add_argument("--last", type=date.fromisoformat, help="a date in the last stored week, instead of today")
    options.add_argument("--folder", type=Path, help="where the store is kept, to resume in it")
    chosen = options.parse_args()
    with _kept(chosen.folder) as folder:
        running = MatchWeek.containing(datetime.now(UTC), "Europe/London")
        last = running if chosen.last is None else MatchWeek.of_date(chosen.last, running.timezone)
        bench = _Bench(folder, chosen.markets, last)
        found = {weeks: bench.measured(weeks) for weeks in sorted(chosen.weeks)}
        _show_steps({weeks: figures.steps for weeks, figures in found.items()})


@contextmanager
def _kept(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder.absolute()
        return
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as temporary:  # not a disk in memory
        yield Path(temporary)


class _Bench:
    """A store in `folder`. markets: None for the default ones. last: its last week."""

    def __init__(self, folder: Path, markets: int | None, last: MatchWeek) -> None:
        self._folder, self._markets, self._last = folder, markets, last
        self._name = f"{'usual' if markets is None else markets} markets to {last.key},"
        folder.mkdir(parents=True, exist_ok=True)
        self._environ = {name: text for name, text in os.environ.items() if not name.startswith(("PIZZA_", "DAGSTER_"))}
        self._environ |= {"PIZZA_STORAGE": str(folder / "storage"), "PIZZA_MATCHES": "mock", "PIZZA_ORDERS": "mock"}
        self._environ["PYTHONPATH"] = str(PROJECT_ROOT)
        if markets is not None:
            table = folder / "markets.toml"
            table.write_text("\n".join(_market(number) for number in range(markets)), encoding="utf-8")
            self._environ["PIZZA_MARKETS"] = str(table)

    def measured(self, weeks: int) -> Figures:
        """Extend the store to so many weeks, then measure, and print what was found; or what an earlier call found."""
        file = self._folder / f"{self._name} {weeks} weeks.json"
        if file.exists():
            figures = Figures.read(file)
        else:
            self._extend(weeks)
            figures = self._figures()
            file.write_text(json.dumps(asdict(figures)), encoding="utf-8")
        _show(weeks, figures)
        return figures

    def _extend(self, weeks: int) -> None:
        begun = time.monotonic()
        first = self._last.shifted(1 - weeks)
        made = self._run("backfill", "--stale-only", "--from", first.key, "--to", self._last.key, analyses=False)
        if made.exit_code:
            raise SystemExit(f"the store could not be made: {made.last_lines}")
        print(f"\nextended to {weeks} weeks in {time.monotonic() - begun:.0f} s", flush=True)
        # as a later run finds it: all weeks checked once, and with the first size what an analysis leaves
        self._refresh(analyses=not list(self._folder.glob(f"{self._name} * weeks.json")))

    def _refresh(self, analyses: bool = True) -> Child:
        return self._run("run", "--from", self._last.shifted(-1).key, "--to", self._last.key, analyses=analyses)

    def _figures(self) -> Figures:
        begun = datetime.now(UTC)
        child = self._refresh()
        runs, steps, failed = {}, {}, []
        with chdir(self._folder), dg.DagsterInstance.from_config(str(self._folder)) as instance:
            records = instance.get_run_records(dg.RunsFilter(created_after=begun), ascending=True)
            for number, record in enumerate(records, start=1):
                name = record.dagster_run.job_name
                runs[f"{number}. {name}"] = child.between(record.start_time or 0.0, record.end_time or time.time())
                shares, failures = _steps(instance, record.dagster_run.run_id, child)
                failed += failures
                if name == ANALYSE:
                    steps = shares
        failure = f"failed steps: {', '.join(failed) or 'none'}\n{child.last_lines}" if child.exit_code else ""
        status = self._run("status")
        if status.exit_code:
            raise SystemExit(f"pizza status failed: {status.last_lines}")
        size = _size(self._folder / "storage")
        return Figures(size, child.whole, child.disk_mb, runs, steps, status.whole, failure)

    def _run(self, *arguments: str, analyses: bool = True) -> Child:
        """Run `pizza` with these arguments."""
        report = self._folder / "child.json"
        report.unlink(missing_ok=True)
        how = {"report": str(report), "analyses": analyses, "has_one_store": self._markets is not None}
        command = [sys.executable, "-m", __spec__.name, "--child", json.dumps(how), *arguments]
        begun = time.monotonic()
        done = subprocess.run(command, cwd=self._folder, env=self._environ, check=False, capture_output=True, text=True)
        elapsed = time.monotonic() - begun
        last_lines = "\n".join([*done.stdout.splitlines()[-5:], *done.stderr.splitlines()[-5:]])
        if not report.exists():
            raise SystemExit(f"pizza {' '.join(arguments)} ended with {done.returncode}: {last_lines}")
        used = json.loads(report.read_text(encoding="utf-8"))
        notes = np.array(used.pop("notes"), float).reshape(-1, len(_COLUMNS))
        disk_mb = used.pop("disk_mb")
        return Child(done.returncode, Share(elapsed, **used), disk_mb, notes, last_lines)


def _market(number: int) -> str:
    """Every club is followed in as many markets as every other one."""
    club = DEFAULT_MARKETS[number % len(DEFAULT_MARKETS)].teams[0]
    return f'[[market]]\nname = "Market {number:03d}"\ntimezone = "Europe/London"\nteams = [{json.dumps(club)}]\n'


def _size(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9


def _steps(instance: dg.DagsterInstance, run_id: str, child: Child) -> tuple[dict[str, Share], list[str]]:
    """The finished steps of a run, failed ones included, and the names of those that failed."""
    started: dict[str, float] = {}
    shares, failed = {}, []
    for entry in instance.all_logs(run_id):
        event = entry.dagster_event
        if event is None or event.step_key is None:
            continue
        if event.event_type == dg.DagsterEventType.STEP_START:
            started[event.step_key] = entry.timestamp
        elif event.event_type in {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}:
            if event.step_key in started:
                shares[event.step_key] = child.between(started[event.step_key], entry.timestamp)
            if event.event_type == dg.DagsterEventType.STEP_FAILURE:
                failed.append(event.step_key)
    return shares, failed


def _show(weeks: int, figures: Figures) -> None:
    print(f"\n{weeks} weeks, {figures.gigabytes:.2f} GB")
    print(f"{'':<36}{'elapsed':>10}{'processor':>11}{'peak MB':>9}{'MB read':>10}{'from disk':>10}")
    print(f"{'daily refresh':<36}{figures.refresh}{figures.disk_mb:10.0f}")
    for name, share in figures.runs.items():
        print(f"{f'  {name}':<36}{share}")
    print(f"{'pizza status':<36}{figures.status}", flush=True)
    if figures.failure:
        print(figures.failure)


def _show_steps(steps: Mapping[int, Mapping[str, Share]]) -> None:
    """The steps of the analysis by processor seconds, those that grow the most first, and what each 100 weeks add."""
    sizes = list(steps)
    names = {name for of_size in steps.values() for name in of_size}
    seconds = {name: [_processor(steps[weeks].get(name)) for weeks in sizes] for name in names}
    hundreds = (sizes[-1] - sizes[0]) / 100 or 1.0
    growth = {name: (row[-1] - row[0] * (len(sizes) > 1)) / hundreds for name, row in seconds.items()}
    heads = "".join(f"{weeks:>7} weeks" for weeks in sizes)
    print(f"\n{'steps, processor seconds':<36}{heads}{'per 100' if len(sizes) > 1 else '':>11}{'peak MB':>9}")
    for name in sorted(names, key=growth.__getitem__, reverse=True)[:STEPS_SHOWN]:
        last = steps[sizes[-1]].get(name)
        cells = "".join(f"{value:11.1f} s" for value in seconds[name])
        more = f"{growth[name]:9.2f} s" if len(sizes) > 1 else ""
        print(f"{name:<36}{cells}{more:>11}{last.peak_mb if last else 0:9.0f}")
    sums = "".join(f"{sum(row[number] for row in seconds.values()):11.1f} s" for number in range(len(sizes)))
    print(f"{f'all {len(names)} steps':<36}{sums}")


def _processor(share: Share | None) -> float:
    return 0.0 if share is None else share.processor


def _child(how: Mapping[str, Any], arguments: Sequence[str]) -> None:
    """In the child: one command, then its figures as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESS_SPACE, MOST_ADDRESS_SPACE))
    notes: list[tuple[float, ...]] = []
    is_over = threading.Event()
    noting = threading.Thread(target=_note, args=(notes, is_over), daemon=True)
    noting.start()
    from pizza_assets.cli.program import main as pizza

    if how["has_one_store"]:
        from pizza_assets.assets import raw
        from pizza_assets.sources.orders.mock import mock_orders

        _replace(raw, "invent_orders", partial(mock_orders, stores_per_market=1))
    if not how["analyses"]:
        from pizza_assets.cli import collecting

        _replace(collecting, "run_analysis", lambda *_args: None)
    code = pizza(arguments)
    is_over.set()
    noting.join()
    io = dict(line.split(": ") for line in Path("/proc/self/io").read_text(encoding="utf-8").splitlines())
    used = resource.getrusage(resource.RUSAGE_SELF)
    used = {
        "processor": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * 1024 / 1e6,
        "asked_mb": int(io["rchar"]) / 1e6,
        "disk_mb": int(io["read_bytes"]) / 1e6,
        "notes": notes,
    }
    Path(how["report"]).write_text(json.dumps(used), encoding="utf-8")
    sys.exit(code)


def _replace(module: Any, name: str, function: Callable) -> None:
    assert hasattr(module, name)
    setattr(module, name, function)


def _note(notes: list[tuple[float, ...]], is_over: threading.Event) -> None:
    """Note _COLUMNS until it is over, and once more."""
    page = os.sysconf("SC_PAGE_SIZE")
    while True:
        is_last = is_over.wait(SECONDS_BETWEEN_NOTES)
        resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * page
        asked = int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])
        notes.append((time.time(), time.process_time(), resident, asked))
        if is_last:
            return


if __name__ == "__main__":
    main()
