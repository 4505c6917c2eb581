"""Messages are sent to each channel once; a killed sender leaves a record that says so."""

import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from pizza_assets.errors import AlertFailed
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.orchestration.automation.sent_messages import Delivery, send_once
from pizza_assets.storage.local_folder import LocalFolder

NOW = datetime(2026, 8, 6, 9, tzinfo=UTC)


def send(folder: Path, chosen: dict[str, Channel], *, again: bool = False) -> Delivery:
    return send_once(LocalFolder(folder), lambda: NOW, chosen, "digest-2026-08-07-all", ("s", "t"), again=again)


def test_a_message_is_sent_once_to_each_channel_unless_asked_again(tmp_path: Path) -> None:
    got: list[str] = []
    one: dict[str, Channel] = {"webhook": lambda *_: got.append("webhook")}
    assert send(tmp_path, one).sent == ["webhook"]
    both: dict[str, Channel] = {**one, "notify 1 (json)": lambda *_: got.append("json")}
    second = send(tmp_path, both)
    assert second.sent == ["notify 1 (json)"]
    assert second.earlier == {"webhook": "sent Thu 06 Aug 2026, 09:00 UTC"}
    assert send(tmp_path, both, again=True).sent == ["webhook", "notify 1 (json)"]
    assert got == ["webhook", "json", "webhook", "json"]


def test_a_failed_channel_is_tried_by_the_next_call_and_the_others_are_not(tmp_path: Path) -> None:
    got: list[str] = []
    is_down = True

    def flaky(*_: str) -> None:
        if is_down:
            raise AlertFailed("the webhook can't be reached")
        got.append("webhook")

    chosen: dict[str, Channel] = {"webhook": flaky, "SNS topic": lambda *_: got.append("topic")}
    first = send(tmp_path, chosen)
    assert (first.sent, first.failed) == (["SNS topic"], {"webhook": "the webhook can't be reached"})
    is_down = False
    assert send(tmp_path, chosen).sent == ["webhook"]
    assert got == ["topic", "webhook"]
    is_down = True
    assert "webhook" in send(tmp_path, chosen, again=True).failed
    is_down = False
    after = send(tmp_path, chosen)
    assert (after.sent, list(after.earlier)) == (["webhook"], ["SNS topic"]), "a failed repetition is still owed"
    assert got == ["topic", "webhook", "topic", "webhook"]


def test_what_steers_a_terminal_is_escaped_in_a_message(tmp_path: Path) -> None:
    got: list[tuple[str, str]] = []
    chosen: dict[str, Channel] = {"webhook": lambda *message: got.append(message)}
    send_once(LocalFolder(tmp_path), lambda: NOW, chosen, "a", ("Moved: \x1b[2J", "- Leeds \u202e1\n- York"))
    assert got == [(r"Moved: \x1b[2J", "- Leeds \\u202e1\n- York")]


def test_a_killed_sender_sends_nothing_twice(tmp_path: Path) -> None:
    program = f"""
import os, signal
from pizza_assets_tests.orchestration.automation.test_sent_messages import Path, send
send(Path({str(tmp_path)!r}), {{"webhook": lambda *_: os.kill(os.getpid(), signal.SIGKILL)}})
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGKILL
    got: list[str] = []
    chosen: dict[str, Channel] = {"webhook": lambda *_: got.append("webhook")}
    after = send(tmp_path, chosen)
    assert (after.sent, got) == ([], [])
    assert "may have arrived" in after.earlier["webhook"]
    assert send(tmp_path, chosen, again=True).sent == ["webhook"]


def test_two_senders_at_once_send_once(tmp_path: Path) -> None:
    got: list[str] = []
    chosen: dict[str, Channel] = {"webhook": lambda *_: got.append("webhook")}
    threads = [threading.Thread(target=send, args=(tmp_path, chosen)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["webhook"]
