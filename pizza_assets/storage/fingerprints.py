"""Fingerprints: short texts that are equal exactly if their inputs are.

Which inputs go into an asset's fingerprint is decided in orchestration/freshness/week_inputs.py.
"""

import hashlib

import pandas as pd

from pizza_assets.storage.facts import Facts
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.tables import TableStore

ABSENT = "absent"


def fingerprint(*parts: str) -> str:
    """The fingerprint of several texts; their order counts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part};".encode())
    return digest.hexdigest()[:32]


def frame_fingerprint(frame: pd.DataFrame) -> str:
    """The fingerprint of a frame's columns, rows and row order, without its index."""
    rows = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return fingerprint(*map(str, frame.columns), hashlib.sha256(rows.tobytes()).hexdigest())


def week_identity(tables: TableStore, asset: str, week: str) -> str:
    """The version of the stored week that a reader gets, or ABSENT."""
    facts = tables.week_facts(asset, week)
    return ABSENT if facts is None else version_of(facts)


def version_of(facts: Facts) -> str:
    """The version of one stored object; files of early releases carry no content checksum."""
    return facts.content_sha256 or facts.sha256


def table_identity(tables: TableStore, asset: str) -> str:
    """The version of a whole asset: of its table or of all its weeks; ABSENT if nothing is stored."""
    if PLACES[asset].weekly:
        weeks = tables.weeks(asset)
        return fingerprint(*(f"{week} {week_identity(tables, asset, week)}" for week in weeks)) if weeks else ABSENT
    facts = tables.whole_facts(asset)
    return ABSENT if facts is None else facts.content_sha256


def whole_fingerprint(parameters: str, inputs: dict[str, str]) -> str:
    """The input fingerprint of a table over all weeks: parameters and the version of each input asset."""
    return fingerprint(parameters, *(f"{asset} {identity}" for asset, identity in sorted(inputs.items())))
