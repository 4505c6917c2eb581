"""How many orders one person makes in an hour, in which shops. The forecast's numbers of people do not belong here."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OrdersPerPerson:
    """A market's own number comes before its chain's, and that before the one for `everywhere`; None if not set."""

    everywhere: float | None = None
    of_chains: Mapping[str, float] = field(default_factory=dict)
    of_markets: Mapping[str, float] = field(default_factory=dict)

    def of(self, market: str | None, chain: str) -> float | None:
        """The number for a chain's shops in a market; or, without a market, for all shops of the chain: None if any
        market has its own, because people in kitchens of different speeds are not one sum."""
        if market is None:
            return None if self.of_markets else self.of_chains.get(chain, self.everywhere)
        return self.of_markets.get(market, self.of_chains.get(chain, self.everywhere))

    @property
    def fingerprint(self) -> tuple[str, ...]:
        """Texts that differ if the numbers do; none if nothing is set."""
        parts = () if self.everywhere is None else (repr(self.everywhere),)
        tables = (("chains", self.of_chains), ("markets", self.of_markets))
        return parts + tuple(f"people of {kind}: {sorted(table.items())}" for kind, table in tables if table)
