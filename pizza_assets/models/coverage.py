"""Periods that a source covers. Inside one, no order means zero; outside, it means unknown."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class CoveredPeriod:
    """A half-open UTC period of whole minutes for which all orders of `chain` in `market` are known."""

    market: str
    chain: str
    currency: str
    starts_at: datetime
    ends_at: datetime

    def clipped(self, starts_at: datetime, ends_at: datetime) -> "CoveredPeriod | None":
        """The overlap with [starts_at, ends_at), or None."""
        first, last = max(self.starts_at, starts_at), min(self.ends_at, ends_at)
        if first >= last:
            return None
        return CoveredPeriod(self.market, self.chain, self.currency, first, last)


def coverage_to_json(periods: Iterable[CoveredPeriod]) -> str:
    """The periods as sorted, reproducible JSON for Parquet metadata."""
    rows = [
        {**asdict(p), "starts_at": p.starts_at.isoformat(), "ends_at": p.ends_at.isoformat()} for p in sorted(periods)
    ]
    return json.dumps(rows, separators=(",", ":"))


def coverage_from_json(text: str) -> list[CoveredPeriod]:
    """The inverse of `coverage_to_json`."""
    return [
        CoveredPeriod(
            row["market"],
            row["chain"],
            row["currency"],
            datetime.fromisoformat(row["starts_at"]),
            datetime.fromisoformat(row["ends_at"]),
        )
        for row in json.loads(text)
    ]
