"""A proxy in front of an S3 server that misbehaves as scripted, and records the requests.

`fault_server.running` lets it serve.
"""

import http.client
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pizza_assets_tests.support.fault_server import Handler

Fault = Callable[["Exchange"], None]
"""Answers one request in place of the server."""

HOP_HEADERS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Exchange:
    """One request on its way. method and path with query: as the client sent them."""

    handler: Handler
    proxy: "FaultProxy"
    body: bytes

    def forward(self) -> Answer:
        """The real server's answer."""
        target = urlsplit(self.proxy.behind)
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=30)
        try:
            headers = {name: value for name, value in self.handler.headers.items() if name.lower() != "connection"}
            connection.request(self.handler.command, self.handler.path, self.body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def send(self, answer: Answer, length: int | None = None) -> None:
        """Send an answer; of a longer `length` than it has, it is cut off."""
        self.handler.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in HOP_HEADERS:
                self.handler.send_header(name, value)
        self.handler.send_header("Content-Length", str(len(answer.body) if length is None else length))
        self.handler.end_headers()
        if self.handler.command != "HEAD":
            self.handler.wfile.write(answer.body)

    def hang_up(self) -> None:
        self.handler.close_connection = True
        self.handler.connection.shutdown(2)


@dataclass
class FaultProxy:
    """faults: (what it befalls, fault), each used once, at the first request whose "METHOD path" has all of its words.

    `always`: the same, for every such request.
    """

    behind: str
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    always: tuple[str, Fault] | None = None
    requests: list[str] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: threading.Event = field(default_factory=threading.Event)

    def handle(self, handler: Handler) -> None:
        body = _body(handler)
        request = f"{handler.command} {unquote(handler.path)}"
        exchange = Exchange(handler, self, body)
        with self.lock:
            self.requests.append(request)
            fault = self._fault(request)
        if fault is None:
            exchange.send(exchange.forward())
        else:
            fault(exchange)

    def _fault(self, request: str) -> Fault | None:
        if self.always is not None and _befalls(self.always[0], request):
            return self.always[1]
        for number, (text, fault) in enumerate(self.faults):
            if _befalls(text, request):
                del self.faults[number]
                return fault
        return None


def _befalls(text: str, request: str) -> bool:
    return all(word in request for word in text.split())


def _body(handler: Handler) -> bytes:
    return handler.rfile.read(int(handler.headers.get("Content-Length", "0")))


def refusal(status: int, code: str) -> Fault:
    """A refusal as the server itself sends it."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>so</Message></Error>".encode()
    return lambda exchange: exchange.send(Answer(status, [("Content-Type", "application/xml")], body))


def reset(exchange: Exchange) -> None:
    exchange.hang_up()


def silence(exchange: Exchange) -> None:
    """No answer, for longer than a client waits."""
    exchange.proxy.is_over.wait(30)
    exchange.hang_up()


def truncated(exchange: Exchange) -> None:
    """The first half of the correct answer, then the connection ends."""
    answer = exchange.forward()
    half = Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])
    exchange.send(half, len(answer.body))
    exchange.hang_up()


def answer_lost(exchange: Exchange) -> None:
    """The server executes the request, but its answer does not arrive."""
    exchange.forward()
    exchange.hang_up()


def not_xml(exchange: Exchange) -> None:
    """An HTML page, as a captive portal sends for every request."""
    exchange.send(Answer(200, [("Content-Type", "text/html")], b"<html>Please log in"))


def empty(exchange: Exchange) -> None:
    exchange.send(Answer(200, [], b""))
