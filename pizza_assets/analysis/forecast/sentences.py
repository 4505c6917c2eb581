"""The wording of forecasts, for people who plan shifts. Nothing is computed here."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pizza_assets.analysis.reasons import split
from pizza_assets.analysis.wording import explanations, match_prefix, number, source_prefix
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.vocabulary import ResultStatus, Span

LABELS = {
    Span.PRE.value: "before the match",
    Span.DURING.value: "during the match",
    Span.POST.value: "after the match",
    Span.MATCH.value: "around the match",
    Span.DAY.value: "the whole day",
}


def forecast_sentence(row: Mapping, peak: Mapping | None) -> str:
    """A row of MatchForecast in words. peak: the row of the busiest hour, to mention with the whole match."""
    about = f"{row['home_team']} v {row['away_team']}, {row['market']}, {_when(row)}"
    prefix = source_prefix(row["order_source"], row["match_source"])
    if row["status"] != ResultStatus.OK:
        return f"{prefix}{about}: no forecast, because {explanations(split(row['reasons']))}."
    parts = [
        f"{row['orders']:.0f} orders ({row['low_80']:.0f} to {row['high_80']:.0f} in four of five cases, "
        f"{row['low_95']:.0f} to {row['high_95']:.0f} in 19 of 20)",
        _difference(row),
        *_lack_of_skill(row),
    ]
    if peak is not None:
        parts.append(
            f"the busiest hour still ahead that day is {peak['local_start']} to {peak['local_end']}: staff for "
            f"{peak['quantile_90']:.0f} orders in it (nine of ten such hours stay at or below that)"
        )
    return f"{prefix}{about}: {'; '.join(parts)}."


def short_forecast_sentence(row: Mapping) -> str:
    """A row of MatchForecast in about a line, with each caveat of the whole sentence; or why there is none."""
    if row["status"] != ResultStatus.OK:
        return forecast_sentence(row, None)
    when = f"{pd.Timestamp(row['local_date']):%a %d %b} {row['local_start']} to {row['local_end']}"
    parts = [
        f"{row['orders']:.0f} orders ({row['low_80']:.0f} to {row['high_80']:.0f} in four of five cases)",
        *([_without_match(row)] if pd.notna(row["football_reasons"]) else []),
        *([_added(row)] if pd.notna(row["difference"]) and row["difference"] else []),
        *_lack_of_skill(row),
    ]
    prefix = source_prefix(row["order_source"], row["match_source"])
    return f"{prefix}{row['home_team']} v {row['away_team']}, {row['market']}, {when}: {'; '.join(parts)}"


def span_label(row: Mapping) -> str:
    """The span of a row of MatchForecast in words; of one that has begun, what is left of it."""
    if row["span"] == Span.HOUR:
        return f"{row['local_start']} to {row['local_end']}"
    if row["status"] != ResultStatus.OK or row["days_ahead"]:
        return LABELS[row["span"]]
    rest = "the rest of the day" if row["span"] == Span.DAY else LABELS[row["span"]]
    return f"{rest}, from {row['local_start']} on"


def fixture_sentence(row: Mapping, markets: Sequence[str], forecast_count: int, reasons: Sequence[str]) -> str:
    """A row of ComingMatches in words. markets: those that follow one of its teams. reasons: for missing forecasts."""
    prefix = match_prefix(row["match_source"])
    if row["entry"] != "fixture":
        return f"{row['note']}."
    about = f"{prefix}{row['home_team']} v {row['away_team']} ({row['competition']}), {row['kickoff_local']}"
    if pd.notna(row["note"]):
        return f"{about}: {row['note']}."
    if not markets:
        return f"{about}: no market follows one of its teams."
    of_all = counted_noun(len(markets), "market", "markets")
    text = f"{about}: forecast for {forecast_count} of {of_all} ({', '.join(markets)})"
    return f"{text}; {explanations(list(reasons))}." if reasons else f"{text}."


def accuracy_sentence(row: Mapping) -> str:
    """A row of ForecastAccuracy in words."""
    prefix = source_prefix(row["order_source"], row["match_source"])
    what = {"backtest": "forecasts made afterwards for past moments", "kept": "forecasts given at the time"}
    span = {Span.HOUR.value: "single hours of match days", Span.DAY.value: "match days"}.get(
        row["span"], f"orders {LABELS.get(row['span'], '')}"
    )
    error = "" if pd.isna(row["error_pct"]) else f"they missed by {number(row['error_pct'])} % of orders"
    if error and pd.notna(row["error_of_mean_pct"]):
        error += f", the mean of the last 8 weeks by {number(row['error_of_mean_pct'])} %"
    inside = (
        f"{number(row['inside_80_pct'])} % fell in their 80 % interval and {number(row['inside_95_pct'])} % in their "
        "95 % interval"
    )
    text = "; ".join(part for part in (error, inside) if part)
    return f"{prefix}Of {row['scored_forecasts']} {what[row['evidence']]} ({span}, until {row['until_date']}): {text}."


def _when(row: Mapping) -> str:
    day = pd.Timestamp(row["local_date"]).strftime("%a %d %b")
    if row["span"] == Span.DAY:
        return f"{day}, {span_label(row)}"
    times = f"{row['local_start']} to {row['local_end']}"
    return f"{day} {times}" if row["span"] == Span.HOUR else f"{day} {times} ({span_label(row)})"


def _difference(row: Mapping) -> str:
    if pd.notna(row["football_reasons"]):
        return _without_match(row)
    if pd.isna(row["difference"]) or not row["difference"]:
        return "none of this is attributed to the match"
    average = f"{number(row['average_difference_low'])} to {number(row['average_difference_high'])}"
    one = f"{number(row['difference_low'])} to {number(row['difference_high'])}"
    return f"{_added(row)} (95 % interval {average} on average, {one} for a single match)"


def _added(row: Mapping) -> str:
    more = "more" if row["difference"] >= 0 else "fewer"
    return f"{number(row['difference']).removeprefix('-')} {more} than without the match"


def _without_match(row: Mapping) -> str:
    why = explanations(split(row["football_reasons"]))
    return f"the effect of the match is not included ({why}), so this is too low if the match raises orders"


def _lack_of_skill(row: Mapping) -> list[str]:
    if row["skill_against_mean_pct"] > 0 or pd.isna(row["skill_against_mean_pct"]):
        return []
    return [f"so far no better than the mean of the last 8 weeks ({number(row['usual_orders'])})"]
