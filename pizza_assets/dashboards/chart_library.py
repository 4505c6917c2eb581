"""The chart library of the page, kept on disk once it was bundled: bundling starts V8, for 2 s and 150 MB of memory.

The file is used only if its checksum is the one in this module, so nothing that anybody else wrote is ever put into a
page (decision 0052).
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

SHA256 = "3425bd951a44d478d0505c6b5d1e8d57656b6e9a4da7bfe88a718ce61d76e572"
"""Of the bundle of vl-convert 1.9.0. Another release's bundle is used, too, but made by every process that needs it."""


@cache
def chart_library() -> str:
    """The script that draws charts."""
    place = _place()
    kept = None if place is None else _kept(place)
    if kept is not None:
        return kept
    import vl_convert

    made = vl_convert.javascript_bundle()  # pyright: ignore[reportCallIssue] - its stub demands what may be left out
    content = made.encode()
    if place is not None and _is_right(content):
        with suppress(OSError):  # a full disk or a read-only home: then the next process bundles it again
            _keep(place, content)
    return made


def _place() -> Path | None:
    """Where the bundle is kept: in the user's folder for caches; None without a home."""
    folder = os.environ.get("XDG_CACHE_HOME", "")
    try:
        root = Path(folder) if Path(folder).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return root / "pizza_assets" / f"chart-library-{SHA256[:16]}.js"


def _kept(place: Path) -> str | None:
    """The bundle, or None if none is kept, it can't be read or it is not the right one."""
    try:
        content = place.read_bytes()
    except OSError:
        return None
    return content.decode() if _is_right(content) else None


def _is_right(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == SHA256


def _keep(place: Path, content: bytes) -> None:
    """Write a file of its own, then rename it: a reader sees the whole bundle or none."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".writing-", delete=False) as file:
        try:
            file.write(content)
            file.close()
            Path(file.name).replace(place)
        finally:
            Path(file.name).unlink(missing_ok=True)
