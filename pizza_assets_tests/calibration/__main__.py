"""`make calibrate`: simulate years, score the analyses, print and write the report. Resumes where it was stopped."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from pizza_assets_tests.calibration.calendars import SEASONS, season
from pizza_assets_tests.calibration.report import COLUMNS, as_markdown, summarised
from pizza_assets_tests.calibration.trials import PARTS, Trial, run
from pizza_assets_tests.calibration.worlds import KINDS

YEARS = {
    "null": 700,
    "planted": 150,
    "kick_off": 150,
    "outcomes": 100,
    "shared": 100,
    "anomalies": 100,
    "goals": 100,
    "results": 100,
    "forecast": 36,
    "one_shop": 75,
    "everything": 400,
    "diagnosed": 112,
    "few_controls": 100,
    "two_shops": 60,
    "seasons": 400,
}
"""Years per world; each null year gives three nearly independent tests."""
_USUAL_FOLDER = Path(__file__).parents[3] / "shared" / "data" / "openfootball"


def main() -> int:
    """Run the requested trials. Exit code 0 when all of them have been measured."""
    arguments = _arguments()
    if not arguments.calendars.is_dir():
        print(
            f"{arguments.calendars} is no folder: give one with openfootball's files of the Premier League, "
            "for example a copy of github.com/openfootball/football.json (--calendars FOLDER)",
            file=sys.stderr,
        )
        return 2
    seed = secrets.randbits(32) if arguments.fresh else arguments.seed
    store = arguments.results / f"calibration-{seed}.jsonl"
    store.parent.mkdir(parents=True, exist_ok=True)
    done = _done(store)
    trials = [trial for trial in _trials(arguments) if _name(trial) not in done]
    jobs = [(trial, seed, arguments.calendars) for trial in trials]
    with ProcessPoolExecutor(arguments.jobs) as pool, store.open("a") as file:
        for number, (name, records) in enumerate(pool.map(_run, jobs), start=1):
            file.write(json.dumps({"trial": name, "records": records}) + "\n")
            file.flush()
            print(f"\r{number} of {len(jobs)} years", end="", file=sys.stderr, flush=True)
    report = as_markdown(summarised(_records(store)), {"seed": seed, "calendars": ", ".join(SEASONS)})
    (arguments.results / f"calibration-{seed}.md").write_text(report)
    print(f"\n{report}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calendars", type=Path, default=Path(os.environ.get("PIZZA_SHARED_DATA", _USUAL_FOLDER)))
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--world", action="append", choices=[kind.name for kind in KINDS], help="only this world")
    parser.add_argument("--years", type=int, help="years per world and part, instead of the usual")
    parser.add_argument("--seed", type=int, default=1, help="of the report; other seeds are other years")
    parser.add_argument("--fresh", action="store_true", help="a seed that nobody has seen")
    parser.add_argument("--results", type=Path, default=Path("build"), help="where years and report are kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _trials(arguments: argparse.Namespace) -> Iterator[Trial]:
    for part in arguments.part or PARTS:
        for year in range(arguments.years or YEARS[part]):
            for kind in KINDS:
                if kind.name in (arguments.world or [kind.name]):
                    yield Trial(part, kind, year)


def _name(trial: Trial) -> str:
    return f"{trial.part}|{trial.kind.name}|{trial.year}"


def _run(job: tuple[Trial, int, Path]) -> tuple[str, list]:
    trial, seed, folder = job
    rng = np.random.default_rng([seed, PARTS.index(trial.part), KINDS.index(trial.kind), trial.year])
    calendar = season(folder, SEASONS[trial.year % len(SEASONS)])
    return _name(trial), list(run(trial, rng, calendar))


def _done(store: Path) -> set[str]:
    return {line["trial"] for line in _lines(store)}


def _lines(store: Path) -> Iterator[dict]:
    if store.exists():
        # an interrupted run may truncate the last line; its year is simulated again
        for line in store.read_text().splitlines():
            if line.endswith("}"):
                yield json.loads(line)


def _records(store: Path) -> pd.DataFrame:
    rows = []
    for line in _lines(store):
        _, world, year = line["trial"].split("|")
        rows += [(world, int(year), *record) for record in line["records"]]
    return pd.DataFrame(rows, columns=COLUMNS)


if __name__ == "__main__":
    sys.exit(main())
