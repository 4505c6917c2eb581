"""The words of results: where data come from, how large an effect is, which period is meant. Nothing is computed."""

from collections.abc import Mapping

from pizza_assets.analysis.reasons import split
from pizza_assets.models.vocabulary import DataSource, ResultStatus, Window

ESTIMAND = "effect of the own team's match on a market's orders, beyond what football does to everyone at that hour"
PERIODS = {
    Window.PRE.value: "before the own team's match",
    Window.DURING.value: "during the own team's match",
    Window.POST.value: "after the own team's match",
}


def source_prefix(order_source: str, match_source: str) -> str:
    """Says in capitals what is not real, or nothing if all is."""
    if order_source == match_source == DataSource.MOCK:
        return "MOCK DATA: "
    if order_source == DataSource.MOCK:
        return "MOCK ORDERS, real matches: "
    if match_source == DataSource.MOCK:
        return "Real orders, MOCK MATCHES: "
    return ""


def number(value: float) -> str:
    """One decimal below ten, none above; never a minus before zero."""
    digits = 1 if abs(value) < 9.95 else 0
    return f"{round(value, digits) + 0.0:.{digits}f}"


def interval(low_pct: float, high_pct: float) -> str:
    return f"95 % interval {number(low_pct)} to {number(high_pct)} %"


def change(uplift_pct: float) -> str:
    return f"{number(abs(uplift_pct))} % {'above' if uplift_pct >= 0 else 'below'} normal"


def counted_noun(count: int, noun: str, plural: str) -> str:
    return f"{count} {noun if count == 1 else plural}"


def detectable(mde_pct: float) -> str:
    return f"a change of {number(mde_pct)} % or more would have been found in 80 % of such data sets"


def explanations(reasons: list[str]) -> str:
    """The reasons without their codes, for people."""
    return "; ".join(reason.partition(": ")[2] or reason for reason in reasons)


def sentence(result: Mapping, period: str, more_evidence: str = "") -> str:
    """What a row of CorrelationResults says about `period`: what is missing, that nothing was found, or the finding.

    more_evidence: ends the brackets of a finding.
    """
    if result["status"] != ResultStatus.OK:
        return f"Not enough data to say what orders do {period}: {explanations(split(result['reasons']))}."
    matches = counted_noun(result["n_matches"], "match", "matches")
    evidence = f"{interval(result['ci_low_pct'], result['ci_high_pct'])}, {matches}"
    found = change(result["uplift_pct"])
    if result["direction"] == "none":
        return f"No effect found {period}: orders were {found} ({evidence}); {detectable(result['mde_80_pct'])}."
    return f"Orders run {found} {period} ({evidence}{more_evidence})."
