"""`python -m pizza_assets_tests.fuzz [TRIALS] [FIRST SEED] [KIND ...]`: settings, TOML, stored weeks, exports.

Prints what came of the trials of each kind, and every seed that did not end in a success or a named error; exit code 1
if there is one. To resume, give the first seed that was not tried as FIRST SEED. Exports need PIZZA_SHARED_DATA, a
folder with the directory `exports`; without it they are left out, and the output says so.
"""

import os
import sys
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import dagster as dg

from pizza_assets_tests.support import fuzzed_inputs
from pizza_assets_tests.support.fuzzed_inputs import Trial
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline


def main() -> int:
    numbers = [int(text) for text in sys.argv[1:3]]
    count, first = (*numbers, *(1_000, 0)[len(numbers) :])
    wrong = 0
    with tempfile.TemporaryDirectory() as home:
        for kind, trial in _trials(Path(home), set(sys.argv[3:])).items():
            wrong += _tried(kind, trial, range(first, first + count))
    print(f"{wrong} ended otherwise")
    return 1 if wrong else 0


def _trials(home: Path, wanted: set[str]) -> dict[str, Trial]:
    trials: dict[str, Trial] = {
        "settings": fuzzed_inputs.settings,
        "markets": fuzzed_inputs.markets,
        "mapping": fuzzed_inputs.mapping,
    }
    if not wanted or "stored" in wanted:
        stored = home / "stored"
        with dg.DagsterInstance.ephemeral() as instance:
            Pipeline(stored).collect(instance, WEEKS[:1])
        trials["stored"] = partial(fuzzed_inputs.stored_week, stored=stored)
    shared = os.environ.get("PIZZA_SHARED_DATA")
    if shared:
        trials["exports"] = partial(fuzzed_inputs.order_file, exports=Path(shared) / "exports")
    else:
        print("exports: left out, because PIZZA_SHARED_DATA is not set")
    return {kind: trial for kind, trial in trials.items() if not wanted or kind in wanted}


def _tried(kind: str, trial: Trial, seeds: range) -> int:
    counts: Counter[str] = Counter()
    wrong = 0
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            try:
                counts[trial(seed, Path(folder))] += 1
            except Exception as error:  # noqa: BLE001 - what escapes is what is looked for
                wrong += 1
                print(f"{kind}, seed {seed}: {type(error).__name__}: {str(error)[:300]!a}", flush=True)
    print(f"{kind}: {len(seeds)} trials; " + ", ".join(f"{n} {what}" for what, n in counts.most_common()), flush=True)
    return wrong


if __name__ == "__main__":
    raise SystemExit(main())
