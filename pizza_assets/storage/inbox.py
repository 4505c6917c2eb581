"""An inbox in a bucket, mirrored to a local folder so that its files are read as from any folder.

The files' contents, and when they are read, do not belong here.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from filelock import FileLock

from pizza_assets.errors import ConfigurationError, StorageError
from pizza_assets.storage.s3_objects import Listed, S3Objects

COPIES = "files"
SEEN = "seen.json"


class BucketInbox:
    """The objects below a prefix, or a single object. bucket: without prefix. folder: for this inbox's copies only."""

    def __init__(self, bucket: S3Objects, place: str, folder: Path) -> None:
        self._bucket = bucket
        self._place = place
        self._folder = folder

    @property
    def name(self) -> str:
        """The inbox's address for messages."""
        return self._bucket.uri(self._place)

    def listing(self, pattern: str) -> dict[str, str]:
        """Name to ETag of the files that match the pattern, or of the single object. Raises StorageError."""
        return {name: one.etag for name, one in self._wanted(list(self._bucket.listing(self._place)), pattern).items()}

    def fetch(self, pattern: str) -> Path:
        """The folder with copies of all files that match the pattern, or the copy of the single object.

        Copies new and changed files only, and deletes the copies of removed ones. Raises StorageError naming the
        object, and ConfigurationError if nothing matches.
        """
        copies = self._folder / COPIES
        copies.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / ".lock"):
            found = list(self._bucket.listing(self._place))
            wanted = self._wanted(found, pattern)
            if not wanted:
                raise ConfigurationError(
                    f"no file in {self.name} matches {pattern}; put exports there, or set `files` in the mapping"
                )
            self._copy(copies, wanted)
        return copies / next(iter(wanted)) if self._single(found) else copies

    def _wanted(self, found: list[Listed], pattern: str) -> dict[str, Listed]:
        return self._single(found) or self._matching(found, pattern)

    def _single(self, found: list[Listed]) -> dict[str, Listed]:
        """The object at exactly this address, by name; empty if the address is a prefix."""
        return {PurePosixPath(self._place).name: one for one in found if one.key == self._place != ""}

    def _matching(self, found: list[Listed], pattern: str) -> dict[str, Listed]:
        """The files below the prefix by name. Raises StorageError for a key that would escape the local folder."""
        below = f"{self._place}/" if self._place else ""
        names = {one.key.removeprefix(below): one for one in found if one.key.startswith(below)}
        wanted = {name: one for name, one in names.items() if _is_file(name) and PurePosixPath(name).match(pattern)}
        for name, one in wanted.items():
            if PurePosixPath(name).as_posix() != name or name.startswith("/") or ".." in name.split("/"):
                raise StorageError(f"{self._bucket.uri(one.key)}: not usable as a file name; rename the object")
        return wanted

    def _copy(self, copies: Path, wanted: Mapping[str, Listed]) -> None:
        seen = self._seen()
        for path in (path for path in copies.rglob("*") if path.is_file()):
            if path.relative_to(copies).as_posix() not in wanted:
                path.unlink()
        for name, one in wanted.items():
            path = copies / name
            if seen.get(name) != one.etag or not path.is_file() or path.stat().st_size != one.byte_count:
                self._download(one, path)
        _replace(self._folder / SEEN, json.dumps({name: one.etag for name, one in wanted.items()}).encode())

    def _download(self, one: Listed, path: Path) -> None:
        """Download to a temporary file, then rename: a copy is always complete."""
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / "unfinished"
        with unfinished.open("wb+") as file:
            if not self._bucket.download(one.key, file):
                raise StorageError(f"{self._bucket.uri(one.key)}: was just deleted; run again")
        unfinished.replace(path)

    def _seen(self) -> dict[str, str]:
        try:
            return json.loads((self._folder / SEEN).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}


def _is_file(name: str) -> bool:
    """False for the empty objects that some tools write as folders."""
    return bool(name) and not name.endswith("/")


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
