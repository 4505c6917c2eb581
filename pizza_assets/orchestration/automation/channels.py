"""The channels on which messages reach people: an SNS topic, a webhook, and every service that Apprise knows.

What is sent, and when, does not belong here: failure_alerts.py, moved_fixtures.py and digest_schedule.py decide that.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pizza_assets.errors import AlertFailed
from pizza_assets.models.secret import Secret
from pizza_assets.orchestration.automation.apprise_channel import services
from pizza_assets.orchestration.automation.http_refusal import refusal
from pizza_assets.orchestration.automation.message_length import shortened
from pizza_assets.orchestration.automation.unlogged import unlogged
from pizza_assets.settings import Settings

Channel = Callable[[str, str], None]
"""A function of subject and text. Raises AlertFailed."""

NO_CHANNEL = (
    "no channel is set; set PIZZA_NOTIFY_URLS (mail, chat and others), PIZZA_ALERT_WEBHOOK or PIZZA_ALERT_TOPIC_ARN"
)

_TIMEOUT = (5, 10)
_SUBJECT_LENGTH = 100
_TEXT_LENGTH = 30_000
_RETRIES: Mapping[str, Any] = {
    "total": 3,
    "status_forcelist": [429, 500, 502, 503, 504],
    "allowed_methods": None,
    "backoff_factor": 0.5,
    "respect_retry_after_header": False,
    "raise_on_status": False,  # the last answer says whose fault it is
}


def channels(settings: Settings) -> dict[str, Channel]:
    """The channels that the settings name, by a name that contains no secret; possibly none."""
    return {name: channel for build in REGISTRY for name, channel in build(settings).items()}


def deliver(chosen: Mapping[str, Channel], subject: str, text: str) -> dict[str, str]:
    """Send one message to every channel; return, by channel, why it was not delivered. The others still get it."""
    failed = {}
    for name, channel in chosen.items():
        try:
            channel(subject, text)
        except AlertFailed as error:
            failed[name] = str(error)
    return failed


def sns_topic(arn: str, client: Any = None) -> Channel:
    """The channel to an SNS topic; its region is taken from the ARN. Credentials are the instance's or task's role."""

    def send(subject: str, text: str) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        sns = client or boto3.client("sns", region_name=arn.split(":")[3])
        try:
            sns.publish(TopicArn=arn, Subject=_one_line(subject), Message=shortened(text, _TEXT_LENGTH))
        except (ClientError, BotoCoreError) as error:
            raise AlertFailed(
                f"{arn} did not accept a message: {error}; allow sns:Publish on it, and check PIZZA_ALERT_TOPIC_ARN"
            ) from error

    return send


def webhook(address: Secret) -> Channel:
    """The channel to a webhook that accepts {"text": …}, as those of Slack, Mattermost and Teams do."""

    def send(subject: str, text: str) -> None:
        import requests  # slow to import, and few starts send a message
        from requests.adapters import HTTPAdapter
        from urllib3.util.retry import Retry

        try:
            with unlogged(), requests.Session() as session:
                for scheme in ("https://", "http://"):
                    session.mount(scheme, HTTPAdapter(max_retries=Retry(**_RETRIES)))
                body = {"text": shortened(f"{subject}\n{text}", _TEXT_LENGTH)}
                answer = session.post(address.reveal(), json=body, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            # the address is a secret, and the error's message contains it
            raise AlertFailed(
                f"the webhook can't be reached ({type(error).__name__}); check PIZZA_ALERT_WEBHOOK"
            ) from None
        if answer.status_code // 100 != 2:  # a redirect is not followed: it may lead anywhere
            cause, remedy = refusal(answer.status_code, "check PIZZA_ALERT_WEBHOOK")
            raise AlertFailed(f"the webhook {cause}; {remedy}")

    return send


def _one_line(text: str) -> str:
    """The text as SNS accepts it for a subject: ASCII, one line, short."""
    return " ".join(text.encode("ascii", "replace").decode().split())[:_SUBJECT_LENGTH]


def _topic(settings: Settings) -> dict[str, Channel]:
    return {} if settings.alert_topic_arn is None else {"SNS topic": sns_topic(settings.alert_topic_arn)}


def _webhook(settings: Settings) -> dict[str, Channel]:
    return {} if settings.alert_webhook is None else {"webhook": webhook(settings.alert_webhook)}


def _services(settings: Settings) -> dict[str, Channel]:
    return services(settings.notify_urls)


REGISTRY: tuple[Callable[[Settings], dict[str, Channel]], ...] = (_topic, _webhook, _services)
"""Every kind of channel: a function that returns those which the settings name."""
