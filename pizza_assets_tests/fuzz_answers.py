"""`python -m pizza_assets_tests.fuzz_answers [ANSWERS] [FIRST SEED]`: fuzzed answers x each remote source.

Prints how many ended in rows or in which named error, and every seed that ended otherwise; exit code 1 if any did.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from pizza_assets_tests.support.fuzzed_answers import Fuzzed, outcome, running
from pizza_assets_tests.support.fuzzed_services import SERVICES


def main() -> int:
    answers = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    wrong = 0
    for service in SERVICES:
        counts: Counter[str] = Counter()
        with running() as server:
            for seed in range(first, first + answers):
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        counts[outcome(server, Fuzzed(seed, service), Path(folder))] += 1
                    except Exception as error:  # noqa: BLE001 - what escapes is what is looked for
                        wrong += 1
                        print(f"{service.name}, seed {seed}: {type(error).__name__}: {str(error)[:300]}")
        print(
            f"{service.name}: {answers} answers; "
            + ", ".join(f"{count} {what}" for what, count in counts.most_common())
        )
    print(f"{wrong} ended otherwise")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
