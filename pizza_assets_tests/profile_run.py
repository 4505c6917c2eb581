"""Where the time of `pizza run` goes, by part and by function: `make profile`.

    python -m pizza_assets_tests.profile_run [WEEKS] [--export]     # default 52

Runs in this process, in a folder of its own: weeks of mock data as in `make run` or, with --export, weeks of 100,000
orders from a CSV file as in `make bench-end-to-end`. A thread looks at every other thread's stack 200 times a
second and adds the processor time that the thread has used since to the functions on it. So waiting costs nothing,
imports are listed like functions, and a function in two threads counts twice. Threads of native libraries (DuckDB,
Arrow, V8) have no Python stack: they are in the difference to the processor time of the process, as is the looking
itself. Prints figures and asserts none.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import CodeType, FrameType

SECONDS_BETWEEN_LOOKS = 0.005
PROJECT_ROOT = Path(__file__).parent.parent
STANDARD_LIBRARY = f"{Path(os.__file__).parent}/"
FUNCTIONS = 60
"""How many functions are printed."""
_IMPORTS, _REST = "imports of modules", "the rest"
_NATIVE = "native threads, and this profile"
PARTS = {
    "importlib._bootstrap": _IMPORTS,
    "/pizza_assets/analysis/": "analysis",
    "/pizza_assets/dashboards/": "page and extracts",
    "/pizza_assets/sources/": "sources",
    "/pizza_assets/storage/": "storage: tables and facts",
    "/pizza_assets/models/": "models: checks of rows",
    "/pizza_assets/orchestration/freshness/": "freshness",
    "/pizza_assets/": "assets and orchestration",
    "/dagster/_core/storage/": "Dagster: event log and runs",
    "/dagster/": "Dagster: everything else",
    "/dagster_shared/": "Dagster: everything else",
}
"""Which part the innermost function counts for whose file has this in its path; the first that fits."""


class Sampler(threading.Thread):
    """Adds up processor time by stack until stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.parts: Counter[str] = Counter()
        self.inclusive: Counter[str] = Counter()
        self.own: Counter[str] = Counter()
        self._labels: dict[CodeType, tuple[str, str]] = {}
        self._used: dict[int, float] = {}
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(SECONDS_BETWEEN_LOOKS):
            self._look()

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _look(self) -> None:
        for ident, frame in sys._current_frames().items():
            try:
                used = time.clock_gettime(time.pthread_getcpuclockid(ident))
            except OSError:
                continue  # the thread has just ended
            seconds, self._used[ident] = used - self._used.get(ident, 0.0), used
            if seconds > 0 and ident != self.ident:
                self._add(frame, seconds)

    def _add(self, frame: FrameType, seconds: float) -> None:
        names: list[str] = []
        part = None
        for code in _stack(frame):
            name, part_of_code = self._label(code)
            part = part or part_of_code
            names.append(name)
        self.parts[part or _REST] += seconds
        self.own[names[0]] += seconds
        for name in set(names):
            self.inclusive[name] += seconds

    def _label(self, code: CodeType) -> tuple[str, str | None]:
        """What a function is called in the report, and its part; None leaves the part to its caller."""
        known = self._labels.get(code)
        if known is None:
            file = code.co_filename
            part = next((part for piece, part in PARTS.items() if piece in file), None)
            known = self._labels[code] = f"{_short(file)}:{code.co_qualname}", part
        return known


def _stack(frame: FrameType | None) -> Iterator[CodeType]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def _short(file: str) -> str:
    for root in ("site-packages/", f"{PROJECT_ROOT}/", STANDARD_LIBRARY):
        file = file.rpartition(root)[2]
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("weeks", type=int, nargs="?", default=52)
    parser.add_argument("--export", action="store_true", help="orders come from a CSV file instead of being mock")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        profile(folder, asked.weeks, is_export=asked.export)
    finally:
        shutil.rmtree(folder)


def profile(folder: Path, weeks: int, *, is_export: bool) -> None:
    """Run `pizza run` in `folder` and print where its time went."""
    first, last = _with_export(folder, weeks) if is_export else (None, None)
    if not is_export:
        _use(folder, {"PIZZA_STORAGE": str(folder / "data")})
    sampler = Sampler()
    before, begun = _processor_seconds(), time.perf_counter()
    sampler.start()
    from pizza_assets.cli.collecting import run  # inside of what is measured: it imports nearly everything

    code = run(first, last, weeks)
    sampler.stop()
    elapsed, used = time.perf_counter() - begun, _processor_seconds() - before
    _report(sampler, elapsed, used)
    sys.exit(code)


def _with_export(folder: Path, weeks: int) -> tuple[date, date]:
    from pizza_assets_tests.bench_end_to_end import FIRST_WEEK, laid_out

    _, environ = laid_out(folder, weeks)
    _use(folder / "home", environ)
    last = FIRST_WEEK.shifted(weeks - 1)
    return FIRST_WEEK.starts_at.date(), (last.starts_at + timedelta(days=1)).date()


def _use(folder: Path, environ: dict[str, str]) -> None:
    """Continue as a process that was started in `folder` with these settings and no other ones."""
    folder.mkdir(exist_ok=True)
    for name in [name for name in os.environ if name.startswith(("PIZZA_", "DAGSTER_"))]:
        del os.environ[name]
    os.environ.update(environ)
    os.chdir(folder)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _report(sampler: Sampler, elapsed: float, used: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{elapsed:.1f} s, {used:.1f} s of processor time, at most {peak:.0f} MB\n")
    sampler.parts[_NATIVE] = used - sum(sampler.parts.values())
    for part, seconds in sampler.parts.most_common():
        print(f"  {part:<32}{seconds:7.2f} s {seconds / used:6.0%}")
    own = {name: seconds for name, seconds in sampler.inclusive.items() if name.startswith("pizza_assets/")}
    modules = {name: seconds for name, seconds in sampler.inclusive.items() if name.endswith(":<module>")}
    _list("of this project's functions, with everything called by them", own)
    _list("of modules being imported, with all that they import", modules)
    _list("of all functions by themselves", sampler.own)


def _list(title: str, seconds_of: Mapping[str, float]) -> None:
    print(f"\nseconds of processor time {title}:")
    for name, seconds in Counter(seconds_of).most_common(FUNCTIONS):
        print(f"{seconds:8.2f}  {name}")


if __name__ == "__main__":
    main()
