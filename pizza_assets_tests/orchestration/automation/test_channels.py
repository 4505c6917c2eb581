"""Channels: an SNS topic, a webhook and Apprise's services; secrets appear in no error and no log."""

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from botocore.exceptions import ClientError

from pizza_assets.errors import AlertFailed, ConfigurationError
from pizza_assets.models.secret import Secret
from pizza_assets.orchestration.automation.apprise_channel import services
from pizza_assets.orchestration.automation.channels import channels, deliver, sns_topic, webhook
from pizza_assets.orchestration.automation.message_length import shortened
from pizza_assets.orchestration.automation.unlogged import unlogged
from pizza_assets.settings import Settings
from pizza_assets_tests.support.message_servers import Hook, Mailbox, serving

TOPIC = "arn:aws:sns:eu-west-2:000000000000:pizza-alerts"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with serving(Hook()) as made:
        yield made


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving(Mailbox()) as made:
        yield made


def notify(*addresses: str) -> Settings:
    return Settings.from_environment({"PIZZA_NOTIFY_URLS": " ".join(addresses)})


def test_a_webhook_is_retried(hook: Hook) -> None:
    hook.statuses = [503, 429]
    webhook(hook.address)("it failed", "because")
    assert hook.texts == ["it failed\nbecause"]


@pytest.mark.parametrize("status", [301, 404])
def test_a_refusing_webhook_is_reported_without_its_address(hook: Hook, status: int) -> None:
    hook.statuses = [status]
    with pytest.raises(AlertFailed, match=str(status)) as refused:
        webhook(hook.address)("s", "t")
    assert "unguessable" not in str(refused.value)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_webhook_that_stays_faulty_is_not_called_a_wrong_address(hook: Hook, status: int) -> None:
    """After all retries; it was told as one that can't be reached."""
    hook.statuses = [status] * 4
    with pytest.raises(AlertFailed, match=rf"HTTP {status}\).*try again later") as refused:
        webhook(hook.address)("s", "t")
    assert "PIZZA_ALERT_WEBHOOK" not in str(refused.value)
    assert hook.bodies == []


def test_an_unreachable_webhook_is_reported_without_its_address(hook: Hook) -> None:
    hook.server.socket.close()
    address = Secret(hook.address.reveal().replace("127.0.0.1", "127.0.0.2"))
    with pytest.raises(AlertFailed, match="can't be reached") as refused:
        webhook(address)("s", "t")
    assert "unguessable" not in str(refused.value)
    assert refused.value.__cause__ is None


class Sns:
    def __init__(self, error: Exception | None = None) -> None:
        self.published: list[dict[str, Any]] = []
        self._error = error

    def publish(self, **request: Any) -> None:
        if self._error is not None:
            raise self._error
        self.published.append(request)


def test_a_topic_gets_a_valid_subject_and_text() -> None:
    client = Sns()
    sns_topic(TOPIC, client)("Málaga\nfailed " + "x" * 200, "words")
    (request,) = client.published
    assert request["Subject"].isascii()
    assert len(request["Subject"]) <= 100
    assert "\n" not in request["Subject"]


def test_a_topic_that_refuses_names_the_permission() -> None:
    refused = ClientError({"Error": {"Code": "AuthorizationError", "Message": "no"}}, "Publish")
    with pytest.raises(AlertFailed, match="sns:Publish"):
        sns_topic(TOPIC, Sns(refused))("s", "t")


def test_the_settings_name_the_channels() -> None:
    assert channels(Settings()) == {}
    both = Settings.from_environment(
        {"PIZZA_ALERT_TOPIC_ARN": TOPIC, "PIZZA_ALERT_WEBHOOK": "https://hooks.example/T0/unguessable"}
    )
    assert len(channels(both)) == 2
    assert "unguessable" not in repr(both)


def test_apprise_sends_to_a_hook_and_by_mail(hook: Hook, mailbox: Mailbox) -> None:
    found = channels(notify(hook.apprise_address, mailbox.apprise_address))
    assert list(found) == ["notify 1 (json)", "notify 2 (mailto)"]
    assert deliver(found, "Saturday\nat Leeds", "52 orders <b>at</b> 18:00\nMálaga") == {}
    (body,) = hook.bodies
    assert (body["title"], body["message"]) == ("Saturday at Leeds", "52 orders <b>at</b> 18:00\nMálaga")
    (mail,) = mailbox.messages
    assert (mail["Subject"], mail["To"]) == ("Saturday at Leeds", "boss@example.com")
    assert mailbox.logins == [f"\0shop\0{Mailbox.PASSWORD}"]
    assert mail.get_content_type() == "text/plain", "names from exports are no markup"
    assert mail.get_content().split() == ["52", "orders", "<b>at</b>", "18:00", "Málaga"]


def test_a_text_that_is_too_long_is_cut_at_a_line_and_says_so(hook: Hook) -> None:
    text = "\n".join(f"- shop {number}: staff for 40 orders" for number in range(2_000))
    client = Sns()
    sns_topic(TOPIC, client)("s", text)
    webhook(hook.address)("s", text)
    assert deliver(channels(notify(hook.apprise_address)), "s", text) == {}
    for sent, longest in (
        (client.published[0]["Message"], 30_000),
        (hook.bodies[0]["text"].removeprefix("s\n"), 30_000),
        (hook.bodies[1]["message"], 4_000),
    ):
        *lines, note = sent.split("\n")
        assert longest - 50 < len(sent) <= longest
        assert lines == text.split("\n")[: len(lines)]
        kept = len("\n".join(lines))
        assert note.startswith(f"… cut, {len(text) - kept:,} more characters: `pizza digest` has a whole digest")


@pytest.mark.parametrize(("text", "longest"), [("a" * 500, 499), ("a" * 200 + "\nb" * 200, 300), ("\n" * 900, 200)])
def test_a_shortened_text_has_room_for_its_note(text: str, longest: int) -> None:
    assert len(shortened(text, longest)) <= longest
    assert "… cut" in shortened(text, longest)
    assert shortened(text, len(text)) == text


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (404, "check this address in PIZZA_NOTIFY_URLS"),
        (302, "check this address in PIZZA_NOTIFY_URLS"),
        (429, "try again later"),
        (500, "try again later"),
        (503, "try again later"),
    ],
)
def test_a_refusing_service_is_named_without_its_address(hook: Hook, status: int, remedy: str) -> None:
    hook.statuses = [status]
    failed = deliver(channels(notify(hook.apprise_address + "?redirect=yes")), "s", "t")
    assert f"HTTP {status}" in failed["notify 1 (json)"]
    assert failed["notify 1 (json)"].endswith(remedy)
    assert "unguessable" not in str(failed)
    assert hook.paths == ["/T0/unguessable"], "redirects are not followed"


def test_a_service_that_can_not_be_reached_does_not_silence_the_others(hook: Hook) -> None:
    found = channels(notify("json://127.0.0.2:9/T0/unguessable", hook.apprise_address))
    failed = deliver(found, "s", "t")
    assert list(failed) == ["notify 1 (json)"]
    assert "can't be reached" in failed["notify 1 (json)"]
    assert len(hook.bodies) == 1


def test_a_mail_server_that_rejects_the_login_is_reported_without_the_password(mailbox: Mailbox) -> None:
    mailbox.refuses = True
    failed = deliver(channels(notify(mailbox.apprise_address)), "s", "t")
    assert list(failed) == ["notify 1 (mailto)"]
    assert Mailbox.PASSWORD not in str(failed)


def test_no_log_has_a_secret(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3.connectionpool", "urllib3.util.retry"):
        caplog.set_level(logging.DEBUG, name)
    hook.statuses = [503]
    webhook(hook.address)("s", "t")
    hook.statuses = [404]
    addresses = (
        hook.apprise_address,
        "json://127.0.0.2:9/unguessable",
        "mailto://a:unguessable@127.0.0.2:9?from=a@example.com&to=b@example.com",
    )
    assert len(deliver(channels(notify(*addresses)), "s", "t")) == 3
    with pytest.raises(AlertFailed):
        webhook(Secret("http://127.0.0.2:9/T0/unguessable"))("s", "t")
    assert "unguessable" not in caplog.text


def test_every_logger_of_urllib3_is_silent_inside_the_block_alone(caplog: pytest.LogCaptureFixture) -> None:
    """A certificate of another host is logged by urllib3.connection, with the host."""
    modules = pkgutil.walk_packages(urllib3.__path__, "urllib3.")
    own = [one.name for one in modules if not one.name.startswith(("urllib3.contrib", "urllib3.http2"))]
    found = {name for name in own if isinstance(getattr(importlib.import_module(name), "log", None), logging.Logger)}
    assert {"urllib3.connection", "urllib3.poolmanager"} <= found
    for name in found:
        caplog.set_level(logging.DEBUG, name)
        with unlogged() as messages:
            logging.getLogger(name).warning("certificate of %s", "unguessable")
        assert messages == ["certificate of unguessable"], name
        logging.getLogger(name).warning("outside")
    assert {record.getMessage() for record in caplog.records} == {"outside"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slak://unguessable/B/C", "address 1 of 1 (slak://…)"),
        ("json://127.0.0.1/a slack://unguessable/B", "address 2 of 2 (slack://…)"),
        ("unguessable json://127.0.0.1/a", "does not begin with an address"),
        ("unguessable", "address 1 of 1 is not"),
        ("https://example.com/unguessable", "address 1 of 1 (https://…)"),
        ('["json://a/unguessable"]', "does not begin with an address"),
        (" , ", "does not begin with an address"),
    ],
)
def test_a_malformed_address_is_refused_and_not_shown(text: str, words: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ConfigurationError, match=r"PIZZA_NOTIFY_URLS=\*\*\*") as refused:
        notify(text)
    assert words in str(refused.value)
    assert "unguessable" not in str(refused.value) + caplog.text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("json://a/1 json://b/2", 2),
        ("json://a/1,json://b/2,", 2),
        ("json://a/1\n  json://b/2\n", 2),
        ("json://a/1; json://b/2", 2),
        ("'json://a/1' \"json://b/2\"", 2),
        ("mailtos://u:p@h.com?to=a@x.com,b@y.com", 1),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", 1),
    ],
)
def test_addresses_are_written_in_several_ways(text: str, count: int) -> None:
    settings = notify(text)
    assert len(services(settings.notify_urls)) == count
    assert repr(settings.notify_urls) == f"({', '.join(['***'] * count)}{',' if count == 1 else ''})"
