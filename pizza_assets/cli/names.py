"""Names that people type: found whatever their case, or refused with a guess."""

from collections.abc import Iterable
from difflib import get_close_matches

from pizza_assets.errors import ConfigurationError


def known_name(kind: str, asked: str, known: Iterable[str]) -> str:
    """The known name that `asked` means. Raises ConfigurationError with the names, and what may have been meant."""
    names = sorted(set(known))
    by_folded = {name.casefold(): name for name in reversed(names)}
    if asked in names:
        return asked
    if asked.strip().casefold() in by_folded:
        return by_folded[asked.strip().casefold()]
    close = get_close_matches(asked.strip().casefold(), list(by_folded), 1)
    guess = f" (did you mean {by_folded[close[0]]!r}?)" if close else ""
    raise ConfigurationError(
        f"unknown {kind} {asked!r}{guess}; choose one of the {kind}s: {', '.join(names) or 'none'}"
    )
