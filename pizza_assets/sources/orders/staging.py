"""Local folders of parsed order files, by match week.

A staging is a folder named by the fingerprint of its inputs. It is built in a temporary folder beside its final place,
its marker is written last, and then it is renamed: a partial one is never used. Its content does not belong here.
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
"""How many stagings of one source are kept: the current and the previous one, which another process may be reading."""


class Staging:
    """The stagings under `folder`, which is created when first needed."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def path(self, source: str, fingerprint: str) -> Path:
        """The path of the staging of `source` (a short text of letters and digits) with this fingerprint."""
        return self.folder / f"{source}-{fingerprint}"

    def facts(self, source: str, fingerprint: str) -> dict[str, Any] | None:
        """The facts in the marker; None if there is no complete staging."""
        try:
            return json.loads((self.path(source, fingerprint) / MARKER).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def kept_facts(self, source: str) -> list[dict[str, Any]]:
        """The facts of all complete stagings of `source`, including the current one."""
        markers = sorted(self.folder.glob(f"{source}-*/{MARKER}"))
        return [json.loads(marker.read_text(encoding="utf-8")) for marker in markers]

    def build(self, source: str, fingerprint: str, fill: Callable[[Path], dict[str, Any]]) -> dict[str, Any]:
        """Let `fill` write to an empty folder and return its facts (JSON values); then move the folder into place.

        If another process was faster, its equal staging is kept. If `fill` raises, nothing is left behind.
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
        """Remove all but the newest stagings of `source`, and unfinished ones of dead processes."""
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
