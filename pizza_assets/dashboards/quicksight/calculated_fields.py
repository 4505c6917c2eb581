"""Fields that QuickSight computes: labels in words, whether a filter selects a row, and sums that never pool labels.

Statistics are not computed here; they come from the pipeline.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pizza_assets.dashboards.quicksight import choices
from pizza_assets.dashboards.quicksight.data_sets import (
    DATA_SETS,
    INTEGER,
    NUMBER,
    ORDERS,
    ORDERS_AND_MATCHES,
    TEXT,
    DataSet,
    Request,
    certain_labels,
    data_set_of,
)
from pizza_assets.models.currency import currencies_by_minor_digits
from pizza_assets.models.demand import DemandForecastExtract
from pizza_assets.models.extracts import (
    AnomaliesExtract,
    CorrelationsExtract,
    EventStudyExtract,
    MatchesExtract,
    MatchImpactExtract,
    MatchTimelineExtract,
)
from pizza_assets.models.forecast_extracts import ForecastAccuracyExtract

MATCHES = data_set_of(MatchesExtract)
MATCH_TIMELINE = data_set_of(MatchTimelineExtract)
MATCH_IMPACT = data_set_of(MatchImpactExtract)
CORRELATIONS = data_set_of(CorrelationsExtract)
EVENT_STUDY = data_set_of(EventStudyExtract)
ANOMALIES = data_set_of(AnomaliesExtract)
ACCURACY = data_set_of(ForecastAccuracyExtract)
DEMAND = data_set_of(DemandForecastExtract)

AGGREGATE = "aggregate"
"""A field that is an aggregate already, so that charts do not aggregate it."""

_MINUTES_OF_DAY = 1440

LABEL = "shown_as"
"""The field with a row's label in words, shown on every chart."""


@dataclass(frozen=True)
class CalculatedField:
    data_set: DataSet
    name: str
    expression: str
    type: str = TEXT

    def request(self) -> Request:
        return {"DataSetIdentifier": self.data_set.identifier, "Name": self.name, "Expression": self.expression}


def _label(column: str, what: str) -> str:
    return f"ifelse({{{column}}} = 'mock', 'MOCK {what}', 'real {what}')"


# Names both labels: mock orders around real matches and around mock ones are two results, never one bar.
_RESULT_LABEL = (
    "ifelse({order_source} = 'real' AND {match_source} = 'real', 'real', "
    f"concat({_label('order_source', 'orders')}, ', ', {_label('match_source', 'matches')}))"
)
_TABLE_LABEL = "ifelse({data_source} = 'mock', 'MOCK', {data_source} = 'mixed', 'MIXED', {data_source})"
_LABELS = {
    ("order_source", "match_source"): _RESULT_LABEL,
    ("order_source",): _label("order_source", "orders"),
    ("match_source",): _label("match_source", "matches"),
    (): _TABLE_LABEL,
}
"""A row's label in words, by the label columns that are never empty."""


_SERIES_WORDS = (
    "ifelse({series} = 'own_match', 'around kick-off', {series} = 'own_goal_0_15', 'after the own team scores', "
    "{series} = 'own_goal_before', 'before the own team scores (a check)', "
    "{series} = 'opponent_goal_0_15', 'after the opponent scores (a check)', {series})"
)
# A band for a whole curve, an interval for one point, and a sketch of either must not look alike.
_BAND_WORDS = (
    "concat(ifelse({band} = 'simultaneous', '95 % band of the whole curve', '95 % interval of each point alone'), "
    "ifelse({is_calibrated} = 'true', '', ', a sketch: it did not keep its error rate in simulated years'))"
)


def _where_label_is(measure: str, column: str, label: str) -> str:
    return f"ifelse({{{column}}} = '{label}', {measure}, NULL)"


def _orders_once(label: str) -> str:
    """The orders with a label, counted once however many matches are joined to the hour."""
    hour = "[{hour_at}, {market}, {chain}, {currency}, {order_source}]"
    return f"sum(max({_where_label_is('{order_count}', 'order_source', label)}, {hour}))"


def _orders_of_whole_days(label: str) -> str:
    """The same, only on days on which every market and chain present is known in full: a partly known day would look
    like a dip. The currencies of an hour share its minutes.
    """
    hour = "[{hour_at}, {market}, {chain}, {order_source}]"
    covered = f"sum(max({_where_label_is('{covered_minutes}', 'order_source', label)}, {hour}))"
    known = _where_label_is("concat({market}, ' ', {chain})", "order_source", label)
    series = f"distinct_count({known})"
    return f"ifelse({covered} = {_MINUTES_OF_DAY} * {series}, {_orders_once(label)}, NULL)"


def _ticks(label: str) -> str:
    """The number of selected matches with a label."""
    is_tick = f"{{match_source}} = '{label}' AND {choices.TICK_IS_CHOSEN}"
    return f"distinct_count(ifelse({is_tick}, {{match_id}}, NULL))"


def _where_usual_is_known(usual: str, observed: str) -> str:
    """Observed orders with a baseline only: the others would look like a surge compared with the sum of baselines."""
    return f"ifelse(isNull({{{usual}}}), NULL, {{{observed}}})"


def _sums() -> Iterator[CalculatedField]:
    for label, word in (("real", "real"), ("mock", "MOCK")):
        yield CalculatedField(ORDERS_AND_MATCHES, f"Orders ({word})", _orders_of_whole_days(label), AGGREGATE)
        yield CalculatedField(ORDERS_AND_MATCHES, f"Matches ({word})", _ticks(label), AGGREGATE)
        orders = f"sum({_where_label_is('{order_count}', 'order_source', label)})"
        yield CalculatedField(ORDERS, f"Orders ({word})", orders, AGGREGATE)
        matches = f"distinct_count({_where_label_is('{match_id}', 'match_source', label)})"
        yield CalculatedField(MATCHES, f"Matches ({word})", matches, AGGREGATE)
        alarms = f"count({_where_label_is('{store_id}', 'order_source', label)})"
        yield CalculatedField(ANOMALIES, f"Alarms ({word} orders)", alarms, AGGREGATE)
    observed = f"sum({_where_usual_is_known('expected', 'observed')})"
    departure = f"100 * ({observed} / sum({{expected}}) - 1)"
    yield CalculatedField(MATCH_IMPACT, "Departure from usual, %", departure, AGGREGATE)


def _words() -> Iterator[CalculatedField]:
    yield CalculatedField(MATCH_IMPACT, "day_of_month", "substring({kickoff_date}, 9, 2)")
    yield CalculatedField(MATCH_IMPACT, "month_row", f"concat(substring({{kickoff_date}}, 1, 7), ' ', {{{LABEL}}})")
    yield CalculatedField(EVENT_STUDY, "curve", f"concat({_SERIES_WORDS}, ' (', {{{LABEL}}}, '): ', {_BAND_WORDS})")
    yield CalculatedField(ACCURACY, "evidence_and_label", f"concat({{evidence}}, ' (', {{{LABEL}}}, ')')")
    yield CalculatedField(ANOMALIES, "kind_and_label", f"concat({{kind}}, ' (', {{{LABEL}}}, ')')")
    part = "ifelse({scope} = 'overall', 'everywhere', concat({scope}, ' ', {scope_value}))"
    yield CalculatedField(CORRELATIONS, "part", f"concat({{{LABEL}}}, ': ', {part}, ', ', {{time_window}})")
    observed = _where_usual_is_known("expected_orders", "order_count")
    yield CalculatedField(MATCH_TIMELINE, "orders_where_usual_is_known", observed, NUMBER)


def _money() -> Iterator[CalculatedField]:
    """Amounts in units of their currency: the extracts hold them in minor units, of which a currency has 1, 100 or
    1,000 per unit."""
    for data_set in DATA_SETS:
        for name, kind in data_set.column_types().items():
            if name.endswith("_cents") and kind in (INTEGER, NUMBER):
                yield CalculatedField(data_set, name.removesuffix("_cents"), f"{{{name}}} / {_UNITS}", NUMBER)


def _units() -> str:
    """Minor units per unit of the row's currency; 100 for most."""
    others = [(digits, codes) for digits, codes in currencies_by_minor_digits().items() if digits != _USUAL_DIGITS]
    branches = "".join(
        f"in({{currency}}, [{', '.join(repr(code) for code in codes)}]), {10**digits}, " for digits, codes in others
    )
    return f"ifelse({branches}{10**_USUAL_DIGITS})"


_USUAL_DIGITS = 2
_UNITS = _units()


def _days_from_a_monday(date: str) -> str:
    """Days from Monday, 5 January 1970, to a date."""
    return f"dateDiff(parseDate('1970-01-05', 'yyyy-MM-dd'), {date}, 'DD')"


def _demand() -> Iterator[CalculatedField]:
    """A forecast was made earlier than it is read: what is ahead, and which weekend is meant, follow the reader's clock
    (UTC). Days are business days."""
    days, today = "{days_from_a_monday}", _days_from_a_monday("now()")
    yield CalculatedField(
        DEMAND, "days_from_a_monday", _days_from_a_monday("parseDate({business_date}, 'yyyy-MM-dd')"), NUMBER
    )
    yield CalculatedField(DEMAND, "weekday_number", f"{days} - 7 * floor({days} / 7)", NUMBER)
    names = "".join(f"{{weekday_number}} = {number}, '{name}', " for number, name in enumerate(_WEEKDAYS[:-1]))
    yield CalculatedField(
        DEMAND, "weekday_and_date", f"concat({{business_date}}, ' ', ifelse({names}'{_WEEKDAYS[-1]}'))"
    )
    is_weekend = f"{{weekday_number}} >= {_FRIDAY} AND floor({days} / 7) = floor({today} / 7)"
    yield CalculatedField(DEMAND, "is_this_weekend", f"ifelse({is_weekend}, '{choices.YES}', 'no')")
    yield CalculatedField(DEMAND, "is_ahead", f"ifelse({{ends_at}} > now(), '{choices.YES}', 'no')")
    for name in ("quantile_90", "people"):
        # the page's number of a day: another hour may need more, as its range is wider
        busiest = f"maxOver({{expected}}, [{_SHOP_AND_DAY}], PRE_AGG)"
        expression = f"ifelse({{expected}} = {busiest}, {{{name}}}, NULL)"
        yield CalculatedField(DEMAND, f"{name}_in_the_busiest_hour", expression, NUMBER)
    yield CalculatedField(DEMAND, "football_adds", "{with_football} - {without_football}", NUMBER)
    yield CalculatedField(DEMAND, "hours_since_the_newest_orders", "dateDiff({origin_at}, now(), 'HH')", NUMBER)


_SHOP_AND_DAY = "{order_source}, {match_source}, {chain}, {market}, {store_id}, {business_date}"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FRIDAY = 4


def _choices(data_set: DataSet) -> Iterator[CalculatedField]:
    for filter_id, condition in choices.CHOICES.get(data_set.identifier, {}).items():
        expression = choices.is_chosen(filter_id, condition)
        yield CalculatedField(data_set, choices.field_name(filter_id), expression)


def _all() -> Iterator[CalculatedField]:
    for data_set in DATA_SETS:
        labels = certain_labels(data_set)
        # hours joined with matches carry two kinds of labels, and checks cover all data
        if data_set.joined is None and (labels or "data_source" in data_set.extract.column_names()):
            yield CalculatedField(data_set, LABEL, _LABELS[labels])
    for data_set in DATA_SETS:
        yield from _choices(data_set)
    for data_set in (MATCHES, MATCH_TIMELINE, MATCH_IMPACT):
        yield CalculatedField(data_set, choices.field_name("match"), choices.MATCH_IS_CHOSEN)
    yield from _words()
    yield from _money()
    yield from _demand()
    yield CalculatedField(MATCH_IMPACT, "match_is_listed", choices.MATCH_IS_LISTED)
    yield from _sums()


CALCULATED_FIELDS: tuple[CalculatedField, ...] = tuple(_all())


def field_types(data_set: DataSet) -> dict[str, str]:
    """The type of every column and calculated field of a data set."""
    calculated = {field.name: field.type for field in CALCULATED_FIELDS if field.data_set == data_set}
    return data_set.column_types() | calculated
