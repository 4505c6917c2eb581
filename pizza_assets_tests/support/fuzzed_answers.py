"""Answers that no server should give, from a seed, and whether the sources of fuzzed_services.py survive them.

An answer is an honest one that was changed in its status line, headers, encoding, document or rows. Rows that were left
alone must be stored as they are whenever an answer is accepted at all.
"""

import copy
import gzip
import json
import random
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from pizza_assets.errors import SourceError
from pizza_assets.models import RejectedRows
from pizza_assets.models.secret import Secret
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.api import Api, ApiClient
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.rate_limit import SharedLimit
from pizza_assets_tests.support.api_rows import KEY, QUICK
from pizza_assets_tests.support.fuzzed_services import ROWS, Service

BOUNDS = replace(QUICK, attempts=2, attempt_seconds=20, read_timeout=10, first_pause=0.0001, longest_pause=0.0001)
_STATUS_LINES = (
    *[
        f"HTTP/1.1 {code} X"
        for code in (100, 199, 201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 418, 429, 500, 503)
    ],
    *[f"HTTP/1.1 {code} X" for code in (301, 302, 303, 307, 308)],
    *(
        "HTTP/1.1 999 X",
        "HTTP/1.1 -1 X",
        "HTTP/1.1 2OO OK",
        "HTTP/9.9 200 OK",
        "SSH-2.0-x",
        "",
        "HTTP/1.1 200 \xff\xfe",
    ),
)
_LOCATIONS = ("http://[::1", "//", "http://x:99999999/", "file:///etc/passwd", "\x00", "http://\ud800", "é" * 50, "")
_WAITS = (
    *("0", "-1", "9" * 30, "1e9", "NaN", "soon", "", "٣", "0.5"),
    "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
    "Wed, 21 Oct 2015 07:28:00 +9999999999",
    "Wed, 99 Foo 2015 99:99:99 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Mon, 01 Jan 0001 00:00:00 -2359",
)
_HEADERS = (
    *[f"Retry-After: {wait}" for wait in _WAITS],
    *[f"X-RequestCounter-Reset: {wait}" for wait in _WAITS],
    *[f"X-Requests-Available-Minute: {wait}" for wait in _WAITS],
    *[f"Content-Encoding: {name}" for name in ("gzip", "deflate", "br", "zstd", "gzip, gzip", "x" * 300, "\xff")],
    *[f"Content-Length: {length}" for length in ("-1", "x", "5", "99999999999999999999", "5, 6")],
    *(
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Connection: upgrade",
        "Set-Cookie: a=b; Domain=[",
    ),
    *(
        "Set-Cookie: \x01=\xff; expires=Wed, 99 Foo",
        "no colon here",
        ": no name",
        "A" * 70_000,
        "Content-Type: ;;;charset=[",
    ),
)
_NUMBERS = (
    *("1e9999999", "1e99999999999999999999", "-1e-99999999999999999999", "NaN", "Infinity", "-Infinity", "-0", "1E400"),
    *("9" * 5000, "0." + "1" * 5000, "123456789012345678901234567890", "2.0", "1.5", "-3"),
)
_JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**17, "", " ", "\ud800", "\x00", "\x1b[31m", "x" * 5000, [], {}, [[]], {"a": None}),
    *("1e9999999", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2026-03-07T15:00:00"),
    *({"home": 1}, {"home": None, "away": 2}, {"home": 99, "away": 0}, "PENALTY_SHOOTOUT", "AWARDED", "FC", ["\ud800"]),
)


class _Number(float):
    """A number that is written as it is given, whether or not JSON allows it."""

    def __new__(cls, written: str) -> "_Number":
        self = super().__new__(cls, 0.0)
        self.written = written
        return self

    def __repr__(self) -> str:
        return self.written


class Fuzzed:
    """One seed's answers to every request. touched: numbers of the service's rows that it changed."""

    def __init__(self, seed: int, service: Service) -> None:
        self._random = random.Random(f"{seed}-{service.name}")
        self.service = service
        self.document, self.touched = self._changed_document()
        self.requests, self.has_listed_rows = 0, False
        kinds = ["document", "document", "document", "status", "headers", "body", "pages"]
        self._kind = self._random.choice([*kinds, "preface"] if service.preface else kinds)
        self._parts = self._random.getrandbits(32)

    def answer(self, path: str) -> bytes:
        """The bytes that the server sends to the next request. The preface is honest unless it alone is fuzzed."""
        chance = random.Random(self._parts)
        if path in self.service.preface:
            return _sent("HTTP/1.1 200 OK", [], _json(self._preface(path, chance)))
        self.requests += 1
        status, headers = "HTTP/1.1 200 OK", []
        document = self.document
        if self._kind == "pages" and self.service.cursor is not None and isinstance(document, dict):
            document = self._page(document, self.service.cursor, chance)
        rows = document.get(self.service.list_name) if isinstance(document, dict) else None
        self.has_listed_rows |= isinstance(rows, list) and len(rows) == ROWS
        body = honest = _json(document)
        if self._kind in ("status", "headers"):
            headers = chance.sample(_HEADERS, chance.randint(1, 3))
        if self._kind == "status":
            status = chance.choice(_STATUS_LINES)
            headers.append(f"Location: {chance.choice(_LOCATIONS)}")
        if self._kind == "body":
            body, headers = _spoilt(body, chance)
            if len(body) == len(honest) and body != honest:  # one byte is another: it may be in any row
                self.touched = set(range(ROWS))
        return _sent(status, headers, body)

    def _preface(self, path: str, chance: random.Random) -> Any:
        document = copy.deepcopy(self.service.preface[path])
        if self._kind != "preface":
            return document
        self.touched = set(range(ROWS))  # each row depends on it
        ((name, rows),) = document.items()
        return {name: [_changed(row, chance) for row in rows]} if chance.random() < 0.8 else _any(chance)

    def _page(self, document: dict[str, Any], cursor: str, chance: random.Random) -> dict[str, Any]:
        cursors = [
            f"c{self.requests}",
            "same",
            "\ud800",
            "x" * 9000,
            7,
            _Number("9" * 50),
            True,
            {},
            "é\x00",
            self.requests,
        ]
        totals = [0, ROWS, ROWS + 1, 10**9, 10**17, -1, _Number("1e5"), "4", 60]
        page = {**document, cursor: chance.choice(cursors), "total": chance.choice(totals)}
        if chance.random() < 0.3:
            page |= {self.service.list_name: [], "count": 0}
        if chance.random() < 0.3 and self.requests > 1:
            page["total"] = self.requests
        return page

    def _changed_document(self) -> tuple[Any, set[int]]:
        chance = self._random
        rows: list[Any] = self.service.rows()
        touched = set(chance.sample(range(ROWS), chance.choice([0, 0, 1, 1, 2])))
        for number in touched:
            rows[number] = _changed(rows[number], chance)
        document = self.service.document(rows)
        if chance.random() < 0.2:
            key = chance.choice(sorted(document))
            document[key] = _any(chance)
        return document, touched


def _sent(status: str, headers: list[str], body: bytes) -> bytes:
    if not any(header.startswith(("Content-Length", "Transfer")) for header in headers):
        headers = [*headers, f"Content-Length: {len(body)}"]
    head = "\r\n".join([status, *headers, "Connection: close", "", ""])
    return head.encode("utf-8", "surrogatepass") + body


def _changed(row: dict[str, Any], chance: random.Random) -> Any:
    if chance.random() < 0.1:
        return _any(chance)
    for _ in range(chance.randint(1, 3)):
        holder: Any = row
        while True:
            key = chance.choice(sorted(holder)) if isinstance(holder, dict) and holder else None
            if key is None:
                break
            if isinstance(holder[key], dict) and chance.random() < 0.7:
                holder = holder[key]
                continue
            holder[key] = _any(chance)
            break
    return row


def _any(chance: random.Random) -> Any:
    if chance.random() < 0.4:
        return _Number(chance.choice(_NUMBERS))
    if chance.random() < 0.1:
        deep: Any = "x"
        for _ in range(chance.choice([3, 99, 101, 900])):
            deep = [deep] if chance.random() < 0.5 else {"a": deep}
        return deep
    return copy.deepcopy(chance.choice(_JUNK))


def _json(document: Any) -> bytes:
    """Like json.dumps, with the numbers as they are written."""
    if isinstance(document, _Number):
        return document.written.encode()
    if isinstance(document, dict):
        return (
            b"{" + b",".join(json.dumps(key).encode() + b":" + _json(value) for key, value in document.items()) + b"}"
        )
    if isinstance(document, list):
        return b"[" + b",".join(_json(value) for value in document) + b"]"
    return json.dumps(document).encode()


def _spoilt(body: bytes, chance: random.Random) -> tuple[bytes, list[str]]:
    """The body, broken or in another form, and headers that go with it."""
    cut = chance.randrange(len(body))
    deep = chance.choice([50, 5_000, 200_000])
    return chance.choice(
        [
            (body[:cut], []),
            (body[:cut], [f"Content-Length: {len(body)}"]),
            (body + body, []),
            (body[:cut] + bytes([chance.randrange(256)]) + body[cut + 1 :], []),
            (gzip.compress(body), ["Content-Encoding: gzip"]),
            (gzip.compress(body)[:cut], ["Content-Encoding: gzip"]),
            (gzip.compress(gzip.compress(body)), ["Content-Encoding: gzip, gzip"]),
            (b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body), ["Transfer-Encoding: chunked"]),
            (b"zz\r\n%s\r\n0\r\n\r\n" % body, ["Transfer-Encoding: chunked"]),
            (body.decode().encode("utf-16"), []),
            (b"\xef\xbb\xbf" + body, []),
            (b"[" * deep, []),
            (b'{"a":' * deep, []),
            (b"9" * 5000, []),
            (b'{"message": "\\ud800\\u001b[2J Wait 99999999999 seconds", "errorCode": 429}', []),
            (b'{"message": 7, "errorCode": 4290000000000000000000000000}', []),
            (b"", []),
        ]
    )


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True
    fuzzed: Fuzzed

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The client may hang up."""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        path = self.rfile.readline().split()[1].decode().partition("?")[0]
        length = 0
        while line := self.rfile.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self.rfile.read(length)  # closing with unread bytes would reset the connection
        self.wfile.write(self.server.fuzzed.answer(path))  # type: ignore[attr-defined]


@contextmanager
def running() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


def outcome(server: _Server, fuzzed: Fuzzed, folder: Path) -> str:
    """What came of it: "rows" or the name of the error. Raises AssertionError for a wrong row, KeyError for a lost one,
    and whatever escapes from the source.
    """
    server.fuzzed = fuzzed
    url = f"http://127.0.0.1:{server.server_address[1]}"
    moment = [1_800_000_000.0]

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    limit = SharedLimit(
        folder / "limits.sqlite", "fuzzed", 10**6, longest_wait=BOUNDS.longest_wait, now=lambda: moment[0], sleep=sleep
    )
    api = Api("the API", url, Secret(KEY), {"X-Auth-Token": "{key}"}, "set the key", BOUNDS)
    client = ApiClient(api, limit, sleep=sleep)
    try:
        result = fuzzed.service.ask(client, url)
    except SourceError as error:
        message, name = str(error), type(error).__name__
    else:
        message, name = result.reason or "", "rows"
        _check(fuzzed, result)
    message.encode()  # it can be printed and stored
    assert KEY not in message
    return name


def _check(fuzzed: Fuzzed, result: SourceResult) -> None:
    service, rows = fuzzed.service, result.frame
    assert result.data_source == DataSource.REAL
    assert result.source_name == service.source_name
    assert not service.model.violations(rows)
    assert not RejectedRows.violations(result.rejected)
    assert not len(rows) or set(rows[service.label_column]) == {"real"}
    assert len(rows) <= ROWS
    if not fuzzed.has_listed_rows:
        assert not len(rows)
        return
    service.check(rows.set_index(service.id_column), fuzzed.touched)
