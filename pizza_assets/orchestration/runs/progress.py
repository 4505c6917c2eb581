"""Shows the progress of a run: a bar on a terminal, plain lines otherwise."""

from collections.abc import Collection
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from pizza_assets.counted_noun import counted_noun
from pizza_assets.storage.layout import PLACES


class Progress:
    """Counts the stored tables of these assets; a context manager around a run over `weeks` weeks."""

    def __init__(self, weeks: int, stream: TextIO, assets: Collection[str]) -> None:
        self._stream = stream
        self._weeks = weeks
        self._assets = assets
        self._counts: dict[str, int] = {}
        self._seen: set[tuple[str, str | None]] = set()
        self._bar = None
        if stream.isatty():
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Bar(*columns, console=Console(file=stream))
            tables = sum(weeks if PLACES[asset].weekly else 1 for asset in assets)
            self._task = self._bar.add_task("starting", total=tables)

    def __enter__(self) -> "Progress":
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stored(self, asset: str, week: str | None) -> None:
        """Count a stored table: a week's, or one over all weeks (week None). A repeated one counts once."""
        if asset not in self._assets or (asset, week) in self._seen:
            return
        self._seen.add((asset, week))
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=f"{asset} {week or ''}")
            return
        self._counts[asset] = self._counts.get(asset, 0) + 1
        if week is None:
            print(f"{asset}: done", file=self._stream, flush=True)
        elif self._counts[asset] in {self._weeks, max(1, self._weeks // 2)}:
            weeks = counted_noun(self._weeks, "week", "weeks")
            print(f"{asset}: {self._counts[asset]} of {weeks}", file=self._stream, flush=True)
