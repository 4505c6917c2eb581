"""Local folders in which parsed order files wait, by match week, until a week is asked for.

A staging is a folder named by the fingerprint of everything it was made from. It is built beside its final place, its
marker is written last, and then it is renamed: a half-written one is never used. What is inside, and how it is made
from files, does not belong here.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

MARKER = "staged.json"
KEPT = 2
"""How many stagings of one source stay: the current one and the one before, which another process may still read."""


class Staging:
    """The stagings under `folder`, which is made when first needed."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, source: str, fingerprint: str) -> Path:
        """Where the staging of `source` (a short text of letters and digits) with this fingerprint is or will be."""
        return self.folder / f"{source}-{fingerprint}"

    def facts(self, source: str, fingerprint: str) -> dict[str, Any] | None:
        """The marker's content, or None if there is no complete staging."""
        try:
            return json.loads((self.path(source, fingerprint) / MARKER).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def kept_facts(self, source: str) -> list[dict[str, Any]]:
        """The facts of all complete stagings of `source`, the current one included."""
        markers = sorted(self.folder.glob(f"{source}-*/{MARKER}"))
        return [json.loads(marker.read_text(encoding="utf-8")) for marker in markers]

    def build(self, source: str, fingerprint: str, fill: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        """Let `fill` write into an empty folder and return its facts (JSON values); then put it in place.

        If another process was faster, its equal staging stays. An error of `fill` leaves nothing behind.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{source}-building-{os.getpid()}-", dir=self.folder))
        try:
            facts = fill(building)
            _write_durably(building / MARKER, json.dumps(facts, sort_keys=True))
            self._put_in_place(building, self.path(source, fingerprint))
        finally:
            shutil.rmtree(building, ignore_errors=True)
        self._sweep(source, fingerprint)
        return facts

    def _put_in_place(self, building: Path, final: Path) -> None:
        if final.exists() and not (final / MARKER).exists():
            shutil.rmtree(final)
        try:
            building.rename(final)
        except OSError:
            if not (final / MARKER).exists():
                raise

    def _sweep(self, source: str, fingerprint: str) -> None:
        """Remove all but the newest stagings of `source`, and what dead processes left unfinished."""
        current = self.path(source, fingerprint)
        others = [path for path in self.folder.glob(f"{source}-*") if path != current]
        oldest_kept = min([current.stat().st_mtime, *self._modified(others)[: KEPT - 1]])
        for path in others:
            if path.stat().st_mtime < oldest_kept:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.folder.glob(f".{source}-building-*"):
            if not psutil.pid_exists(int(path.name.split("-")[2])):
                shutil.rmtree(path, ignore_errors=True)

    @staticmethod
    def _modified(paths: list[Path]) -> list[float]:
        return sorted((path.stat().st_mtime for path in paths), reverse=True)


def _write_durably(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
