"""Reads everything that is stored and compares it with its checksums."""

import hashlib

from pizza_assets.errors import StorageError
from pizza_assets.models import TABLES, RejectedRows
from pizza_assets.storage.facts import read_facts
from pizza_assets.storage.frames import read_parquet
from pizza_assets.storage.layout import facts_key, old_facts_key
from pizza_assets.storage.object_store import ObjectStore

_OTHERS = ("staging/", "inbox/")
"""Other contents of a storage folder: parsed and copied exports."""


def damages(store: ObjectStore) -> list[str]:
    """A message per damaged object; an empty list if there is none."""
    found = []
    for key in store.keys(""):
        try:
            wrong = _wrong(store, key)
        except StorageError as error:
            wrong = str(error)
        if wrong is not None:
            found.append(wrong)
    return found


def _wrong(store: ObjectStore, key: str) -> str | None:
    if key.endswith(".parquet") and not key.startswith(_OTHERS):
        table = key.rsplit("/", 1)[1].removesuffix(".parquet")
        model = RejectedRows if "/rejected/" in key else TABLES[table]
        read_parquet(store, key, model)
    elif not (store.exists(facts_key(key)) or store.exists(old_facts_key(key))):
        return None  # no facts: not ours, or an auxiliary file
    facts = read_facts(store, key)
    content = store.read(key)
    if facts is None or content is None or hashlib.sha256(content).hexdigest() == facts.sha256:
        return None
    return f"{store.uri(key)}: damaged, its bytes do not match the checksum; run its week or the analysis again"
