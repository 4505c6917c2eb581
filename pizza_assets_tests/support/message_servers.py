"""Servers on loopback that receive messages: a webhook over HTTP, and a mail server over SMTP."""

import base64
import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any

from pizza_assets.models.secret import Secret


class Hook:
    """A webhook that answers with `statuses` in turn, then with 200; `bodies` are those of accepted requests."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.paths.append(self.path)
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = hook.statuses.pop(0) if hook.statuses else 200
                if status == 200:
                    hook.bodies.append(body)
                self.send_response(status)
                if status // 100 == 3:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = Secret(f"http://127.0.0.1:{self.server.server_port}/T0/unguessable")
        self.apprise_address = f"json://127.0.0.1:{self.server.server_port}/T0/unguessable"

    @property
    def texts(self) -> list[str]:
        return [body["text"] for body in self.bodies]


class Mailbox:
    """A mail server that accepts every login and message; `refuses` makes it reject logins."""

    PASSWORD = "unguessable-too"

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.logins: list[str] = []
        self.refuses = False
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 loopback")
                while line := self.rfile.readline().decode().strip():
                    word = line.split()[0].upper()
                    if word == "EHLO":
                        self._say("250-loopback\r\n250 AUTH PLAIN")
                    elif word == "AUTH":
                        box.logins.append(base64.b64decode(line.split()[2]).decode())
                        self._say("535 5.7.8 no" if box.refuses else "235 welcome")
                    elif word == "DATA":
                        self._say("354 go on")
                        box.messages.append(message_from_string(self._text(), policy=policy.default))  # pyright: ignore
                        self._say("250 kept")
                    elif word == "QUIT":
                        self._say("221 bye")
                        return
                    else:
                        self._say("250 fine")

            def _text(self) -> str:
                lines = []
                while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
                    lines.append(line.removeprefix(".") if line.startswith("..") else line)
                return "".join(lines)

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        port = self.server.server_address[1]
        self.apprise_address = (
            f"mailto://shop:{self.PASSWORD}@127.0.0.1:{port}?mode=insecure&from=pizza@example.com&to=boss@example.com"
        )


@contextmanager
def serving(made: Any) -> Iterator[Any]:
    """Run the server of a Hook or Mailbox during the block."""
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        made.server.server_close()
        thread.join()
