"""A loopback server of both APIs that misbehaves on demand, request by request, and records the requests.

It knows football-data.org's /v4/competitions/{code}/matches and the orders contract's /v1/orders.
"""

import copy
import gzip
import http.server
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

Handler = http.server.BaseHTTPRequestHandler
Fault = Callable[["Exchange"], None]
"""Answers one request in place of the correct server."""
_MEGABYTE = 1024 * 1024
_PATIENCE_SECONDS = 30
"""A client without a working time limit gets an answer in the end, so that its test fails instead of hanging."""


@dataclass
class Exchange:
    """One request. document: the correct answer; body: the same as bytes. query: of a POST, its JSON body."""

    handler: Handler
    server: "FaultServer"
    document: dict[str, Any]
    query: dict[str, Any]

    @property
    def body(self) -> bytes:
        return json.dumps(self.document).encode()

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.handler.send_response(status)
        for name, value in {
            "Content-Length": str(len(body)),
            "Content-Type": "application/json",
            **(headers or {}),
        }.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def send_document(self, document: Any, headers: dict[str, str] | None = None) -> None:
        self.send(200, json.dumps(document).encode(), headers)


@dataclass(frozen=True)
class Request:
    at: float
    path: str
    query: dict[str, Any]
    headers: dict[str, str]


@dataclass
class FaultServer:
    """matches: football-data.org records by code. orders: contract rows by store. page_size: most rows of a page.

    faults: used in order, one per request; after the last one the answers are correct. `always` is a fault of every
    request.
    """

    matches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    orders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    page_size: int = 3
    faults: list[Fault | None] = field(default_factory=list)
    always: Fault | None = None
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_over: threading.Event = field(default_factory=threading.Event)

    def handle(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        query: dict[str, Any] = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if handler.command == "POST":
            query = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self.lock:
            self.requests.append(Request(time.time(), parts.path, query, dict(handler.headers)))
            fault = self.always or (self.faults.pop(0) if self.faults else None)
        document = self.document(parts.path, query)
        exchange = Exchange(handler, self, copy.deepcopy(document), query)
        if fault is None:
            exchange.send(200, exchange.body)
        else:
            fault(exchange)

    def document(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        """The correct answer to a request."""
        return self._orders(query) if path == "/v1/orders" else self._matches(path, query)

    def _matches(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        code = path.split("/")[3] if path.count("/") >= 3 else ""
        first, beyond = query.get("dateFrom", ""), query.get("dateTo", "9")
        found = [m for m in self.matches.get(code, []) if not _is_dated(m) or first <= m["utcDate"][:10] < beyond]
        return {
            "filters": {},
            "resultSet": {"count": len(found)},
            "competition": {"code": code},
            "matches": found,
        }

    def _orders(self, query: dict[str, str]) -> dict[str, Any]:
        starts_at, ends_at = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        found = [row for row in self.orders.get(query["store_id"], []) if _is_between(row, starts_at, ends_at)]
        begin = int(query.get("cursor", "0"))
        size = min(self.page_size, int(query["limit"]))
        page = found[begin : begin + size]
        following = str(begin + size) if begin + size < len(found) else None
        total = len({row.get("order_id") for row in found})
        return {"orders": page, "count": len(page), "total": total, "next_cursor": following}


def _is_dated(record: dict[str, Any]) -> bool:
    """A record of an impossible year is handed out, too."""
    return isinstance(record.get("utcDate"), str) and record["utcDate"].startswith("20")


def _is_between(row: dict[str, Any], starts_at: datetime, ends_at: datetime) -> bool:
    """A row with an unreadable time is sent, too: the client must refuse it."""
    try:
        return starts_at <= datetime.fromisoformat(row["timestamp"]) < ends_at
    except (KeyError, TypeError, ValueError):
        return True


class Served(Protocol):
    """What `running` can serve. is_over: set when nobody waits for an answer any more."""

    url: str
    is_over: threading.Event

    def handle(self, handler: Handler) -> None: ...


Server = TypeVar("Server", bound=Served)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Serve on a free loopback port during the block."""

    class Serving(Handler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # headers and body are two writes: the second would wait for the client's ACK

        def _serve(self) -> None:
            server.handle(self)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _serve  # noqa: N815 - the names the standard library calls

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up is what is being tested

    with Quiet(("127.0.0.1", 0), Serving) as listening:
        server.url = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.is_over.set()
            listening.shutdown()
            thread.join()


def status(code: int, body: bytes = b"oops", **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.send(code, body, named)


def ok(body: bytes, **headers: str) -> Fault:
    return status(200, body, **headers)


def edited(edit: Callable[[dict[str, Any]], Any]) -> Fault:
    """The correct document after `edit`, which changes it or returns another one."""

    def fault(exchange: Exchange) -> None:
        changed = edit(exchange.document)
        exchange.send_document(exchange.document if changed is None else changed)

    return fault


def cut(exchange: Exchange) -> None:
    body = exchange.body
    exchange.handler.send_response(200)
    exchange.handler.send_header("Content-Length", str(len(body)))
    exchange.handler.end_headers()
    exchange.handler.wfile.write(body[: len(body) // 2])
    exchange.handler.close_connection = True
    exchange.handler.connection.shutdown(2)


def half_json(exchange: Exchange) -> None:
    exchange.send(200, exchange.body[: len(exchange.body) // 2])


def reset(exchange: Exchange) -> None:
    exchange.handler.close_connection = True
    exchange.handler.connection.shutdown(2)


def bad_gzip(exchange: Exchange) -> None:
    exchange.send(200, b"\x1f\x8b not gzip at all", {"Content-Encoding": "gzip"})


def good_gzip(exchange: Exchange) -> None:
    exchange.send(200, gzip.compress(exchange.body), {"Content-Encoding": "gzip"})


def with_bom(exchange: Exchange) -> None:
    exchange.send(200, b"\xef\xbb\xbf" + exchange.body)


def utf16(exchange: Exchange) -> None:
    exchange.send(200, exchange.body.decode().encode("utf-16"))


def latin1(exchange: Exchange) -> None:
    exchange.send(200, '{"orders": "Málaga"}'.encode("latin-1"))


def bomb(exchange: Exchange) -> None:
    """512 MB of zeros in half a megabyte of gzip, without the checksum at the end, which no client should reach."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    head = packer.compress(bytes(_MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    piece = packer.compress(bytes(_MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)  # depends on nothing before it
    exchange.send(200, head + 511 * piece, {"Content-Encoding": "gzip"})


def endless(exchange: Exchange) -> None:
    """512 MB without compression."""
    exchange.handler.send_response(200)
    exchange.handler.end_headers()
    exchange.handler.close_connection = True
    piece = b" " * _MEGABYTE
    for _ in range(512):
        exchange.handler.wfile.write(piece)


def drip(exchange: Exchange) -> None:
    exchange.handler.send_response(200)
    exchange.handler.end_headers()
    _drip(exchange)


def drip_headers(exchange: Exchange) -> None:
    exchange.handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(exchange)


def _drip(exchange: Exchange) -> None:
    exchange.handler.close_connection = True
    for _ in range(_PATIENCE_SECONDS * 20):
        if exchange.server.is_over.wait(0.05):
            return
        exchange.handler.wfile.write(b".")


def slow(seconds: float) -> Fault:
    def fault(exchange: Exchange) -> None:
        exchange.server.is_over.wait(seconds)
        exchange.send(200, exchange.body)

    return fault


silence = slow(_PATIENCE_SECONDS)
