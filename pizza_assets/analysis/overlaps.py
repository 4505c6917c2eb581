"""Windows that two matches of one market share. Orders do not belong here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.exposure import exposures, unknown_spans
from pizza_assets.analysis.windows import WINDOWS, WindowLengths, edges_by_match
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market


def shared_windows(matches: DataFrame[RawMatches], markets: Sequence[Market], lengths: WindowLengths) -> pd.DataFrame:
    """The windows whose orders cannot be attributed to one match: match_source, match_id, market, window.

    When windows of two matches overlap in a market, both are listed: neither shows the effect of its own match alone.
    So is a window during which another of the market's teams may have played (see `unknown_spans`). Simultaneous
    matches with equal windows are one exposure, so all except the match with the smallest id are listed.
    """
    exposed = exposures(matches, markets).sort_values(["market", "kickoff_at", "match_id"], ignore_index=True)
    edges = edges_by_match(exposed, matches, lengths)
    market = pd.factorize(exposed["market"])[0]
    is_shared = np.zeros((len(exposed), len(WINDOWS)), dtype=bool)
    for distance in range(1, len(exposed)):
        pairs = np.flatnonzero(
            (market[distance:] == market[:-distance]) & (edges[distance:, 0] < edges[:-distance, :].max(axis=1))
        )
        if not len(pairs):
            break
        _mark(is_shared, edges, pairs, pairs + distance)
    is_shared |= _is_unclear(exposed, edges, unknown_spans(matches, markets, lengths))
    row, window = np.nonzero(is_shared)
    listed = exposed[["match_source", "match_id", "market"]].iloc[row].reset_index(drop=True)
    return listed.assign(window=pd.array([name.value for name in WINDOWS], dtype="str").take(window))


def _mark(is_shared: np.ndarray, edges: np.ndarray, earlier: np.ndarray, later: np.ndarray) -> None:
    for one in range(len(WINDOWS)):
        for other in range(len(WINDOWS)):
            start, end = edges[earlier, one], edges[earlier, one + 1]
            other_start, other_end = edges[later, other], edges[later, other + 1]
            overlap = (start < other_end) & (other_start < end)
            is_same = (one == other) & (start == other_start) & (end == other_end)
            is_shared[later[overlap], other] = True
            is_shared[earlier[overlap & ~is_same], one] = True


def _is_unclear(exposed: pd.DataFrame, edges: np.ndarray, spans: pd.DataFrame) -> np.ndarray:
    """Whether each window overlaps a span of its market [match, window]."""
    pairs = exposed[["market"]].reset_index(names="row").merge(spans, on="market")
    row = pairs["row"].to_numpy()
    first, end = (pairs[name].to_numpy()[:, None] for name in ("first_minute", "end_minute"))
    overlaps = (edges[row, :-1] < end) & (first < edges[row, 1:])
    unclear = np.zeros((len(exposed), len(WINDOWS)), dtype=bool)
    np.logical_or.at(unclear, row, overlaps)
    return unclear
