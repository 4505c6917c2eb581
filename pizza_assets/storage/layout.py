"""The key of every stored object, built from the places of the tables (models/place.py).

Opening, reading and writing objects does not belong here.
"""

from dataclasses import replace

from pizza_assets.models import TABLES
from pizza_assets.models.place import EXTRACT, Place
from pizza_assets.models.vocabulary import DataSource

_TABLE_PLACES = {name: place for name, model in TABLES.items() if (place := model.place()) is not None}

PLACES: dict[str, Place] = {
    **_TABLE_PLACES,
    # fills weeks of raw_orders that no real source covers
    "mock_orders": replace(_TABLE_PLACES["raw_orders"], labels=(DataSource.MOCK.value,)),
    "dashboard_page": replace(EXTRACT, table="dashboard", suffix="html"),
    "match_calendar": replace(EXTRACT, table="coming_matches", suffix="ics"),
    "quicksight_manifest": Place("quicksight-ready/metadata", weekly=False, suffix="json", table="data-dictionary"),
}
"""Every stored asset by name: the tables, files that are not tables, and assets that write another one's table."""

CODE_VERSIONS: dict[str, str] = {
    **dict.fromkeys(PLACES, "1"),
    **{name: TABLES[name].code_version() for name in _TABLE_PLACES},
}
"""The code version of every asset; a week stored under another one is stale (orchestration/freshness/staleness.py)."""


def week_prefixes(asset: str, label: str | None = None) -> list[str]:
    """The folders that may hold an asset's weeks, the one for new weeks last; a labelled asset has its own per label.

    A week in the folder of earlier releases counts before one in the other, and goes when the week is written. So a
    write that was killed in between did not happen, and what an earlier release wrote after a return to it is read.
    """
    place = PLACES[asset]
    if place.labelled != (label is not None):
        raise ValueError(f"{asset}: {'needs a label' if place.labelled else 'is not split by label'}")
    folders = dict.fromkeys((place.prefix, place.weeks_prefix))
    return [f"{folder}/{label}" if label else folder for folder in folders]


def week_keys(asset: str, week: str, label: str | None = None) -> list[str]:
    """The objects that may hold one week of an asset, in the order in which they count (see `week_prefixes`)."""
    place = PLACES[asset]
    return [f"{prefix}/week={week}/{place.table}.{place.suffix}" for prefix in week_prefixes(asset, label)]


def week_key(asset: str, week: str, label: str | None = None) -> str:
    """The object in which one week of an asset is stored."""
    return week_keys(asset, week, label)[-1]


def week_claim(asset: str, week: str) -> str:
    """The claim that a writer of the week must hold: the same for all assets that write one dataset."""
    return f"{PLACES[asset].prefix}/week={week}"


def rejected_key(asset: str, week: str) -> str:
    """The object that holds the refused rows of one week of a raw asset."""
    place = PLACES[asset]
    return f"{place.prefix}/rejected/week={week}/{place.table}.{place.suffix}"


def whole_key(asset: str) -> str:
    """The object that holds an asset over all weeks."""
    place = PLACES[asset]
    return f"{place.prefix}/{place.table}.{place.suffix}"


def member_key(asset: str, name: str) -> str:
    """One file of an asset that consists of several files."""
    return f"{PLACES[asset].prefix}/{name}"


def facts_key(key: str) -> str:
    """The JSON file next to an object with its source, time of collection and checksum.

    Engines that read a folder of tables skip names that begin with an underscore.
    """
    folder, slash, name = key.rpartition("/")
    return f"{folder}{slash}_{name.rsplit('.', 1)[0]}.facts.json"


def old_facts_key(key: str) -> str:
    """Where earlier releases store the facts of an object: read if the others are of another object, and removed by its
    next write. An object that is never written again keeps them there."""
    return f"{key.rsplit('.', 1)[0]}.facts.json"


def week_of(key: str) -> str:
    """The week in a weekly object's key."""
    return key.split("/week=", 1)[1].split("/", 1)[0]
