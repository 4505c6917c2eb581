"""An iCalendar file of coming matches that move the day of a shop. Where it is stored does not belong here.

Each match is one event with the same UID for good. What calendars must know of (time, status) raises its SEQUENCE, so
they change the event that they have. Decision: docs/decisions/0059-a-match-is-one-event.md. Format: RFC 5545, RFC 7986.
"""

from collections.abc import Mapping, Set
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pandas as pd
from icalendar import Calendar, Event, vText

from pizza_assets.analysis.forecast.weekend import shop_words
from pizza_assets.analysis.wording import match_prefix, source_prefix
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import CALLED_OFF_STATUSES, DataSource, DemandLevel, Span, combined_source

KEPT_DAYS = 28
"""How long a match stays in the calendar after its kick-off."""
SHOPS_LISTED = 12
_SHOP_DAY = [*SOURCES, "chain", "market", "store_id", "business_date"]
_TIMES_AND_STATUS = ("DTSTART", "DTEND", "STATUS")
_SHOWN = (*_TIMES_AND_STATUS, "SUMMARY", "DESCRIPTION")


@dataclass(frozen=True)
class CalendarRules:
    """share: by how much of a shop's day without it a match must change the day. match_minutes: from kick-off to the
    end. timezone: of the days of matches whose time is open."""

    share: float
    match_minutes: int
    timezone: str


def match_calendar(
    coming: pd.DataFrame, demand: pd.DataFrame, earlier: bytes | None, now: datetime, rules: CalendarRules
) -> bytes:
    """The calendar's file. coming: ComingMatches. demand: DemandForecast. earlier: the file as last written.

    A match that is in `earlier` stays, and says what it adds now. One that is missing from a whole list is cancelled;
    so is every mock match once the list is whole and has real ones. Equal inputs give equal bytes. Raises ValueError
    if `earlier` is no calendar.
    """
    known = _events(earlier)
    is_whole = not (coming["entry"] == "failure").any()
    fixtures = coming[coming["entry"] == "fixture"]
    effects = _effects(demand)
    events = []
    for row in fixtures.to_dict("records"):
        uid = _uid(row["match_source"], row["match_id"])
        every = effects.get((row["match_source"], row["match_id"]), [])
        large = [effect for effect in every if abs(effect["share"]) > rules.share]
        before = known.pop(uid, None)
        if large or before is not None:
            words = _words(row, large or every, before, now)
            events.append(_following(before, _event(uid, row, words, rules), now))
    sources = set(fixtures["match_source"])
    for before in known.values():
        kickoff = _moment(before, rules.timezone)
        if kickoff < now - timedelta(days=KEPT_DAYS):
            continue
        is_gone = is_whole and _is_gone(_source(before), kickoff > now, sources)
        events.append(_following(before, _cancelled(before), now) if is_gone else before)
    return _file(sorted(events, key=lambda event: (_moment(event, rules.timezone), str(event["UID"]))))


def event_labels(content: bytes) -> list[str]:
    """The label of each event of a calendar (real, mock or mixed), from its words and the source of its match."""
    return [_label(event) for event in _events(content).values()]


def _label(event: Event) -> str:
    """The description may be about real and mock orders, each on its own lines."""
    summary, *lines = [_labelled_by_words(text) for text in (event["SUMMARY"], *str(event["DESCRIPTION"]).splitlines())]
    labels = {summary or _source(event), *(label for label in lines if label)}
    return labels.pop() if len(labels) == 1 else DataSource.MIXED.value


def _labelled_by_words(text: str) -> str | None:
    """The label that the prefix of a text stands for; None without one."""
    sources = (DataSource.REAL.value, DataSource.MOCK.value)
    pairs = [(orders, matches) for orders in sources for matches in sources if source_prefix(orders, matches)]
    found = [str(combined_source(*pair)) for pair in pairs if text.startswith(source_prefix(*pair))]
    return found[0] if found else None


def _source(event: Event) -> str:
    return str(event["UID"]).partition("-")[0]


def _is_gone(source: str, is_ahead: bool, listed: Set[str]) -> bool:
    """Whether a match that a whole list lacks is cancelled. listed: the sources of its fixtures.

    A mock match never took place, so real ones cancel it also afterwards.
    """
    if source == DataSource.MOCK and listed - {DataSource.MOCK}:
        return True
    return is_ahead and source in listed


def _file(events: list[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//pizza_assets//matches that move orders//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Matches that move pizza orders")
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


def _events(earlier: bytes | None) -> dict[str, Event]:
    if earlier is None:
        return {}
    calendar = Calendar.from_ical(earlier)
    return {str(event["UID"]): event for event in calendar.walk("VEVENT") if isinstance(event, Event)}


def _effects(demand: pd.DataFrame) -> dict[tuple[str, str], list[dict]]:
    """By source and id of a match, the days of shops around it with what it adds, the most changed first."""
    shops = demand[demand["level"] == DemandLevel.SHOP]
    hours = shops[shops["match_id"].notna() & (shops["span"] == Span.HOUR)]
    pairs = hours[[*_SHOP_DAY, "match_id", "match"]].drop_duplicates([*_SHOP_DAY, "match_id"])
    days = shops.loc[shops["span"] == Span.DAY, [*_SHOP_DAY, "with_football", "without_football"]]
    rows = pairs.merge(days, on=_SHOP_DAY).dropna(subset="with_football")
    rows = rows[rows["without_football"] > 0]
    rows["adds"] = rows["with_football"] - rows["without_football"]
    rows["share"] = rows["adds"] / rows["without_football"]
    rows = rows.sort_values(
        ["share", *_SHOP_DAY], key=lambda values: -values.abs() if values.name == "share" else values
    )
    found: dict[tuple[str, str], list[dict]] = {}
    for row in rows.to_dict("records"):
        found.setdefault((row["match_source"], row["match_id"]), []).append(row)
    return found


def _words(row: Mapping, effects: list[dict], before: Event | None, now: datetime) -> tuple[str, str]:
    """Summary and description. A match that has begun keeps its last ones: its day is not forecast any more."""
    if effects:
        return _summary(row, effects), _description(row, effects)
    if before is not None and row["kickoff_at"] <= now:
        return str(before["SUMMARY"]), str(before["DESCRIPTION"])
    match = f"{match_prefix(row['match_source'])}{row['home_team']} v {row['away_team']}"
    return f"{match}: no effect is forecast now", f"{row['competition']}\nNo effect on orders is forecast now."


def _event(uid: str, row: Mapping, words: tuple[str, str], rules: CalendarRules) -> Event:
    """The event of a listed match. words: its summary and description."""
    event = Event()
    event.add("uid", uid)
    if row["kickoff_is_fixed"]:
        kickoff = row["kickoff_at"].to_pydatetime().astimezone(ZoneInfo("UTC"))
        event.add("dtstart", kickoff)
        event.add("dtend", kickoff + timedelta(minutes=rules.match_minutes))
    else:
        day = row["kickoff_at"].tz_convert(rules.timezone).date()
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
    is_off = row["status"] in CALLED_OFF_STATUSES
    event.add("status", "CANCELLED" if is_off else "CONFIRMED" if row["kickoff_is_fixed"] else "TENTATIVE")
    event.add("transp", "TRANSPARENT")
    for name, text in zip(("summary", "description"), words, strict=True):
        event.add(name, text)
    return event


def _summary(row: Mapping, effects: list[dict]) -> str:
    most = effects[0]
    label = source_prefix(most["order_source"], row["match_source"])
    return f"{label}{row['home_team']} v {row['away_team']}: {_signed(100 * most['share'])} % at {most['market']}"


def _description(row: Mapping, effects: list[dict]) -> str:
    lines = [str(row["competition"])]
    for effect in effects[:SHOPS_LISTED]:
        label = source_prefix(effect["order_source"], effect["match_source"])
        shop = f"{shop_words(effect['market'], effect['store_id'])} ({effect['chain']})"
        lines.append(f"{label}{shop}: {_signed(effect['adds'])} orders that day ({_signed(100 * effect['share'])} %)")
    others = len(effects) - SHOPS_LISTED
    return "\n".join([*lines, *([f"and {others} more"] if others > 0 else [])])


def _signed(value: float) -> str:
    return f"{value:+.0f}" if round(value) else "0"


def _cancelled(before: Event) -> Event:
    event = deepcopy(before)
    event["STATUS"] = vText("CANCELLED")
    return event


def _following(before: Event | None, event: Event, now: datetime) -> Event:
    """The event with its SEQUENCE and times of change; `before` itself if nothing that is shown has changed."""
    if before is not None and all(_text(before, name) == _text(event, name) for name in _SHOWN):
        return before
    sequence = 0 if before is None else int(str(before.get("SEQUENCE", 0)))
    if before is not None and any(_text(before, name) != _text(event, name) for name in _TIMES_AND_STATUS):
        sequence += 1
    for name in ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED"):
        event.pop(name, None)
    event.add("sequence", sequence)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("last-modified", now.replace(microsecond=0))
    return event


def _text(event: Event, name: str) -> str:
    """A property as it is written; times with their kind, because a day is not its midnight."""
    return repr(event.decoded(name)) if name.startswith("DT") else str(event.get(name))


def _moment(event: Event, timezone: str) -> datetime:
    """The kick-off, or the midnight before it if its time is open."""
    start = event.start
    if isinstance(start, datetime):
        return start
    return datetime.combine(start, datetime.min.time(), ZoneInfo(timezone))


def _uid(source: str, match_id: str) -> str:
    """The same for good, for any id that a source gives."""
    return f"{DataSource(source).value}-{sha256(match_id.encode()).hexdigest()[:20]}@pizza-assets"
