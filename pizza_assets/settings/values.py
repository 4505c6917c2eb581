"""What the text of an environment variable may be: a function for each kind of value, which refuses with a remedy.

Which variable holds which kind does not belong here.
"""

import re
from collections.abc import Callable
from datetime import date as Date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pizza_assets.models.secret import Secret

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SEASON = re.compile(r"(18|19|20)[0-9]{2}(-[0-9]{2})?")


def text(value: str) -> str:
    return value


def place(value: str) -> str:
    """A folder, or s3://bucket/prefix."""
    if "://" in value:
        bucket_and_prefix(value)
    return value


def optional_place(value: str) -> str | None:
    return place(value) if value else None


def folder(value: str) -> str:
    if "://" in value:
        raise ValueError("is no folder on this machine; give a path")
    return value


def bucket(value: str) -> str | None:
    if value and not _BUCKET.fullmatch(value):
        raise ValueError("is no name of a bucket; give the name alone, such as pizza-data")
    return value or None


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The parts of s3://bucket/prefix. Raises ValueError for anything else."""
    parts = urlsplit(address)
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc) or parts.query or parts.fragment:
        raise ValueError("is neither a folder nor a place in a bucket; write a path or s3://bucket/prefix")
    prefix = parts.path.strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise ValueError("has an empty or dotted part in its prefix; write s3://bucket/prefix")
    return parts.netloc, prefix


def endpoint(value: str) -> str | None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query):
        raise ValueError("is no address of a server; write it as https://s3.example.com")
    return value.rstrip("/") or None


def optional_text(value: str) -> str | None:
    return value or None


def secret(value: str) -> Secret | None:
    if not value.isascii() or not value.isprintable():
        raise ValueError("holds signs that no header can carry; copy the key again")
    return Secret(value) if value else None


def service_address(value: str) -> str:
    """The address of an API that is sent a key. Raises ValueError with the remedy; also where others could listen."""
    try:
        parts = urlsplit(value)
        is_usable = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError as error:
        raise ValueError("is no address; write it as https://api.example.com") from error
    if not is_usable:
        raise ValueError("is no address; write it as https://api.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("holds more than an address; a key has a variable of its own")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is not https, so everybody on the way could read the key; use https")
    return value.rstrip("/")


def per_minute(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 100_000:
        raise ValueError("is no number of requests per minute from 1")
    return int(value)


def claim_seconds(value: str) -> int:
    if not value.isdigit() or not 5 <= int(value) <= 3600:
        raise ValueError("is no number of seconds from 5 to 3600")
    return int(value)


def timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no time zone; give an IANA name such as Europe/London") from error
    return value


def date(value: str) -> Date:
    try:
        return Date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is no date; write it as 2026-08-04") from error


def one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"is not known; choose one of {', '.join(words)}")
        return value

    return parse


def share(value: str) -> float:
    try:
        share = float(value)
    except ValueError as error:
        raise ValueError("is no number; give a share such as 0.05") from error
    if not 0 <= share <= 1:
        raise ValueError("is no share; give a number from 0 to 1")
    return share


def minutes(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 600:
        raise ValueError("is no length in whole minutes from 1 to 600")
    return int(value)


def whole_number(value: str) -> int:
    if not value.isdigit():
        raise ValueError("is no whole number from 0")
    return int(value)


def _matching(pattern: str, complaint: str) -> Callable[[str], str | None]:
    """Text of one form, or nothing."""

    def parse(value: str) -> str | None:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(complaint)
        return value or None

    return parse


account_id = _matching(r"\d{12}", "is no AWS account; write its 12 digits")
region = _matching(r"[a-z]{2}(-[a-z]+)+-\d", "is no AWS region; write it as eu-west-2")
owner_arn = _matching(
    r"arn:aws[a-z-]*:quicksight:[a-z0-9-]+:\d{12}:(user|group)/[\w.-]+/\S+",
    "is no QuickSight user or group; `aws quicksight list-users --namespace default` shows their Arn",
)


topic_arn = _matching(
    r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+",
    "is no SNS topic; write its Arn, such as arn:aws:sns:eu-west-2:ACCOUNT:pizza-alerts",
)


def webhook(value: str) -> Secret | None:
    """An address that holds a token, so it is kept like one."""
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("is no address of a webhook; copy it again, from https:// on")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is not https, so everybody on the way could read what is sent; use https")
    return secret(value)


def id_prefix(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", value):
        raise ValueError("is no prefix of ids; use up to 40 letters, digits and hyphens")
    return value


def names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise ValueError("is empty; give at least one name, several separated by commas")
    return names


def seasons(value: str) -> tuple[str, ...]:
    names = {name.strip() for name in value.split(",") if name.strip()}
    if (value and not names) or not all(map(_is_season, names)):
        raise ValueError("is no list of seasons; write 2024-25,2025-26 or, for tournaments, 2018,2022")
    return tuple(sorted(names))


def _is_season(name: str) -> bool:
    """A year, or a year and the last two digits of the next one."""
    return bool(_SEASON.fullmatch(name)) and (len(name) == 4 or int(name[5:]) == (int(name[:4]) + 1) % 100)
