"""Delivery of alerts to an SNS topic or a webhook. failure_alerts.py decides when to send one."""

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pizza_assets.errors import AlertFailed
from pizza_assets.models.secret import Secret
from pizza_assets.settings import Settings

Channel = Callable[[str, str], None]
"""A function of subject and text. Raises AlertFailed."""

_TIMEOUT = (5, 10)
_SUBJECT_LENGTH = 100
_TEXT_LENGTH = 30_000
_RETRIES = Retry(
    total=3,
    status_forcelist=[429, 500, 502, 503, 504],
    allowed_methods=None,
    backoff_factor=0.5,
    respect_retry_after_header=False,
)


def channels(settings: Settings) -> list[Channel]:
    """The channels that the settings name; without any, alerts are only logged."""
    found: list[Channel] = []
    if settings.alert_topic_arn is not None:
        found.append(sns_topic(settings.alert_topic_arn))
    if settings.alert_webhook is not None:
        found.append(webhook(settings.alert_webhook))
    return found


def sns_topic(arn: str, client: Any = None) -> Channel:
    """The channel to an SNS topic; its region is taken from the ARN."""

    def send(subject: str, text: str) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError, ClientError

        sns = client or boto3.client("sns", region_name=arn.split(":")[3])
        try:
            sns.publish(TopicArn=arn, Subject=_one_line(subject), Message=text[:_TEXT_LENGTH])
        except (ClientError, BotoCoreError) as error:
            raise AlertFailed(
                f"{arn} did not accept an alert: {error}; allow sns:Publish on it, and check PIZZA_ALERT_TOPIC_ARN"
            ) from error

    return send


def webhook(address: Secret) -> Channel:
    """The channel to a webhook that accepts {"text": …}, as those of Slack, Mattermost and Teams do."""

    def send(subject: str, text: str) -> None:
        try:
            with requests.Session() as session:
                session.mount("https://", HTTPAdapter(max_retries=_RETRIES))
                session.mount("http://", HTTPAdapter(max_retries=_RETRIES))
                body = {"text": f"{subject}\n{text}"[:_TEXT_LENGTH]}
                answer = session.post(address.reveal(), json=body, timeout=_TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            # the address is a secret, and the error's message contains it
            raise AlertFailed(
                f"the webhook can't be reached ({type(error).__name__}); check PIZZA_ALERT_WEBHOOK"
            ) from None
        if answer.status_code // 100 != 2:  # a redirect is not followed: it may lead anywhere
            raise AlertFailed(f"the webhook rejected an alert (HTTP {answer.status_code}); check PIZZA_ALERT_WEBHOOK")

    return send


def _one_line(text: str) -> str:
    """The text as SNS accepts it for a subject: ASCII, one line, short."""
    return " ".join(text.encode("ascii", "replace").decode().split())[:_SUBJECT_LENGTH]
