"""Sends a message to each channel once, however often it is asked to: what was sent is recorded beside the tables.

A record is written before the message and completed after it. A process that is killed in between leaves it incomplete:
the message may have arrived, so it is not sent again unless somebody asks for that.
Decision: docs/decisions/0058-sent-once.md.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pizza_assets.errors import AlertFailed
from pizza_assets.escaping import printable
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.storage.object_store import ObjectStore

PREFIX = "processed-data/sent-messages"
_SENDING, _SENT = "sending", "sent"


@dataclass(frozen=True)
class Delivery:
    """What became of a message, by channel: it was sent now; it had been sent before (when, and whether that is
    certain); or it failed, and why."""

    sent: list[str] = field(default_factory=list)
    earlier: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def send_once(
    objects: ObjectStore,
    now: Callable[[], datetime],
    chosen: Mapping[str, Channel],
    name: str,
    message: tuple[str, str],
    *,
    again: bool = False,
) -> Delivery:
    """Send `message` (subject, text) to each channel to which nothing was sent under `name`; `again`: to all of them.

    A channel that fails has no record, so the next call sends to it, with or without `again`. Two processes do not send
    at the same time. Raises StorageError.
    """
    done = Delivery()
    subject, text = map(printable, message)  # names of teams and shops are outside text
    with objects.claiming(f"{PREFIX}/{name}") as claim:
        for channel_name, channel in chosen.items():
            key = f"{PREFIX}/{name}/{_plain(channel_name)}.json"
            before = objects.read(key)
            if before is not None and not again:
                done.earlier[channel_name] = _in_words(before)
                continue
            claim.confirm()
            _write(objects, key, _record(_SENDING, now()))
            try:
                channel(subject, text)
            except AlertFailed as error:
                done.failed[channel_name] = str(error)
                objects.delete(key)  # whoever asked for it again gets it by the next attempt, which doesn't ask again
            else:
                _write(objects, key, _record(_SENT, now()))
                done.sent.append(channel_name)
    return done


def _record(state: str, at: datetime) -> bytes:
    return json.dumps({"state": state, "at": at.isoformat(timespec="seconds")}).encode()


def _in_words(record: bytes) -> str:
    said = json.loads(record)
    at = f"{datetime.fromisoformat(said['at']):%a %d %b %Y, %H:%M} UTC"
    return f"sent {at}" if said["state"] == _SENT else f"interrupted while it was sent {at}: it may have arrived"


def _write(objects: ObjectStore, key: str, content: bytes) -> None:
    with objects.writing(key) as file:
        file.write(content)


def _plain(text: str) -> str:
    """The text as a part of a key."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
