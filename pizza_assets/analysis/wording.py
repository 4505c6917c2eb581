"""The words of results: where data come from, how large an effect is, which period is meant. Nothing is computed."""

from pizza_assets.models.vocabulary import DataSource, Window

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
