"""Restoring a stored week from an earlier moment, where the bucket keeps versions. A folder has no history.

Staleness does not belong here: a week is restored as it was, stale or not.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pizza_assets.command_name import typed
from pizza_assets.errors import StorageError
from pizza_assets.models import RejectedRows
from pizza_assets.storage import frames, layout
from pizza_assets.storage.facts import Facts, delete_with_facts, facts_in
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets.storage.s3_objects import S3Objects, Version
from pizza_assets.storage.tables import model_of
from pizza_assets.storage.week_writer import publish

NO_HISTORY = (
    "keeps no history, so nothing can be restored; keep tables in a bucket with versioning "
    "(aws s3api put-bucket-versioning --bucket NAME --versioning-configuration Status=Enabled)"
)


@dataclass(frozen=True)
class Restored:
    """What was done with one object of the week."""

    uri: str
    what: str


class WeekHistory:
    """All versions of one match week's objects, across all weekly assets. Raises StorageError where none are kept."""

    def __init__(self, store: ObjectStore, week: str) -> None:
        if not isinstance(store, S3Bucket) or not store.objects.keeps_versions():
            raise StorageError(f"{store.uri('')} {NO_HISTORY}")
        self._store = store
        self._week = week
        self._objects: S3Objects = store.objects
        self._versions: dict[str, list[Version]] = {}
        facts = {place(key) for key in _keys(week) for place in (layout.facts_key, layout.old_facts_key)}
        for key in {*_keys(week), *facts}:
            # the newest is listed first, and times are whole seconds
            found = [version for version in reversed(self._objects.versions(key)) if version.key == key]
            if found:
                self._versions[key] = sorted(found, key=lambda version: version.at)

    def moments(self) -> list[tuple[datetime, str]]:
        """Each write and deletion with its time, oldest first."""
        return sorted(
            (version.at, f"{'removed' if version.is_deletion else 'written'} {self._store.uri(key)}")
            for key, versions in self._versions.items()
            for version in versions
            if key in _keys(self._week)
        )

    def restore(self, before: datetime) -> list[Restored]:
        """Restore every object of the week as it was just before that moment, dataset by dataset.

        Objects that did not exist then are removed (they stay in the history). Raises StorageError, with the dataset
        untouched, if a version is gone or can't be read by this release.
        """
        if not any(version.at < before for versions in self._versions.values() for version in versions):
            raise StorageError(
                f"{self._store.uri('')}: no object of week {self._week} is older than "
                f"{before.isoformat(sep=' ', timespec='seconds')}; `{typed('restore')} {self._week}` lists the "
                "versions"
            )
        restored: list[Restored] = []
        for claim, keys in _datasets(self._week).items():
            with self._store.claiming(claim) as held:
                wanted = {key: self._at(key, before) for key in keys if key in self._versions}
                held.confirm()
                restored += [self._bring_back(key, found) for key, found in wanted.items()]
        return restored

    def _at(self, key: str, before: datetime) -> tuple[bytes, Facts | None] | None:
        """The object's bytes and facts at that moment, or None if there was none."""
        content = self._content(key, before)
        if content is None:
            return None
        checksum = self._checked(key, content)
        for place in (layout.facts_key(key), layout.old_facts_key(key)):
            known = self._content(place, before)
            for found in facts_in(self._store.uri(place), known) if known is not None else []:
                if found.content_sha256 == checksum:
                    return content, found
        return content, None

    def _content(self, key: str, before: datetime) -> bytes | None:
        earlier = [version for version in self._versions.get(key, ()) if version.at < before]
        if not earlier or earlier[-1].is_deletion:
            return None
        content = self._objects.read_version(key, earlier[-1].version_id)
        if content is None:
            raise StorageError(f"{self._store.uri(key)}: the version of {earlier[-1].at} was deleted; choose another")
        return content

    def _checked(self, key: str, content: bytes) -> str:
        model = RejectedRows if key in _rejected(self._week) else model_of(_assets(self._week)[key])
        frames.table_of(self._store.uri(key), content, model)
        return frames.content_checksum(content)

    def _bring_back(self, key: str, found: tuple[bytes, Facts | None] | None) -> Restored:
        uri = self._store.uri(key)
        if found is None:
            if not self._store.exists(key):
                return Restored(uri, "absent, as it was")
            delete_with_facts(self._store, key)
            return Restored(uri, "removed: it was not there then")
        content, facts = found
        if self._store.read(key) == content:
            return Restored(uri, "unchanged since")
        if facts is None:
            frames.write_bytes(self._store, key, content)
        else:
            publish(self._store, key, io.BytesIO(content), facts)
        return Restored(uri, "restored")


def _assets(week: str) -> Mapping[str, str]:
    """Every key that may hold a table of the week, and its asset."""
    return {
        key: asset
        for asset, place in layout.PLACES.items()
        if place.weekly
        for label in place.labels or (None,)
        for key in layout.week_keys(asset, week, label)
    }


def _rejected(week: str) -> set[str]:
    return {layout.rejected_key(asset, week) for asset, place in layout.PLACES.items() if place.weekly and place.labels}


def _keys(week: str) -> set[str]:
    return {*_assets(week), *_rejected(week)}


def _datasets(week: str) -> dict[str, Iterable[str]]:
    """The keys that each claim protects."""
    datasets: dict[str, set[str]] = {}
    for key, asset in _assets(week).items():
        keys = datasets.setdefault(layout.week_claim(asset, week), set())
        keys.add(key)
        if layout.PLACES[asset].labels:
            keys.add(layout.rejected_key(asset, week))
    return {claim: sorted(keys) for claim, keys in sorted(datasets.items())}
