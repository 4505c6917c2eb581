"""Times of kick-off in four classes, declared before any data are seen. Estimates belong to kickoff_times.py."""

import numpy as np
import pandas as pd

MIDWEEK = "midweek"
EARLY = "weekend, before 14:30"
AFTERNOON = "weekend, 14:30 to 17:00"
LATE = "weekend, 17:00 or later"
KICKOFF_CLASSES = (MIDWEEK, EARLY, AFTERNOON, LATE)
_SATURDAY = 5


def kickoff_class(impact: pd.DataFrame) -> pd.Series:
    """The class of each MatchImpact row by its local kick-off; a weekend is Saturday and Sunday."""
    is_midweek = pd.to_datetime(impact["kickoff_date"]).dt.day_of_week < _SATURDAY
    time = impact["kickoff_time"]
    found = np.select([is_midweek, time < "14:30", time < "17:00"], [MIDWEEK, EARLY, AFTERNOON], default=LATE)
    return pd.Series(found, index=impact.index, dtype="str")
