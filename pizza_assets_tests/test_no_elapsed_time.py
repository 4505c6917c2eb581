"""No test asserts how long something took: it would fail on a busy machine and prove nothing on a fast one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

TESTS = Path(__file__).parent
STOPWATCHES = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "time", "time_ns"}


def timed_assertions(code: str) -> list[int]:
    """Lines of the assertions on a reading of a real clock, or on a name that was assigned something made of one."""
    functions = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    return sorted({line for function in functions for line in _timed_lines(function)})


def _timed_lines(function: ast.FunctionDef) -> Iterator[int]:
    timed: set[str] = set()
    assignments = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    for assignment in sorted(assignments, key=lambda node: node.lineno):
        if _is_timed(assignment.value, timed):
            timed |= {
                name.id for target in assignment.targets for name in ast.walk(target) if isinstance(name, ast.Name)
            }
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and _is_timed(node.test, timed):
            yield node.lineno


def _is_timed(expression: ast.expr, timed: set[str]) -> bool:
    return any(
        (isinstance(node, ast.Call) and _is_stopwatch(node.func)) or (isinstance(node, ast.Name) and node.id in timed)
        for node in ast.walk(expression)
    )


def _is_stopwatch(function: ast.expr) -> bool:
    """A function of the module `time`; a test's own clock, such as `clock.time()`, is none."""
    if isinstance(function, ast.Attribute):
        return function.attr in STOPWATCHES and isinstance(function.value, ast.Name) and function.value.id == "time"
    return isinstance(function, ast.Name) and function.id in STOPWATCHES - {"time"}


def test_no_test_asserts_elapsed_time() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{line}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for line in timed_assertions(path.read_text(encoding="utf-8"))
    ]
    assert not found, "assert on counted calls, on an injected clock or on the order of events instead"


def test_no_example_has_a_deadline() -> None:
    assert hypothesis.settings().deadline is None
    assert hypothesis.HealthCheck.too_slow in hypothesis.settings().suppress_health_check


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("def test():\n began = time.monotonic()\n work()\n assert time.monotonic() - began < 5", [4]),
        ("def test():\n began = perf_counter()\n took = round(perf_counter() - began)\n assert took < 5", [4]),
        ("def test():\n ends_at = time.monotonic() + 9\n while time.monotonic() < ends_at: pass\n assert done", []),
        ("def test(clock):\n began = clock.time()\n assert clock.time() - began == 5", []),
        ("def test(time):\n began = time.now\n assert time.now == began", []),
    ],
)
def test_the_rule_knows_real_clocks_from_injected_ones(code: str, lines: list[int]) -> None:
    assert timed_assertions(code) == lines
