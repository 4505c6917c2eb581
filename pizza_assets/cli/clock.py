"""What a wrong clock does to stored data, in words. Nothing is deleted for it: it may be this clock that is wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd

from pizza_assets.command_name import typed
from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import PizzaAssetsError

_TOLERANCE = timedelta(days=1)


def weeks_ahead_text(weeks: Sequence[str], now: datetime, storage: str) -> str:
    """The sentence about stored weeks that have not begun."""
    counted = counted_noun(len(weeks), "stored week has", "stored weeks have")
    are, them, their = ("is", "it", "its") if len(weeks) == 1 else ("are", "them", "their")
    return (
        f"{counted} not begun by this machine's clock ({now:%Y-%m-%d %H:%M} UTC) and {are} left out: "
        f"{', '.join(weeks[:3])}{' …' if len(weeks) > 3 else ''}. If the clock is wrong, set it. If it is right, one "
        f"that was ahead made {them}: delete {their} folders week=… in {storage}"
    )


def refuse_forecast_from_later(demand: pd.DataFrame, now: datetime) -> None:
    """Raise PizzaAssetsError if the forecast begins after now, so that nothing of it is what comes next."""
    begins = demand["origin_at"].max()
    if pd.notna(begins) and begins > pd.Timestamp(now) + _TOLERANCE:
        raise PizzaAssetsError(
            f"the stored forecast begins on {begins:%Y-%m-%d}, after this machine's clock ({now:%Y-%m-%d %H:%M} UTC). "
            f"If the clock is wrong, set it; if it is right, run `{typed('run')}` for a new forecast"
        )
