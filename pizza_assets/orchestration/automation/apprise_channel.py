"""The channels of PIZZA_NOTIFY_URLS: mail, chat and everything else that Apprise can send to.

Decision: docs/decisions/0057-apprise-beside-sns.md.
"""

import re
from collections.abc import Callable, Sequence

from pizza_assets.errors import AlertFailed
from pizza_assets.models.secret import Secret
from pizza_assets.orchestration.automation.http_refusal import refusal
from pizza_assets.orchestration.automation.message_length import shortened
from pizza_assets.orchestration.automation.unlogged import unlogged
from pizza_assets.settings.notify_urls import scheme_of

_TEXT_LENGTH = 4_000
"""Longer texts would be split into many messages by services with short ones."""

_STATUS = re.compile(r"error[=:]\s*(\d{3})\b")
_UNREACHABLE = re.compile(r"connection error|socket|timed? ?out", re.IGNORECASE)


def services(addresses: Sequence[Secret]) -> dict[str, Callable[[str, str], None]]:
    """One channel per address, by its position and scheme; the rest of an address is secret."""
    return {
        (name := f"notify {position} ({scheme_of(address)})"): service(address, name)
        for position, address in enumerate(addresses, start=1)
    }


def service(address: Secret, name: str) -> Callable[[str, str], None]:
    """The channel to one of Apprise's services. It sends plain text, follows no redirect and raises AlertFailed."""

    def send(subject: str, text: str) -> None:
        from apprise import Apprise, AppriseAsset, NotifyFormat, OverflowMode

        with unlogged() as messages:
            sender = Apprise(asset=AppriseAsset(http_redirects=False))
            sender.add(address.reveal())
            for target in sender:
                target.redirects = False  # also if the address asks for them: a redirect may lead anywhere
                target.overflow_mode = OverflowMode.SPLIT
            body = shortened(text, _TEXT_LENGTH)
            is_sent = sender.notify(body=body, title=" ".join(subject.split()), body_format=NotifyFormat.TEXT)
        if not is_sent:
            cause, remedy = _why(messages)
            raise AlertFailed(f"{name} {cause}; {remedy}")

    return send


def _why(messages: Sequence[str]) -> tuple[str, str]:
    """What went wrong and the remedy, told apart by Apprise's own messages, which may contain the secret and are not
    shown."""
    said, check = "\n".join(messages), "check this address in PIZZA_NOTIFY_URLS"
    if status := _STATUS.search(said):
        return refusal(int(status[1]), check)
    return "can't be reached" if _UNREACHABLE.search(said) else "did not accept a message", check
