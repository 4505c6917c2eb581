"""Numbered cases and what they found, kept line by line, so that a stopped torture goes on where it stopped.

How something is killed or checked does not belong here.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

PROJECT_ROOT = Path(__file__).parents[2]

TORN = "torn reads"
MIXED = "mixed weeks"
HANG = "hangs"
DIFFERENCE = "byte differences"
LEFTOVER = "leftovers"
FAILED = "failed reruns"
STUCK = "stuck runs"
WHATS = (TORN, MIXED, HANG, DIFFERENCE, LEFTOVER, FAILED, STUCK)
"""Everything that may be found; each must be 0."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be."""

    what: str
    detail: str


@dataclass(frozen=True)
class Case:
    """One kill. Everything about it follows from its seed, kind and number."""

    seed: int
    kind: str
    number: int

    def random(self) -> Random:
        return Random(f"{self.seed}/{self.kind}/{self.number}")

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


@dataclass
class Outcome:
    """What became of a case. `how`: what was killed and when."""

    how: str = ""
    reads: int = 0
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)


class Journal:
    """The outcomes in `path`, one JSON object a line; those of other code than `code` are left alone."""

    def __init__(self, path: Path, code: str) -> None:
        self._path, self._code = path, code
        self._outcomes: dict[Case, Outcome] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            self._remember(line)
        if text and not text.endswith("\n"):  # the torture itself was killed while it wrote this line
            self._append("\n")

    def outcome(self, case: Case) -> Outcome | None:
        """What was found earlier, or None if the case is still to be tried."""
        return self._outcomes.get(case)

    def add(self, case: Case, outcome: Outcome) -> None:
        """Keep an outcome; it is on the disk when this returns."""
        self._outcomes[case] = outcome
        self._append(json.dumps({"code": self._code, **asdict(case), **asdict(outcome)}) + "\n")

    def _remember(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError:
            return
        if entry.pop("code") == self._code:
            case = Case(*(entry.pop(name) for name in ("seed", "kind", "number")))
            findings = [Finding(**finding) for finding in entry.pop("findings")]
            self._outcomes[case] = Outcome(**entry, findings=findings)

    def _append(self, text: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def code_digest() -> str:
    """Of the product and of the torture: an outcome says nothing about other code."""
    digest = hashlib.sha256()
    for folder in (PROJECT_ROOT / "pizza_assets", Path(__file__).parent):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def table(outcomes: Iterable[tuple[Case, Outcome]], kinds: Sequence[str]) -> str:
    """How often each thing was found, by kind."""
    found = list(outcomes)
    lines = [["", "cases", "reads", *WHATS]]
    for kind in kinds:
        own = [outcome for case, outcome in found if case.kind == kind]
        whats = [finding.what for outcome in own for finding in outcome.findings]
        counts = [len(own), sum(outcome.reads for outcome in own), *(whats.count(what) for what in WHATS)]
        lines.append([kind, *(f"{count:,}" for count in counts)])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
