"""How near to the allowed rate 8 processes come together, and that the server never sees more. `make bench-limits`."""

import tempfile
from pathlib import Path

from pizza_assets_tests.support.limit_trial import Trial, trial


def main() -> None:
    print("8 processes, 10 requests per window\n")
    for name, window, each, refused in (
        ("windows of 2 s", 2.0, 6, 0),
        ("windows of 10 s", 10.0, 5, 0),
        ("windows of 5 s, one refusal", 5.0, 5, 15),
    ):
        with tempfile.TemporaryDirectory() as folder:
            print(_line(name, trial(Path(folder), 8, 10, window, each, refused, wait=4.0)))


def _line(name: str, seen: Trial) -> str:
    return (
        f"{name:30} {seen.requests} requests, at most {seen.most_in_a_window} in any window, {seen.early} early, "
        f"{seen.seconds:.1f} s: {seen.seconds / seen.ideal:.2f} x the ideal"
    )


if __name__ == "__main__":
    main()
