"""Where a table lies: the only module that knows key prefixes. Keys are the same on a local disk and in a bucket.

Building whole keys from these prefixes belongs to storage/layout.py.
"""

from dataclasses import dataclass

from pizza_assets.models.vocabulary import DataSource

LABELS = (DataSource.REAL.value, DataSource.MOCK.value)


@dataclass(frozen=True)
class Place:
    """Where one table lies, one object per week or one over all weeks, and its file format (`suffix`).

    A table with `labels` keeps each of them under a prefix of its own, in the order in which a reader trusts them.
    """

    prefix: str
    weekly: bool
    labels: tuple[str, ...] = ()
    suffix: str = "parquet"
    table: str = ""

    @property
    def labelled(self) -> bool:
        return bool(self.labels)


def raw(dataset: str) -> Place:
    """Weeks of what a source answered, real and mock apart."""
    return Place(f"raw-data/{dataset}", weekly=True, labels=LABELS)


def merged(table: str) -> Place:
    """Weeks of orders lined up with matches."""
    return Place(f"processed-data/merged-datasets/{table}", weekly=True)


ANALYSIS = Place("processed-data/correlation-analysis", weekly=False)
FORECAST = Place("processed-data/forecasts", weekly=False)
EXTRACT = Place("quicksight-ready/dashboard-data", weekly=False, suffix="csv")
BESIDE = Place("", weekly=False)
"""Of a table without keys of its own: it lies beside another one."""
