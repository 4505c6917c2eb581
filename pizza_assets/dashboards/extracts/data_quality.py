"""What arrived week by week, and what the checks say of it."""

from collections.abc import Mapping, Sequence

import pandas as pd
from pandera.typing.pandas import DataFrame

from pizza_assets.models.extracts import ChecksExtract, DataQualityExtract


def data_quality(facts: Sequence[Mapping[str, object]]) -> DataFrame[DataQualityExtract]:
    """One row per fact, a mapping with the extract's columns. Raises KeyError naming a column that no fact has."""
    return DataQualityExtract.checked(pd.DataFrame(list(facts))) if facts else DataQualityExtract.empty()


def checks_extract(judgements: Sequence[Mapping[str, object]]) -> DataFrame[ChecksExtract]:
    """Weeks counted by asset, check and outcome; the description is that of the last week, none of what passed.

    A description tells of all the weeks that an evaluation looked at: beside those that passed it would name what
    others failed for.

    judgements: `asset`, `check`, `week`, `outcome`, `description` (None where there is none) of every check and week.
    """
    if not judgements:
        return ChecksExtract.empty()
    rows = pd.DataFrame(list(judgements)).sort_values("week", kind="stable")
    key = list(ChecksExtract.key())
    counted = rows.groupby(key, as_index=False).agg(
        week_count=("week", "size"), first_week=("week", "first"), last_week=("week", "last")
    )
    last = rows.drop_duplicates(key, keep="last")[[*key, "description"]]
    told = last.assign(description=last["description"].mask(last["outcome"] == "passed", None))
    return ChecksExtract.checked(counted.merge(told, on=key))
