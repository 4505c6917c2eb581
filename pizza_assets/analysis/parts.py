"""Which part of the business, or of its matches, a window belongs to. What is asked about parts: hypotheses.py."""

import pandas as pd

from pizza_assets.analysis.outcomes import own_result
from pizza_assets.models.vocabulary import Scope


def part_values(impact: pd.DataFrame, scope: Scope) -> pd.Series:
    """The part of every MatchImpact row: a competition, team or market, or how it ended for the own team.

    Empty for the whole business, and where no result is known. Chains are not told apart in these rows: ValueError.
    """
    if scope == Scope.CHAIN:
        raise ValueError("match_impact sums the chains of a market; take the windows of the chain")
    if scope == Scope.OVERALL:
        return pd.Series("", index=impact.index, dtype="str")
    return own_result(impact["result"], impact["side"]) if scope == Scope.RESULT else impact[scope.value]
