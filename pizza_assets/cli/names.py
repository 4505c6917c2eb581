"""Names that people type: found whatever their case, or refused with a guess."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import Market


def known_name(kind: str, asked: str, known: Iterable[str]) -> str:
    """The known name that `asked` means. Raises ConfigurationError with the names, and what may have been meant."""
    names = sorted(set(known))
    by_folded = {name.casefold(): name for name in reversed(names)}
    if asked in names:
        return asked
    if asked.strip().casefold() in by_folded:
        return by_folded[asked.strip().casefold()]
    plain = asked.strip().casefold()
    close = get_close_matches(plain, list(by_folded), 1) or [name for name in by_folded if plain and plain in name]
    guess = f" (did you mean {by_folded[close[0]]!r}?)" if close else ""
    raise ConfigurationError(
        f"unknown {kind} {asked!r}{guess}; choose one of the {kind}s: {', '.join(names) or 'none'}"
    )


def chosen_markets(markets: Sequence[Market], known: set[str], market: str | None, team: str | None) -> set[str]:
    """Those of the `known` names of markets that --market and --team mean. Raises ConfigurationError."""
    chosen = known if market is None else {known_name("market", market, known)}
    if team is None:
        return chosen
    asked = known_name("team", team, [name for one in markets for name in one.teams])
    return chosen & {one.name for one in markets if asked in one.teams}
