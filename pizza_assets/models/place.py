"""Where each kind of table is stored: key prefixes, the same on disk and in a bucket. storage/layout.py builds keys."""

from dataclasses import dataclass

from pizza_assets.models.vocabulary import DataSource

LABELS = (DataSource.REAL.value, DataSource.MOCK.value)


@dataclass(frozen=True)
class Place:
    """Where one table is stored, as one object per week (`weekly`) or for all weeks, and its file format (`suffix`).

    A table with `labels` has a prefix for each label, the most trustworthy label first. own_folder: of its weeks below
    the prefix, for a table whose weeks earlier releases stored beside those of another one.
    """

    prefix: str
    weekly: bool
    labels: tuple[str, ...] = ()
    suffix: str = "parquet"
    table: str = ""
    own_folder: str = ""

    @property
    def weeks_prefix(self) -> str:
        """The folder of its weeks, which no other table has."""
        return f"{self.prefix}/{self.own_folder}" if self.own_folder else self.prefix

    @property
    def labelled(self) -> bool:
        return bool(self.labels)

    @property
    def is_table(self) -> bool:
        """Whether rows are stored here, not a finished file."""
        return self.suffix in ("parquet", "csv")


def raw(dataset: str, own_folder: str = "") -> Place:
    """One object per week as collected from a source, real and mock apart."""
    return Place(f"raw-data/{dataset}", weekly=True, labels=LABELS, own_folder=own_folder)


def merged(table: str) -> Place:
    """One object per week of orders joined with matches."""
    return Place(f"processed-data/merged-datasets/{table}", weekly=True)


ANALYSIS = Place("processed-data/correlation-analysis", weekly=False)
FORECAST = Place("processed-data/forecasts", weekly=False)
EXTRACT = Place("quicksight-ready/dashboard-data", weekly=False, suffix="csv")
BESIDE = Place("", weekly=False)
"""For a table without a key of its own, stored beside another one."""
