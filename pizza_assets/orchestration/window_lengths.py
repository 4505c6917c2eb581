"""The lengths of the windows as set."""

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.settings import Settings


def window_lengths(settings: Settings) -> WindowLengths:
    """Of PIZZA_PRE_MINUTES, PIZZA_POST_MINUTES and the lengths of a match."""
    return WindowLengths(
        settings.pre_minutes,
        settings.post_minutes,
        settings.match_minutes,
        settings.extra_time_minutes,
        settings.penalties_minutes,
    )
