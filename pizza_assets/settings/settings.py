"""Every setting: its environment variable, default and meaning. Parsed once; a wrong value is refused by name.

Settings of sources are in sources.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.secret import Secret
from pizza_assets.settings import values
from pizza_assets.settings.declaration import setting
from pizza_assets.settings.markets_table import read_markets
from pizza_assets.settings.sources import SourceSettings


@dataclass(frozen=True)
class Settings(SourceSettings):
    """All settings with their defaults: the embedded defaults need no network, no account and no file."""

    storage: str = setting(
        "PIZZA_STORAGE", "./data", values.place, "Where every table is kept: a folder, or s3://bucket/prefix."
    )
    s3_bucket: str | None = setting(
        "S3_BUCKET_NAME",
        "",
        values.bucket,
        "Without PIZZA_STORAGE: the bucket where every table is kept. QuickSight reads it.",
    )
    s3_endpoint: str | None = setting(
        "PIZZA_S3_ENDPOINT",
        "",
        values.endpoint,
        "Address of another S3 server than Amazon's. Keys, profile and region are the usual AWS_ variables.",
    )
    s3_claim_seconds: int = setting(
        "PIZZA_S3_CLAIM_SECONDS",
        "120",
        values.claim_seconds,
        "On S3: how long the claim of a killed writer on its week lasts. A living writer renews its own.",
    )
    local_folder: str = setting(
        "PIZZA_LOCAL_FOLDER",
        "./data",
        values.folder,
        "With PIZZA_STORAGE on S3: the folder for what stays on this machine (parsed exports, request limits, copies).",
    )
    timezone: str = setting(
        "PIZZA_TIMEZONE",
        "Europe/London",
        values.timezone,
        "Business time zone: match weeks turn on Tuesday 06:00 in it and the daily refresh runs at 18:00 in it.",
    )
    first_week: date = setting(
        "PIZZA_FIRST_WEEK", "2014-12-30", values.date, "First match week there is; any date finds its week."
    )
    markets_file: str | None = setting(
        "PIZZA_MARKETS",
        "",
        values.optional_text,
        "TOML table of markets: name, timezone, teams, chain. Default: 20 English markets.",
    )
    pre_minutes: int = setting("PIZZA_PRE_MINUTES", "120", values.minutes, "Length of the window before kick-off.")
    post_minutes: int = setting(
        "PIZZA_POST_MINUTES", "120", values.minutes, "Length of the window after the final whistle."
    )
    match_minutes: int = setting(
        "PIZZA_MATCH_MINUTES", "115", values.minutes, "Kick-off to final whistle of a match decided in regular time."
    )
    extra_time_minutes: int = setting(
        "PIZZA_EXTRA_TIME_MINUTES", "150", values.minutes, "Kick-off to final whistle after extra time."
    )
    penalties_minutes: int = setting(
        "PIZZA_PENALTIES_MINUTES", "165", values.minutes, "Kick-off to final whistle after a shoot-out."
    )
    reject_error_share: float = setting(
        "PIZZA_REJECT_ERROR_SHARE",
        "0.05",
        values.share,
        "Share of refused rows above which a check is an error instead of a warning.",
    )
    refused_rows_shown: int = setting(
        "PIZZA_REFUSED_ROWS_SHOWN",
        "20",
        values.whole_number,
        "Refused rows of a week that the check rows_are_valid shows; all are counted and stored.",
    )
    run_on: str = setting(
        "PIZZA_RUN_ON",
        "local",
        values.one_of("local", "lambda"),
        "Where runs of the schedule and the sensors work: local (beside Dagster) or lambda (with deploy/dagster.yaml).",
    )
    daily_refresh: str = setting(
        "PIZZA_DAILY_REFRESH",
        "dagster",
        values.one_of("dagster", "eventbridge"),
        "Who refreshes at 18:00: dagster (the schedule daily_refresh) or eventbridge (the function on its own). "
        "The other one then does not.",
    )
    alert_topic_arn: str | None = setting(
        "PIZZA_ALERT_TOPIC_ARN", "", values.topic_arn, "ARN of the SNS topic that hears of failed runs."
    )
    alert_webhook: Secret | None = setting(
        "PIZZA_ALERT_WEBHOOK",
        "",
        values.webhook,
        "Address that is sent a JSON text about failed runs (Slack's kind of webhook). Never shown or stored.",
    )
    s3_events_queue_url: str | None = setting(
        "PIZZA_S3_EVENTS_QUEUE_URL",
        "",
        values.endpoint,
        "With an inbox in a bucket: the SQS queue to which the bucket tells of new objects, so that they are read "
        "within half a minute.",
    )
    bin_engine: str = setting(
        "PIZZA_BIN_ENGINE",
        "kernel",
        values.one_of("kernel", "duckdb", "spark"),
        "Who counts a week's orders by minute: this process (kernel), or an engine that reads the Parquet itself.",
    )
    seed: int = setting("PIZZA_SEED", "0", values.whole_number, "Seed of mock data.")
    quicksight_account_id: str | None = setting(
        "QUICKSIGHT_ACCOUNT_ID", "", values.account_id, "For QuickSight: the AWS account, 12 digits."
    )
    quicksight_region: str | None = setting(
        "QUICKSIGHT_REGION",
        "",
        values.region,
        "For QuickSight: the region in which the account uses it, e.g. eu-west-2.",
    )
    quicksight_owner_arn: str | None = setting(
        "QUICKSIGHT_OWNER_ARN",
        "",
        values.owner_arn,
        "For QuickSight: ARN of the user or group that owns the dashboard.",
    )
    quicksight_id_prefix: str = setting(
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
        for variable, declared in known.items():
            text = environ.get(variable, "").strip()
            if text:
                try:
                    chosen[declared.name] = declared.metadata["parse"](text)
                except ValueError as error:
                    shown = "***" if declared.metadata["parse"] in (values.secret, values.webhook) else repr(text)
                    raise ConfigurationError(f"{variable}={shown} {error}") from error
        if chosen.get("s3_bucket") and "storage" not in chosen:
            chosen["storage"] = f"s3://{chosen['s3_bucket']}"
        settings = cls(**chosen)
        if settings.run_on == "lambda" and settings.orders == "files" and "://" not in (settings.orders_path or ""):
            raise ConfigurationError(
                f"PIZZA_RUN_ON=lambda can't read PIZZA_ORDERS_PATH={settings.orders_path!r}, a folder of this machine; "
                "drop the exports into a bucket and name it as s3://bucket/prefix"
            )
        settings.refuse_missing()
        return settings

    @property
    def is_on_s3(self) -> bool:
        return "://" in self.storage

    @property
    def machine_folder(self) -> Path:
        """The folder for what stays on this machine; the storage itself where that is a folder."""
        return Path(self.local_folder if self.is_on_s3 else self.storage)

    def markets(self) -> tuple[Market, ...]:
        """The markets of PIZZA_MARKETS, or the embedded ones. Raises ConfigurationError naming file and remedy."""
        return DEFAULT_MARKETS if self.markets_file is None else read_markets(Path(self.markets_file))


_OTHER_VARIABLES = dict.fromkeys(("PIZZA_REQUIRE_ALL", "PIZZA_SHARED_DATA", "PIZZA_AXE", "PIZZA_LAMBDA_FUNCTION"))
"""Variables of the test suite and of deploy/dagster.yaml, which a settings parser must not call misspelt."""
