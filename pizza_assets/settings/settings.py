"""Every setting with its environment variable, default and meaning; the settings of sources are in sources.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pizza_assets.errors import ConfigurationError, quoted
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.orders_per_person import OrdersPerPerson
from pizza_assets.models.secret import Secret
from pizza_assets.settings import values
from pizza_assets.settings.declaration import setting
from pizza_assets.settings.markets_table import read_markets, read_orders_per_person
from pizza_assets.settings.notify_urls import notify_urls
from pizza_assets.settings.sources import SourceSettings
from pizza_assets.settings.special_days_file import with_special_days

_MINUTES = values.whole_number(1, 600)


@dataclass(frozen=True)
class Settings(SourceSettings):
    """All settings. The defaults need no account and no file."""

    storage: str = setting(
        "PIZZA_STORAGE", "./data", values.place, "Where all tables are stored: a folder, or s3://bucket/prefix."
    )
    s3_bucket: str | None = setting(
        "S3_BUCKET_NAME", "", values.bucket, "Bucket of all tables if PIZZA_STORAGE is not set. QuickSight reads it."
    )
    s3_endpoint: str | None = setting(
        "PIZZA_S3_ENDPOINT",
        "",
        values.endpoint,
        "Address of an S3 server other than Amazon's. Keys, profile and region are set by the usual AWS_ variables.",
    )
    s3_claim_seconds: int = setting(
        "PIZZA_S3_CLAIM_SECONDS",
        "120",
        values.whole_number(5, 3600),
        "On S3: seconds until a dead writer's claim on a week expires. A live writer keeps renewing its claim.",
    )
    local_folder: str = setting(
        "PIZZA_LOCAL_FOLDER", "./data", values.folder, "On S3: local folder for parsed exports, rate limits and copies."
    )
    timezone: str = setting(
        "PIZZA_TIMEZONE",
        "Europe/London",
        values.timezone,
        "Business time zone: match weeks begin on Tuesday at 06:00 and the daily refresh runs at 18:00, local time.",
    )
    first_week: date = setting(
        "PIZZA_FIRST_WEEK", "2014-12-30", values.date, "The first match week, given by any of its dates."
    )
    markets_file: str | None = setting(
        "PIZZA_MARKETS", "", values.optional_text, "TOML file of markets and their teams. Default: 20 English markets."
    )
    special_days: str | None = setting(
        "PIZZA_SPECIAL_DAYS",
        "",
        values.optional_text,
        "CSV or TOML file of days that are not like others: closed, promotion, outage, concert, snow.",
    )
    pre_minutes: int = setting("PIZZA_PRE_MINUTES", "120", _MINUTES, "Length of the window before kick-off.")
    post_minutes: int = setting("PIZZA_POST_MINUTES", "120", _MINUTES, "Length of the window after the final whistle.")
    match_minutes: int = setting(
        "PIZZA_MATCH_MINUTES", "115", _MINUTES, "Kick-off to final whistle of a match decided in regular time."
    )
    extra_time_minutes: int = setting(
        "PIZZA_EXTRA_TIME_MINUTES", "150", _MINUTES, "Kick-off to final whistle after extra time."
    )
    penalties_minutes: int = setting(
        "PIZZA_PENALTIES_MINUTES", "165", _MINUTES, "Kick-off to final whistle after a shoot-out."
    )
    orders_per_person: float | None = setting(
        "PIZZA_ORDERS_PER_PERSON",
        "",
        values.optional_positive,
        "Orders that one person makes in an hour: the forecast then says how many people to staff, too. The markets "
        "table can have other numbers for single markets and chains.",
    )
    calendar_share: float = setting(
        "PIZZA_CALENDAR_SHARE",
        "0.05",
        values.share,
        "Share of a shop's orders of the day that a match must add or cost to be in the calendar of coming matches.",
    )
    reject_error_share: float = setting(
        "PIZZA_REJECT_ERROR_SHARE",
        "0.05",
        values.share,
        "Share of refused order rows above which a week is not stored; the one stored before stays.",
    )
    reject_error_matches: int = setting(
        "PIZZA_REJECT_ERROR_MATCHES",
        "3",
        values.whole_number(0),
        "Number of refused matches above which a week's matches are not stored; those stored before stay.",
    )
    run_on: str = setting(
        "PIZZA_RUN_ON",
        "local",
        values.one_of("local", "lambda"),
        "Where runs of the schedule and the sensors execute: local, or lambda (with deploy/dagster.yaml).",
    )
    daily_refresh: str = setting(
        "PIZZA_DAILY_REFRESH",
        "dagster",
        values.one_of("dagster", "eventbridge"),
        "What starts the refresh at 18:00: dagster (the schedule daily_refresh) or eventbridge (the Lambda function). "
        "Only the chosen one starts it.",
    )
    alert_topic_arn: str | None = setting(
        "PIZZA_ALERT_TOPIC_ARN",
        "",
        values.topic_arn,
        "ARN of the SNS topic that gets failed runs, moved fixtures and the digest.",
    )
    alert_webhook: Secret | None = setting(
        "PIZZA_ALERT_WEBHOOK",
        "",
        values.webhook,
        "Webhook that receives the same as JSON messages, as Slack's does. Never shown or stored.",
    )
    notify_urls: tuple[Secret, ...] = setting(
        "PIZZA_NOTIFY_URLS",
        "",
        notify_urls,
        "Addresses of mail, chat and other services that get the same, as Apprise writes them: mailtos://…, slack://…. "
        "Several are separated by spaces. Never shown or stored.",
    )
    digest_at: str = setting(
        "PIZZA_DIGEST_AT",
        "Thu 10:00",
        values.weekly_time,
        "When the schedule weekly_digest sends the weekend's digest: weekday and time, in the business time zone.",
    )
    s3_events_queue_url: str | None = setting(
        "PIZZA_S3_EVENTS_QUEUE_URL",
        "",
        values.endpoint,
        "With an inbox in a bucket: the SQS queue that the bucket notifies of new objects, which are then read within "
        "half a minute.",
    )
    bin_engine: str = setting(
        "PIZZA_BIN_ENGINE",
        "kernel",
        values.one_of("kernel", "duckdb", "spark"),
        "What counts a week's orders by minute: this process (kernel), or an engine that reads the Parquet itself.",
    )
    seed: int = setting("PIZZA_SEED", "0", values.whole_number(0), "Seed of mock data.")
    quicksight_account_id: str | None = setting(
        "QUICKSIGHT_ACCOUNT_ID", "", values.account_id, "For QuickSight: the AWS account, 12 digits."
    )
    quicksight_region: str | None = setting(
        "QUICKSIGHT_REGION", "", values.region, "For QuickSight: the account's QuickSight region, e.g. eu-west-2."
    )
    quicksight_owner_arn: str | None = setting(
        "QUICKSIGHT_OWNER_ARN", "", values.owner_arn, "For QuickSight: ARN of the user or group owning the dashboard."
    )
    quicksight_id_prefix: str = setting(
        "QUICKSIGHT_ID_PREFIX",
        "pizza",
        values.id_prefix,
        "For QuickSight: prefix of the ids of everything created there.",
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Parse `environ`; unset or empty variables keep their default.

        Raises ConfigurationError naming variable, value and remedy; also for an unknown variable that starts with
        PIZZA_ or QUICKSIGHT_, because a misspelt one would silently do nothing.
        """
        known = {f.metadata["variable"]: f for f in fields(cls)}
        ours = {name for name in environ if name.startswith(("PIZZA_", "QUICKSIGHT_"))}
        unknown = sorted(ours - known.keys() - _OTHER_VARIABLES)
        if unknown:
            raise ConfigurationError(
                f"{unknown[0][:100]} is not a setting{_meant(unknown[0], known)}; correct or unset it. All settings "
                "are in docs/configuration.md"
            )
        chosen = {}
        for variable, declared in known.items():
            text = environ.get(variable, "").strip()
            if text:
                try:
                    chosen[declared.name] = declared.metadata["parse"](text)
                except ValueError as error:
                    shown = "***" if declared.metadata["parse"] in _KEPT_SECRET else quoted(text)
                    raise ConfigurationError(f"{variable}={shown} {error}") from error
        if chosen.get("s3_bucket") and "storage" not in chosen:
            chosen["storage"] = f"s3://{chosen['s3_bucket']}"
        settings = cls(**chosen)
        if settings.run_on == "lambda" and settings.orders == "files" and "://" not in (settings.orders_path or ""):
            raise ConfigurationError(
                f"PIZZA_RUN_ON=lambda can't read PIZZA_ORDERS_PATH={quoted(settings.orders_path or '')}, a folder on "
                "this machine; drop the exports into a bucket and name it as s3://bucket/prefix"
            )
        settings.refuse_missing()
        return settings

    @property
    def is_on_s3(self) -> bool:
        return "://" in self.storage

    @property
    def machine_folder(self) -> Path:
        """The folder for local files; the storage itself if that is a folder."""
        return Path(self.local_folder if self.is_on_s3 else self.storage)

    def markets(self) -> tuple[Market, ...]:
        """The markets of PIZZA_MARKETS, or the built-in ones, with the days of PIZZA_SPECIAL_DAYS.

        Raises ConfigurationError naming file and remedy.
        """
        known = DEFAULT_MARKETS if self.markets_file is None else read_markets(Path(self.markets_file))
        return known if self.special_days is None else with_special_days(known, Path(self.special_days))

    def people(self) -> OrdersPerPerson:
        """Orders that one person makes in an hour, by market and chain. Raises what `markets` raises."""
        if self.markets_file is None:
            return OrdersPerPerson(self.orders_per_person)
        return read_orders_per_person(Path(self.markets_file), self.orders_per_person)


_WORDS_FOR_PATH = {"DIR", "DIRECTORY", "FILE", "FILES", "FOLDER"}


def _meant(variable: str, known: Iterable[str]) -> str:
    """The setting that may have been meant, in brackets after a space; empty if none is alike.

    Meaning counts before spelling: PIZZA_ORDERS_FILE is spelt more like PIZZA_ORDERS_TABLE than PIZZA_ORDERS_PATH.
    Prefixes are not compared: with them all names would be alike.
    """
    by_ending = {_without_prefix(name): name for name in known}
    ending = _without_prefix(variable)
    first, _, last = ending.rpartition("_")
    synonym = f"{first}_PATH" if last in _WORDS_FOR_PATH else ""
    close = [synonym] if synonym in by_ending else get_close_matches(ending, list(by_ending), n=1)
    return f" (did you mean {by_ending[close[0]]}?)" if close else ""


def _without_prefix(variable: str) -> str:
    return variable.removeprefix("PIZZA_").removeprefix("QUICKSIGHT_")


_KEPT_SECRET = (*values.KEPT_SECRET, notify_urls)
"""Parsers of values that no message may show."""

_OTHER_VARIABLES = {"PIZZA_REQUIRE_ALL", "PIZZA_SHARED_DATA", "PIZZA_AXE", "PIZZA_LAMBDA_FUNCTION"}
"""Variables of the test suite and of deploy/dagster.yaml, which are not misspelt settings."""
