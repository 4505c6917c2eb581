"""Parsers of setting values, one function per kind of value. Each raises ValueError with cause and remedy.

Which setting uses which parser does not belong here.
"""

import re
from collections.abc import Callable
from datetime import date as Date
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from pizza_assets.errors import quoted
from pizza_assets.models.secret import Secret

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""In the order in which cron counts them."""
_WEEKLY_TIME = re.compile(r"(?P<day>[a-z]{3,}\.?)(?:,? at |[, ]\s*)(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})")
_SEASON = re.compile(r"(18|19|20)[0-9]{2}(-[0-9]{2})?")


def place(value: str) -> str:
    """A folder, or s3://bucket/prefix."""
    if "://" in value:
        bucket_and_prefix(value)
    elif value.lower().startswith("s3:"):
        raise ValueError("has no two slashes after s3:; write it as s3://bucket/prefix")
    elif value.startswith("~"):
        raise ValueError("begins with ~, which only a shell expands; write the whole path")
    return value


def optional_place(value: str) -> str | None:
    return place(value) if value else None


def folder(value: str) -> str:
    if "://" in value:
        raise ValueError("is not a folder on this machine; give a path")
    return value


def bucket_and_prefix(address: str) -> tuple[str, str]:
    """The parts of s3://bucket/prefix. Raises ValueError for anything else."""
    scheme, _, rest = address.partition("://")
    if scheme != "s3":
        raise ValueError("is neither a folder nor a prefix of a bucket; write a path or s3://bucket/prefix")
    name, _, path = rest.partition("/")
    fault = _bucket_fault(name)
    if fault is not None:
        raise ValueError(f"names no possible bucket: {fault}; write it as s3://bucket/prefix")
    prefix = path.strip("/")
    if any(part in ("", ".", "..") for part in prefix.split("/")) and prefix:
        raise ValueError("has an empty or dotted part in its prefix; write it as s3://bucket/prefix")
    if unusable := sorted({sign for sign in prefix if sign in "?#" or not sign.isprintable()}):
        raise ValueError(f"has {unusable[0]!r} in its prefix; write it as s3://bucket/prefix, without it")
    return name, prefix


def bucket(value: str) -> str | None:
    """The name of a bucket alone."""
    fault = _bucket_fault(value) if value else None
    if fault is not None:
        raise ValueError(f"is not a bucket name: {fault}; give the name alone, such as pizza-data")
    return value or None


def _bucket_fault(name: str) -> str | None:
    """The first of S3's rules for the names of buckets that this one breaks."""
    if not name:
        return "the name is missing"
    impossible = sorted({sign for sign in name if not (sign.isascii() and (sign.isalnum() or sign in ".-"))})
    faults = {
        "has capital letters, which no bucket has": name != name.lower(),
        f"has {(impossible or [''])[0]!r}, but only letters, digits, dots and hyphens are possible": impossible,
        f"has {len(name)} characters instead of 3 to 63": not 3 <= len(name) <= 63,
        "does not begin and end with a letter or digit": not (name[0].isalnum() and name[-1].isalnum()),
        "has two dots in a row": ".." in name,
        "looks like an IP address": _IP_ADDRESS.fullmatch(name),
    }
    return next((f"{quoted(name)} {fault}" for fault, is_broken in faults.items() if is_broken), None)


def _address(value: str) -> SplitResult:
    """The parts of an address. Raises ValueError with a remedy for one that has none, such as http://[::1."""
    try:
        return urlsplit(value)
    except ValueError as error:
        raise ValueError("is not an address; write it as https://host/path, without brackets") from error


def endpoint(value: str) -> str | None:
    parts = _address(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query):
        raise ValueError("is not a server address; write it as https://s3.example.com")
    return value.rstrip("/") or None


def optional_text(value: str) -> str | None:
    return value or None


def secret(value: str) -> Secret | None:
    if not value.isascii() or not value.isprintable():
        raise ValueError("contains characters that a header may not contain; copy the key again")
    return Secret(value) if value else None


def database_address(value: str) -> Secret | None:
    """A database's address, which contains a password and is kept secret like one."""
    if value and not re.match(r"[A-Za-z][\w+.-]*://", value):
        raise ValueError("is not a database's address; write it as postgresql://user:password@host/database")
    return Secret(value) if value else None


def service_address(value: str) -> str:
    """The address of an API that receives a key: https, or loopback."""
    try:
        parts = urlsplit(value)
        is_usable = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError as error:
        raise ValueError("is not an address; write it as https://api.example.com") from error
    if not is_usable:
        raise ValueError("is not an address; write it as https://api.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("contains more than an address; set the key in its own variable")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is not https, so anybody in between could read the key; use https")
    return value.rstrip("/")


def timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is not a time zone; give an IANA name such as Europe/London") from error
    return value


def date(value: str) -> Date:
    try:
        return Date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is not a date; write it as 2026-08-04") from error


def weekly_time(value: str) -> str:
    """A weekday and a time of the day, such as Thu 10:00, as a cron expression."""
    found = _WEEKLY_TIME.fullmatch(value.strip().lower())
    day = next((n for n, name in enumerate(_WEEKDAYS) if found and name.startswith(found["day"].rstrip("."))), None)
    if found is None or day is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise ValueError("is not a weekday and a time; write it as Thu 10:00")
    return f"{int(found['minute'])} {int(found['hour'])} * * {day}"


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
        raise ValueError("is not a number; give a share such as 0.05") from error
    if not 0 <= share <= 1:
        raise ValueError("is not a share; give a number from 0 to 1")
    return share


MOST_ORDERS_PER_PERSON = 1e6
"""Any more is no number of orders that a person makes in an hour."""


def optional_positive(value: str) -> float | None:
    """A positive number; None for an empty value."""
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < MOST_ORDERS_PER_PERSON:
        raise ValueError("is not a positive number; write one like 6 or 7.5")
    return number


def whole_number(least: int, most: int | None = None) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.isdecimal() or int(value) < least or (most is not None and int(value) > most):
            raise ValueError(f"must be a whole number from {least}" + ("" if most is None else f" to {most}"))
        return int(value)

    return parse


def _matching(pattern: str, complaint: str) -> Callable[[str], str | None]:
    """A parser of text that matches the pattern; empty text gives None."""

    def parse(value: str) -> str | None:
        if value and not re.fullmatch(pattern, value):
            raise ValueError(complaint)
        return value or None

    return parse


account_id = _matching(r"\d{12}", "is not an AWS account; write its 12 digits")
region = _matching(r"[a-z]{2}(-[a-z]+)+-\d", "is not an AWS region; write it as eu-west-2")
owner_arn = _matching(
    r"arn:aws[a-z-]*:quicksight:[a-z0-9-]+:\d{12}:(user|group)/[\w.-]+/\S+",
    "is not the ARN of a QuickSight user or group; `aws quicksight list-users --namespace default` lists them",
)
topic_arn = _matching(
    r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+",
    "is not the ARN of an SNS topic; write it as arn:aws:sns:eu-west-2:ACCOUNT:pizza-alerts",
)
id_prefix = _matching(r"[A-Za-z0-9-]{1,40}", "is not an id prefix; use up to 40 letters, digits and hyphens")


def webhook(value: str) -> Secret | None:
    """A webhook's address, which contains a token and is kept secret like one."""
    parts = _address(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("is not a webhook's address; copy it again, from https:// on")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("is not https, so anybody in between could read what is sent; use https")
    return secret(value)


KEPT_SECRET = (secret, webhook, database_address)
"""Parsers of values that no message may show."""


def names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise ValueError("is empty; give at least one name; separate several by commas")
    return names


def seasons(value: str) -> tuple[str, ...]:
    names = {name.strip() for name in value.split(",") if name.strip()}
    if (value and not names) or not all(map(_is_season, names)):
        raise ValueError("is not a list of seasons; write 2024-25,2025-26 or, for tournaments, 2018,2022")
    return tuple(sorted(names))


def _is_season(name: str) -> bool:
    """Whether `name` is a year, or a year and the last two digits of the next one."""
    return bool(_SEASON.fullmatch(name)) and (len(name) == 4 or int(name[5:]) == (int(name[:4]) + 1) % 100)
