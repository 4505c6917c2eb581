"""Every setting: its environment variable, default and meaning. Parsed once; a wrong value is refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from datetime import date
from pathlib import Path
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.secret import Secret
from pizza_assets.settings import values
from pizza_assets.settings.markets_table import read_markets

OPENFOOTBALL_URL = "https://raw.githubusercontent.com/openfootball/{repository}/master"
FOOTBALL_DATA_URL = "https://api.football-data.org"


def _setting(variable: str, default: str, parse: Callable[[str], Any], meaning: str) -> Any:
    return dataclass_field(
        default_factory=lambda: parse(default),
        metadata={"variable": variable, "default": default, "parse": parse, "meaning": meaning},
    )


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults: the embedded defaults need no network, no account and no file."""

    storage: str = _setting(
        "PIZZA_STORAGE", "./data", values.place, "Where every table is kept: a folder, or s3://bucket/prefix."
    )
    s3_bucket: str | None = _setting(
        "S3_BUCKET_NAME",
        "",
        values.bucket,
        "Without PIZZA_STORAGE: the bucket where every table is kept. QuickSight reads it.",
    )
    s3_endpoint: str | None = _setting(
        "PIZZA_S3_ENDPOINT",
        "",
        values.endpoint,
        "Address of another S3 server than Amazon's. Keys, profile and region are the usual AWS_ variables.",
    )
    s3_claim_seconds: int = _setting(
        "PIZZA_S3_CLAIM_SECONDS",
        "120",
        values.claim_seconds,
        "On S3: how long the claim of a killed writer on its week lasts. A living writer renews its own.",
    )
    local_folder: str = _setting(
        "PIZZA_LOCAL_FOLDER",
        "./data",
        values.folder,
        "With PIZZA_STORAGE on S3: the folder for what stays on this machine (parsed exports, request limits, copies).",
    )
    timezone: str = _setting(
        "PIZZA_TIMEZONE",
        "Europe/London",
        values.timezone,
        "Business time zone: match weeks turn on Tuesday 06:00 in it and the daily refresh runs at 18:00 in it.",
    )
    first_week: date = _setting(
        "PIZZA_FIRST_WEEK", "2014-12-30", values.date, "First match week there is; any date finds its week."
    )
    fallback: str = _setting(
        "PIZZA_FALLBACK",
        "mock",
        values.one_of("mock", "fail"),
        "When a source fails: mock stores labelled mock data, fail stores nothing and fails the week.",
    )
    orders: str = _setting(
        "PIZZA_ORDERS",
        "mock",
        values.one_of("mock", "files", "api"),
        "Where orders come from: mock (invented, labelled), files (your exports) or api (your service).",
    )
    orders_path: str | None = _setting(
        "PIZZA_ORDERS_PATH",
        "",
        values.optional_place,
        "With PIZZA_ORDERS=files: the export, or the folder of exports; or s3://bucket/prefix, an inbox in a bucket.",
    )
    orders_mapping: str | None = _setting(
        "PIZZA_ORDERS_MAPPING",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=files: the TOML file that names the columns.",
    )
    orders_api: str | None = _setting(
        "PIZZA_ORDERS_API",
        "",
        values.optional_text,
        "With PIZZA_ORDERS=api: the TOML file with its address and stores.",
    )
    orders_api_key: Secret | None = _setting(
        "PIZZA_ORDERS_API_KEY", "", values.secret, "With PIZZA_ORDERS=api: its key. Never shown or stored."
    )
    matches: str = _setting(
        "PIZZA_MATCHES",
        "openfootball",
        values.one_of("openfootball", "football-data", "mock"),
        "Where matches come from: openfootball (real, no account), football-data (football-data.org, a key) or mock "
        "(invented, labelled).",
    )
    football_data: str = _setting(
        "PIZZA_FOOTBALL_DATA",
        FOOTBALL_DATA_URL,
        values.service_address,
        "With PIZZA_MATCHES=football-data: its address.",
    )
    football_data_key: Secret | None = _setting(
        "PIZZA_FOOTBALL_DATA_KEY",
        "",
        values.secret,
        "With PIZZA_MATCHES=football-data: the account's key. Never shown or stored.",
    )
    football_data_limit: int = _setting(
        "PIZZA_FOOTBALL_DATA_LIMIT",
        "10",
        values.per_minute,
        "Requests per minute that the account allows: 10 for a free one.",
    )
    openfootball: str = _setting(
        "PIZZA_OPENFOOTBALL",
        OPENFOOTBALL_URL,
        values.text,
        "With PIZZA_MATCHES=openfootball: base URL ({repository} stands for football.json or worldcup.json) or a local "
        "folder.",
    )
    competitions: tuple[str, ...] = _setting(
        "PIZZA_COMPETITIONS", "en.1", values.names, "Competitions by openfootball's codes, separated by commas."
    )
    seasons: tuple[str, ...] = _setting(
        "PIZZA_SEASONS",
        "",
        values.seasons,
        "Seasons to collect matches of, e.g. 2024-25,2025-26 or 2018,2022 for World Cups. Default: every season.",
    )
    match_events: str | None = _setting(
        "PIZZA_MATCH_EVENTS", "", values.optional_text, "CSV file of goals and cards of matches whose source has none."
    )
    markets_file: str | None = _setting(
        "PIZZA_MARKETS",
        "",
        values.optional_text,
        "TOML table of markets: name, timezone, teams, chain. Default: 20 English markets.",
    )
    pre_minutes: int = _setting("PIZZA_PRE_MINUTES", "120", values.minutes, "Length of the window before kick-off.")
    post_minutes: int = _setting(
        "PIZZA_POST_MINUTES", "120", values.minutes, "Length of the window after the final whistle."
    )
    match_minutes: int = _setting(
        "PIZZA_MATCH_MINUTES", "115", values.minutes, "Kick-off to final whistle of a match decided in regular time."
    )
    extra_time_minutes: int = _setting(
        "PIZZA_EXTRA_TIME_MINUTES", "150", values.minutes, "Kick-off to final whistle after extra time."
    )
    penalties_minutes: int = _setting(
        "PIZZA_PENALTIES_MINUTES", "165", values.minutes, "Kick-off to final whistle after a shoot-out."
    )
    reject_error_share: float = _setting(
        "PIZZA_REJECT_ERROR_SHARE",
        "0.05",
        values.share,
        "Share of refused rows above which a check is an error instead of a warning.",
    )
    run_on: str = _setting(
        "PIZZA_RUN_ON",
        "local",
        values.one_of("local", "lambda"),
        "Where runs of the schedule and the sensors work: local (beside Dagster) or lambda (with deploy/dagster.yaml).",
    )
    daily_refresh: str = _setting(
        "PIZZA_DAILY_REFRESH",
        "dagster",
        values.one_of("dagster", "eventbridge"),
        "Who refreshes at 18:00: dagster (the schedule daily_refresh) or eventbridge (the function on its own). "
        "The other one then does not.",
    )
    alert_topic_arn: str | None = _setting(
        "PIZZA_ALERT_TOPIC_ARN", "", values.topic_arn, "ARN of the SNS topic that hears of failed runs."
    )
    alert_webhook: Secret | None = _setting(
        "PIZZA_ALERT_WEBHOOK",
        "",
        values.webhook,
        "Address that is sent a JSON text about failed runs (Slack's kind of webhook). Never shown or stored.",
    )
    s3_events_queue_url: str | None = _setting(
        "PIZZA_S3_EVENTS_QUEUE_URL",
        "",
        values.endpoint,
        "With an inbox in a bucket: the SQS queue to which the bucket tells of new objects, so that they are read "
        "within half a minute.",
    )
    bin_engine: str = _setting(
        "PIZZA_BIN_ENGINE",
        "kernel",
        values.one_of("kernel", "duckdb", "spark"),
        "Who counts a week's orders by minute: this process (kernel), or an engine that reads the Parquet itself.",
    )
    seed: int = _setting("PIZZA_SEED", "0", values.whole_number, "Seed of mock data.")
    quicksight_account_id: str | None = _setting(
        "QUICKSIGHT_ACCOUNT_ID", "", values.account_id, "For QuickSight: the AWS account, 12 digits."
    )
    quicksight_region: str | None = _setting(
        "QUICKSIGHT_REGION",
        "",
        values.region,
        "For QuickSight: the region in which the account uses it, e.g. eu-west-2.",
    )
    quicksight_owner_arn: str | None = _setting(
        "QUICKSIGHT_OWNER_ARN",
        "",
        values.owner_arn,
        "For QuickSight: ARN of the user or group that owns the dashboard.",
    )
    quicksight_id_prefix: str = _setting(
        "QUICKSIGHT_ID_PREFIX", "pizza", values.id_prefix, "For QuickSight: how every id begins that is made there."
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
                    shown = "***" if setting.metadata["parse"] in (values.secret, values.webhook) else repr(text)
                    raise ConfigurationError(f"{variable}={shown} {error}") from error
        if chosen.get("s3_bucket") and "storage" not in chosen:
            chosen["storage"] = f"s3://{chosen['s3_bucket']}"
        settings = cls(**chosen)
        if settings.run_on == "lambda" and settings.orders == "files" and "://" not in (settings.orders_path or ""):
            raise ConfigurationError(
                f"PIZZA_RUN_ON=lambda can't read PIZZA_ORDERS_PATH={settings.orders_path!r}, a folder of this machine; "
                "drop the exports into a bucket and name it as s3://bucket/prefix"
            )
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


_OTHER_VARIABLES = dict.fromkeys(("PIZZA_REQUIRE_ALL", "PIZZA_SHARED_DATA", "PIZZA_AXE", "PIZZA_LAMBDA_FUNCTION"))
"""Variables of the test suite and of deploy/dagster.yaml, which a settings parser must not call misspelt."""
