"""Every setting: its environment variable, default and meaning. Parsed once; a wrong value is refused by name.

Reading files that settings point to (mappings, markets) does not belong here, except the markets table, which
is small and needed everywhere.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.secret import Secret

OPENFOOTBALL_URL = "https://raw.githubusercontent.com/openfootball/{repository}/master"
FOOTBALL_DATA_URL = "https://api.football-data.org"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_SEASON = re.compile(r"(18|19|20)[0-9]{2}(-[0-9]{2})?")


def _text(value: str) -> str:
    return value


def _place(value: str) -> str:
    """A folder, or s3://bucket/prefix."""
    if "://" in value:
        bucket_and_prefix(value)
    return value


def _optional_place(value: str) -> str | None:
    return _place(value) if value else None


def _folder(value: str) -> str:
    if "://" in value:
        raise ValueError("is no folder on this machine; give a path")
    return value


def _bucket(value: str) -> str | None:
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


def _endpoint(value: str) -> str | None:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query):
        raise ValueError("is no address of a server; write it as https://s3.example.com")
    return value.rstrip("/") or None


def _optional_text(value: str) -> str | None:
    return value or None


def _secret(value: str) -> Secret | None:
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


def _per_minute(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 100_000:
        raise ValueError("is no number of requests per minute from 1")
    return int(value)


def _claim_seconds(value: str) -> int:
    if not value.isdigit() or not 5 <= int(value) <= 3600:
        raise ValueError("is no number of seconds from 5 to 3600")
    return int(value)


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no time zone; give an IANA name such as Europe/London") from error
    return value


def _date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is no date; write it as 2026-08-04") from error


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in words:
            raise ValueError(f"is not known; choose one of {', '.join(words)}")
        return value

    return parse


def _share(value: str) -> float:
    try:
        share = float(value)
    except ValueError as error:
        raise ValueError("is no number; give a share such as 0.05") from error
    if not 0 <= share <= 1:
        raise ValueError("is no share; give a number from 0 to 1")
    return share


def _minutes(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= 600:
        raise ValueError("is no length in whole minutes from 1 to 600")
    return int(value)


def _whole_number(value: str) -> int:
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


_bucket = _matching(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "is no name of a bucket; write only its name, without s3:// and prefix"
)
_account_id = _matching(r"\d{12}", "is no AWS account; write its 12 digits")
_region = _matching(r"[a-z]{2}(-[a-z]+)+-\d", "is no AWS region; write it as eu-west-2")
_owner_arn = _matching(
    r"arn:aws[a-z-]*:quicksight:[a-z0-9-]+:\d{12}:(user|group)/[\w.-]+/\S+",
    "is no QuickSight user or group; `aws quicksight list-users --namespace default` shows their Arn",
)


def _id_prefix(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", value):
        raise ValueError("is no prefix of ids; use up to 40 letters, digits and hyphens")
    return value


def _names(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise ValueError("is empty; give at least one name, several separated by commas")
    return names


def _seasons(value: str) -> tuple[str, ...]:
    names = {name.strip() for name in value.split(",") if name.strip()}
    if (value and not names) or not all(map(_is_season, names)):
        raise ValueError("is no list of seasons; write 2024-25,2025-26 or, for tournaments, 2018,2022")
    return tuple(sorted(names))


def _is_season(name: str) -> bool:
    """A year, or a year and the last two digits of the next one."""
    return bool(_SEASON.fullmatch(name)) and (len(name) == 4 or int(name[5:]) == (int(name[:4]) + 1) % 100)


def _setting(variable: str, default: str, parse: Callable[[str], Any], meaning: str) -> Any:
    return dataclass_field(
        default_factory=lambda: parse(default),
        metadata={"variable": variable, "default": default, "parse": parse, "meaning": meaning},
    )


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults: the embedded defaults need no network, no account and no file."""

    storage: str = _setting(
        "PIZZA_STORAGE", "./data", _place, "Where every table is kept: a folder, or s3://bucket/prefix."
    )
    bucket: str | None = _setting(
        "S3_BUCKET_NAME", "", _bucket, "Without PIZZA_STORAGE: the bucket where every table is kept."
    )
    s3_endpoint: str | None = _setting(
        "PIZZA_S3_ENDPOINT",
        "",
        _endpoint,
        "Address of another S3 server than Amazon's. Keys, profile and region are the usual AWS_ variables.",
    )
    s3_claim_seconds: int = _setting(
        "PIZZA_S3_CLAIM_SECONDS",
        "120",
        _claim_seconds,
        "On S3: how long the claim of a killed writer on its week lasts. A living writer renews its own.",
    )
    local_folder: str = _setting(
        "PIZZA_LOCAL_FOLDER",
        "./data",
        _folder,
        "With PIZZA_STORAGE on S3: the folder for what stays on this machine (parsed exports, request limits, copies).",
    )
    timezone: str = _setting(
        "PIZZA_TIMEZONE",
        "Europe/London",
        _timezone,
        "Business time zone: match weeks turn on Tuesday 06:00 in it and the daily refresh runs at 18:00 in it.",
    )
    first_week: date = _setting(
        "PIZZA_FIRST_WEEK", "2014-12-30", _date, "First match week there is; any date finds its week."
    )
    fallback: str = _setting(
        "PIZZA_FALLBACK",
        "mock",
        _one_of("mock", "fail"),
        "When a source fails: mock stores labelled mock data, fail stores nothing and fails the week.",
    )
    orders: str = _setting(
        "PIZZA_ORDERS",
        "mock",
        _one_of("mock", "files", "api"),
        "Where orders come from: mock (invented, labelled), files (your exports) or api (your service).",
    )
    orders_path: str | None = _setting(
        "PIZZA_ORDERS_PATH",
        "",
        _optional_place,
        "With PIZZA_ORDERS=files: the export, or the folder of exports; or s3://bucket/prefix, an inbox in a bucket.",
    )
    orders_mapping: str | None = _setting(
        "PIZZA_ORDERS_MAPPING", "", _optional_text, "With PIZZA_ORDERS=files: the TOML file that names the columns."
    )
    orders_api: str | None = _setting(
        "PIZZA_ORDERS_API", "", _optional_text, "With PIZZA_ORDERS=api: the TOML file with its address and stores."
    )
    orders_api_key: Secret | None = _setting(
        "PIZZA_ORDERS_API_KEY", "", _secret, "With PIZZA_ORDERS=api: its key. Never shown or stored."
    )
    matches: str = _setting(
        "PIZZA_MATCHES",
        "openfootball",
        _one_of("openfootball", "football-data", "mock"),
        "Where matches come from: openfootball (real, no account), football-data (football-data.org, a key) or mock "
        "(invented, labelled).",
    )
    football_data: str = _setting(
        "PIZZA_FOOTBALL_DATA", FOOTBALL_DATA_URL, service_address, "With PIZZA_MATCHES=football-data: its address."
    )
    football_data_key: Secret | None = _setting(
        "PIZZA_FOOTBALL_DATA_KEY",
        "",
        _secret,
        "With PIZZA_MATCHES=football-data: the account's key. Never shown or stored.",
    )
    football_data_limit: int = _setting(
        "PIZZA_FOOTBALL_DATA_LIMIT",
        "10",
        _per_minute,
        "Requests per minute that the account allows: 10 for a free one.",
    )
    openfootball: str = _setting(
        "PIZZA_OPENFOOTBALL",
        OPENFOOTBALL_URL,
        _text,
        "With PIZZA_MATCHES=openfootball: base URL ({repository} stands for football.json or worldcup.json) or a local "
        "folder.",
    )
    competitions: tuple[str, ...] = _setting(
        "PIZZA_COMPETITIONS", "en.1", _names, "Competitions by openfootball's codes, separated by commas."
    )
    seasons: tuple[str, ...] = _setting(
        "PIZZA_SEASONS",
        "",
        _seasons,
        "Seasons to collect matches of, e.g. 2024-25,2025-26 or 2018,2022 for World Cups. Default: every season.",
    )
    match_events: str | None = _setting(
        "PIZZA_MATCH_EVENTS", "", _optional_text, "CSV file of goals and cards of matches whose source has none."
    )
    markets_file: str | None = _setting(
        "PIZZA_MARKETS",
        "",
        _optional_text,
        "TOML table of markets: name, timezone, teams, chain. Default: 20 English markets.",
    )
    pre_minutes: int = _setting("PIZZA_PRE_MINUTES", "120", _minutes, "Length of the window before kick-off.")
    post_minutes: int = _setting("PIZZA_POST_MINUTES", "120", _minutes, "Length of the window after the final whistle.")
    match_minutes: int = _setting(
        "PIZZA_MATCH_MINUTES", "115", _minutes, "Kick-off to final whistle of a match decided in regular time."
    )
    extra_time_minutes: int = _setting(
        "PIZZA_EXTRA_TIME_MINUTES", "150", _minutes, "Kick-off to final whistle after extra time."
    )
    penalties_minutes: int = _setting(
        "PIZZA_PENALTIES_MINUTES", "165", _minutes, "Kick-off to final whistle after a shoot-out."
    )
    reject_error_share: float = _setting(
        "PIZZA_REJECT_ERROR_SHARE",
        "0.05",
        _share,
        "Share of refused rows above which a check is an error instead of a warning.",
    )
    seed: int = _setting("PIZZA_SEED", "0", _whole_number, "Seed of mock data.")
    s3_bucket: str | None = _setting(
        "S3_BUCKET_NAME", "", _bucket, "For QuickSight: the bucket whose extracts and manifests it reads."
    )
    quicksight_account_id: str | None = _setting(
        "QUICKSIGHT_ACCOUNT_ID", "", _account_id, "For QuickSight: the AWS account, 12 digits."
    )
    quicksight_region: str | None = _setting(
        "QUICKSIGHT_REGION", "", _region, "For QuickSight: the region in which the account uses it, e.g. eu-west-2."
    )
    quicksight_owner_arn: str | None = _setting(
        "QUICKSIGHT_OWNER_ARN", "", _owner_arn, "For QuickSight: ARN of the user or group that owns the dashboard."
    )
    quicksight_id_prefix: str = _setting(
        "QUICKSIGHT_ID_PREFIX", "pizza", _id_prefix, "For QuickSight: how every id begins that is made there."
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Parse `environ`; unset or empty variables keep their default.

        Raises ConfigurationError naming variable, value and remedy; also for a variable that starts with
        PIZZA_ or QUICKSIGHT_ but is no setting, because a misspelt one would silently do nothing.
        """
        known = {f.metadata["variable"]: f for f in fields(cls)}
        ours = (name for name in environ if name.startswith(("PIZZA_", "QUICKSIGHT_")))
        unknown = sorted(name for name in ours if name not in known | _OTHER_VARIABLES)
        if unknown:
            raise ConfigurationError(f"{unknown[0]} is no setting; the settings are {', '.join(sorted(known))}")
        chosen = {}
        for variable, setting in known.items():
            text = environ.get(variable, "").strip()
            if text:
                try:
                    chosen[setting.name] = setting.metadata["parse"](text)
                except ValueError as error:
                    shown = "***" if setting.metadata["parse"] is _secret else repr(text)
                    raise ConfigurationError(f"{variable}={shown} {error}") from error
        if chosen.get("bucket") and "storage" not in chosen:
            chosen["storage"] = f"s3://{chosen['bucket']}"
        settings = cls(**chosen)
        for choice, value, variable in settings._needed():
            if value is None:
                raise ConfigurationError(f"{choice} needs {variable}; see docs/configuration.md")
        return settings

    def _needed(self) -> list[tuple[str, object, str]]:
        """What a choice needs besides: (choice, value, variable). A missing key is a source's failure: under
        PIZZA_FALLBACK=mock it has a stand-in, under fail it is refused here, once, and not in every week.
        """
        needed: list[tuple[str, object, str]] = []
        if self.orders == "files":
            needed += [("PIZZA_ORDERS=files", self.orders_path, "PIZZA_ORDERS_PATH")]
            needed += [("PIZZA_ORDERS=files", self.orders_mapping, "PIZZA_ORDERS_MAPPING")]
        if self.orders == "api":
            needed += [("PIZZA_ORDERS=api", self.orders_api, "PIZZA_ORDERS_API")]
            if self.fallback == "fail":
                choice = "PIZZA_ORDERS=api with PIZZA_FALLBACK=fail"
                needed += [(choice, self.orders_api_key, "PIZZA_ORDERS_API_KEY")]
        if self.matches == "football-data" and self.fallback == "fail":
            choice = "PIZZA_MATCHES=football-data with PIZZA_FALLBACK=fail"
            needed += [(choice, self.football_data_key, "PIZZA_FOOTBALL_DATA_KEY")]
        return needed

    @property
    def is_on_s3(self) -> bool:
        return "://" in self.storage

    @property
    def machine_folder(self) -> Path:
        """The folder for what stays on this machine; the storage itself where that is a folder."""
        return Path(self.local_folder if self.is_on_s3 else self.storage)

    @property
    def may_invent_orders(self) -> bool:
        """Whether a week's orders may be mock: chosen so, or in the place of an API that failed; files have none."""
        return self.orders == "mock" or (self.orders == "api" and self.fallback == "mock")

    def markets(self) -> tuple[Market, ...]:
        """The markets of PIZZA_MARKETS, or the embedded ones. Raises ConfigurationError naming file and remedy."""
        return DEFAULT_MARKETS if self.markets_file is None else read_markets(Path(self.markets_file))


_OTHER_VARIABLES: dict[str, Any] = {"PIZZA_REQUIRE_ALL": None, "PIZZA_SHARED_DATA": None, "PIZZA_AXE": None}
"""Variables of the test suite, which a settings parser must not call misspelt."""


def read_markets(path: Path) -> tuple[Market, ...]:
    """Read a table of markets: `[[market]]` with name, timezone and, optionally, teams (canonical names)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: no such markets file; correct PIZZA_MARKETS") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as TOML ({error}); see docs/configuration.md") from error
    rows = table.get("market")
    if set(table) != {"market"} or not isinstance(rows, list) or not rows:
        raise ConfigurationError(f"{path}: holds no [[market]] tables, or something beside them")
    markets = tuple(_market(path, row) for row in rows)
    names = [market.name for market in markets]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigurationError(f"{path}: market {doubled[0]!r} is listed twice; keep one")
    return markets


def _market(path: Path, row: Any) -> Market:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"]:
        raise ConfigurationError(f'{path}: a [[market]] has no name; add name = "..."')
    name = row["name"]
    extra = sorted(set(row) - {"name", "timezone", "teams", "chain"})
    if extra:
        known = "name, timezone, teams, chain"
        raise ConfigurationError(f"{path}: market {name!r} has unknown key {extra[0]!r}; known: {known}")
    try:
        timezone = _timezone(str(row.get("timezone", "")))
    except ValueError as error:
        raise ConfigurationError(f"{path}: market {name!r}: timezone {row.get('timezone')!r} {error}") from error
    teams = row.get("teams", [])
    if not isinstance(teams, list) or not all(isinstance(team, str) and team for team in teams):
        raise ConfigurationError(f"{path}: market {name!r}: teams must be a list of names")
    chain = row.get("chain")
    if chain is not None and (not isinstance(chain, str) or not chain):
        raise ConfigurationError(f"{path}: market {name!r}: chain must be a name in quotes, not {chain!r}")
    return Market(name, timezone, tuple(teams), chain)
