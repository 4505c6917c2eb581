"""A sensor that tells people once when the kick-off of a coming match that a market follows has moved.

It reads the stored list of coming matches, which every analysis makes anew; it asks no match source. Its cursor has the
kick-offs that it has seen, and the number of moves that it has told.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pandas as pd

from pizza_assets.analysis.wording import match_prefix
from pizza_assets.errors import AlertFailed
from pizza_assets.escaping import printable
from pizza_assets.models.vocabulary import MatchStatus
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.orchestration.automation.sent_messages import send_once
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock
from pizza_assets.storage.tables import TableStore

SECONDS_BETWEEN_CHECKS = 600
EXTRACT = "dashboard_coming_matches"
_CALLED_OFF = (MatchStatus.POSTPONED, MatchStatus.CANCELLED, MatchStatus.SUSPENDED)


@dataclass(frozen=True)
class Fixture:
    """A coming match as it was listed. at: its kick-off in UTC, ISO 8601; without a fixed time, the local midnight.
    called_off: postponed, cancelled or suspended; empty if it is to be played.
    """

    at: str
    is_fixed: bool
    called_off: str
    name: str

    def words(self, timezone: str) -> str:
        local = datetime.fromisoformat(self.at).astimezone(ZoneInfo(timezone))
        doubt = f", {self.called_off}" if self.called_off else ""
        return f"{local:%a %d %b %Y, %H:%M}{doubt}" if self.is_fixed else f"{local:%a %d %b %Y}, time open{doubt}"

    def day(self, timezone: str) -> str:
        return datetime.fromisoformat(self.at).astimezone(ZoneInfo(timezone)).date().isoformat()


@dataclass(frozen=True)
class Move:
    """A fixture that is listed differently than before; `now` is None if it is not listed any more."""

    key: str
    before: Fixture
    now: Fixture | None

    def message(self, timezone: str) -> tuple[str, str]:
        """Subject and text."""
        if self.now is None:
            subject = f"No longer listed: {self.before.name}"
            return subject, f"It was to kick off {self.before.words(timezone)}, and is not on the list of 14 days now."
        return f"Moved: {self.now.name}", f"{self.before.words(timezone)} -> {self.now.words(timezone)}"

    def record(self, number: int) -> str:
        """The name under which the notice is recorded as sent. number: of moves told before, from the cursor, because a
        kick-off may move to and fro, and each time is a notice of its own."""
        text = json.dumps([number, self.key, asdict(self.before), self.now and asdict(self.now)])
        return f"moved-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


@dataclass(frozen=True)
class Seen:
    """What the cursor keeps: the fixtures as they were last listed, and how many moves were told before."""

    fixtures: dict[str, Fixture]
    number: int

    def to_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str | None) -> "Seen":
        said = json.loads(text) if text else {}
        if "number" not in said:  # nothing yet, or the fixtures alone
            said = {"fixtures": said, "number": 0}
        return cls({key: Fixture(**one) for key, one in said["fixtures"].items()}, said["number"])


def moved_fixtures(settings: Settings, channels: Mapping[str, Channel]) -> list[dg.SensorDefinition]:
    """The sensor; none for mock matches, which never move."""
    return [] if settings.match_source.is_invented else [_moved_fixtures(settings, channels)]


def _moved_fixtures(settings: Settings, channels: Mapping[str, Channel]) -> dg.SensorDefinition:
    @dg.sensor(
        name="moved_fixtures",
        minimum_interval_seconds=SECONDS_BETWEEN_CHECKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports kick-offs of coming matches that have moved, in the log and on all channels, once each.",
    )
    def evaluate(
        context: dg.SensorEvaluationContext, tables: dg.ResourceParam[TableStore], clock: dg.ResourceParam[Clock]
    ) -> dg.SkipReason:
        coming = tables.read_whole(EXTRACT)
        if coming is None:
            return dg.SkipReason("no list of coming matches is stored yet; an analysis makes it")
        seen = Seen.from_text(context.cursor)
        found = moves(seen.fixtures, coming, clock(), settings.timezone)
        failed: dict[str, str] = {}
        for move in found:
            subject, text = move.message(settings.timezone)
            context.log.info(printable(f"{subject}\n{text}"))
            failed |= send_once(tables.objects, clock, channels, move.record(seen.number), (subject, text)).failed
        if failed:  # the cursor stays, so they are told again, to these channels alone
            raise AlertFailed("; ".join(failed.values()))
        now_seen = Seen(remembered(seen.fixtures, coming, clock()), seen.number + len(found))
        context.update_cursor(now_seen.to_text())
        return dg.SkipReason(f"moved kick-offs: {len(found)}" if found else "no kick-off has moved")

    return evaluate


def moves(known: Mapping[str, Fixture], coming: pd.DataFrame, now: datetime, timezone: str) -> list[Move]:
    """What has moved since `known`, of the fixtures that a market follows. coming: ComingMatchesExtract.

    A time that becomes known on its day is no move. A fixture that is missing is one only if the list is whole: it has
    others of this source, and no failure.
    """
    listed = fixtures_of(coming)
    found = [
        Move(key, before, after)
        for key, before in known.items()
        if (after := listed.get(key)) is not None and _differs(before, after, timezone)
    ]
    if (coming["entry"] == "failure").any():
        return found
    sources = {key.partition(" ")[0] for key in listed}
    found += [
        Move(key, before, None)
        for key, before in known.items()
        if key not in _all_keys(coming) and key.partition(" ")[0] in sources and _is_ahead(before, now)
    ]
    return found


def remembered(known: Mapping[str, Fixture], coming: pd.DataFrame, now: datetime) -> dict[str, Fixture]:
    """The fixtures to compare with next time: the listed ones, and those that a failing source did not list."""
    is_whole = not (coming["entry"] == "failure").any()
    sources = {key.partition(" ")[0] for key in fixtures_of(coming)}
    missing = {
        key: fixture
        for key, fixture in known.items()
        if _is_ahead(fixture, now) and not (is_whole and key.partition(" ")[0] in sources)
    }
    return {**missing, **fixtures_of(coming)}


def fixtures_of(coming: pd.DataFrame) -> dict[str, Fixture]:
    """The listed fixtures that a market follows, by source and id."""
    rows = coming[(coming["entry"] == "fixture") & (coming["market_count"] > 0)]
    return {
        _key(row): Fixture(
            at=row["kickoff_at"].isoformat(),
            is_fixed=bool(row["kickoff_is_fixed"]),
            called_off=str(row["status"]).lower() if row["status"] in _CALLED_OFF else "",
            name=_name(row),
        )
        for row in rows.to_dict("records")
    }


def _name(row: Mapping) -> str:
    """On one line: names come from the source, and a second line would look like another message."""
    name = f"{match_prefix(row['match_source'])}{row['home_team']} v {row['away_team']} ({row['competition']})"
    return " ".join(name.split())


def _differs(before: Fixture, after: Fixture, timezone: str) -> bool:
    if before.called_off != after.called_off:
        return True
    if before.is_fixed and after.is_fixed:
        return before.at != after.at
    return before.day(timezone) != after.day(timezone) or (before.is_fixed and not after.is_fixed)


def _is_ahead(fixture: Fixture, now: datetime) -> bool:
    return datetime.fromisoformat(fixture.at) > now


def _all_keys(coming: pd.DataFrame) -> set[str]:
    return {_key(row) for row in coming[coming["entry"] == "fixture"].to_dict("records")}


def _key(row: Mapping) -> str:
    return f"{row['match_source']} {row['match_id']}"
