"""What arrived in each week, and the results of the checks."""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import ChecksExtract, DataQualityExtract


def data_quality(facts: Sequence[Mapping[str, object]]) -> DataFrame[DataQualityExtract]:
    """One row per fact, which maps the extract's columns. Raises KeyError naming a column that no fact has."""
    return DataQualityExtract.checked(pd.DataFrame(list(facts))) if facts else DataQualityExtract.empty()


def checks_extract(judgements: Sequence[Mapping[str, object]]) -> DataFrame[ChecksExtract]:
    """The number of weeks by asset, check and outcome, with the description of the last week unless it passed.

    judgements: `asset`, `check`, `week`, `outcome` and `description` (or None) of every check and week.
    """
    if not judgements:
        return ChecksExtract.empty()
    rows = pd.DataFrame(list(judgements)).sort_values("week", kind="stable")
    key = list(ChecksExtract.key())
    counted = rows.groupby(key, as_index=False).agg(
        week_count=("week", "size"), first_week=("week", "first"), last_week=("week", "last")
    )
    last = rows.drop_duplicates(key, keep="last")[[*key, "description"]]
    described = last.assign(description=last["description"].mask(last["outcome"] == "passed", None))
    return ChecksExtract.checked(counted.merge(described, on=key))
