"""Kills writers, backfills, UI runs and imports at random moments and counts what is torn, duplicated or lost.

    python -m pizza_assets_tests.torture [--writer 100] [--backfill 30] [--ui 30] [--imports 20] [--seed 0] [--anew]
        [--folder PATH]

Run again, it resumes where it stopped, as long as the code is the same. Exit code 1 if anything was found.
"""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from pizza_assets_tests.torture.backfill import backfill_torture
from pizza_assets_tests.torture.cases import Case, Journal, Outcome, code_digest, table
from pizza_assets_tests.torture.imports import import_torture
from pizza_assets_tests.torture.ui import ui_torture
from pizza_assets_tests.torture.writer import writer_torture

Torture = Callable[[Path], AbstractContextManager[Callable[[Case], Outcome]]]

KINDS: dict[str, tuple[Torture, int]] = {
    "writer": (writer_torture, 100),
    "backfill": (backfill_torture, 30),
    "ui": (ui_torture, 30),
    "imports": (import_torture, 20),
}
"""How each kind is tried, and how many cases of it by default."""


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on the way out, as after Ctrl-C
    options = _options()
    folder = options.folder.resolve()
    if options.anew:
        shutil.rmtree(folder, ignore_errors=True)
    journal = Journal(folder / "results.jsonl", code_digest())
    cases = {kind: [Case(options.seed, kind, number) for number in range(getattr(options, kind))] for kind in KINDS}
    for kind, (torture, _) in KINDS.items():
        untried = [case for case in cases[kind] if journal.outcome(case) is None]
        if untried:
            print(f"{kind}: {len(untried)} of {len(cases[kind])} cases to try", flush=True)
            with torture(folder / kind) as attempt:
                for case in untried:
                    journal.add(case, _timed(attempt, case))
    outcomes = [
        (case, outcome) for kind in KINDS for case in cases[kind] if (outcome := journal.outcome(case)) is not None
    ]
    print(table(outcomes, list(KINDS)))
    return 1 if any(outcome.findings for _, outcome in outcomes) else 0


def _timed(attempt: Callable[[Case], Outcome], case: Case) -> Outcome:
    begun = time.monotonic()
    outcome = attempt(case)
    outcome.seconds = round(time.monotonic() - begun, 1)
    print(f"{case}: {outcome.how}: {outcome.reads:,} reads, {outcome.seconds} s", flush=True)
    for finding in outcome.findings:
        print(f"    {finding.what}: {finding.detail}", flush=True)
    return outcome


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__.splitlines()[0] if __doc__ else None)
    for kind, (_, count) in KINDS.items():
        parser.add_argument(f"--{kind}", type=int, default=count, metavar="N", help=f"cases of this kind ({count})")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="everything random follows from it (0)")
    parser.add_argument(
        "--folder", type=Path, default=Path(".torture"), metavar="PATH", help="where it works (.torture)"
    )
    parser.add_argument("--anew", action="store_true", help="forget earlier outcomes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
