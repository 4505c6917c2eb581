"""Fingerprints: short texts that are equal exactly if what they stand for is.

Which inputs go into an asset's fingerprint is decided in orchestration/freshness/week_inputs.py.
"""

import hashlib

import pandas as pd

from pizza_assets.storage.facts import Facts
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.tables import TableStore

ABSENT = "absent"


def fingerprint(*parts: str) -> str:
    """One fingerprint of several texts, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part};".encode())
    return digest.hexdigest()[:32]


def frame_fingerprint(frame: pd.DataFrame) -> str:
    """Of the columns, the rows and their order; the index does not count."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return fingerprint(*map(str, frame.columns), hashlib.sha256(rows.tobytes()).hexdigest())


def week_identity(tables: TableStore, asset: str, week: str) -> str:
    """Of what a reader of this week gets, or ABSENT."""
    facts = tables.week_facts(asset, week)
    return ABSENT if facts is None else version_of(facts)


def version_of(facts: Facts) -> str:
    """Of one stored object; files of an earlier release carry no checksum of their content."""
    return facts.content_sha256 or facts.sha256


def table_identity(tables: TableStore, asset: str) -> str:
    """Of a whole asset: of its table, or of all its weeks; ABSENT if nothing is stored."""
    if PLACES[asset].weekly:
        weeks = tables.weeks(asset)
        return fingerprint(*(f"{week} {week_identity(tables, asset, week)}" for week in weeks)) if weeks else ABSENT
    facts = tables.whole_facts(asset)
    return ABSENT if facts is None else facts.content_sha256


def whole_fingerprint(parameters: str, inputs: dict[str, str]) -> str:
    """Of what a table over all weeks is made of: parameters, and the identity of each input asset."""
    return fingerprint(parameters, *(f"{asset} {identity}" for asset, identity in sorted(inputs.items())))
