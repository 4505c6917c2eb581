"""A request with hard limits: connect time, total time, decompressed bytes, no redirects.

Retries, rate limits, paging and the meaning of a body belong elsewhere.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from pizza_assets.errors import NotThere, SourceUnavailable, Unreachable

if TYPE_CHECKING:
    import requests

_CHUNK_BYTES = 64 * 1024
_ERROR_BODY_BYTES = 64 * 1024
"""The most that is read of an answer other than 200: error messages are short."""


@dataclass(frozen=True)
class Answer:
    """A server's answer. headers: as sent, looked up regardless of case. body: decompressed."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class HttpSession:
    """Connections kept open between requests. No redirects, and no credentials but those given.

    Not thread-safe: the deadline closes whatever this session is reading.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sockets = _Sockets()
        self._session = _plain_session()
        self._session.auth = _no_netrc
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _recording_adapter(self._sockets))
        self._reached: set[str] = set()

    def fetch(
        self,
        url: str,
        *,
        connect_timeout: float = 1.5,
        read_timeout: float = 5.0,
        deadline_seconds: float = 20.0,
        byte_cap: int = 64 * 1024 * 1024,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """The answer to one request, whatever its status, except a redirect: a POST of `body`, or a GET without one.

        connect_timeout: seconds to resolve the host and connect, over all its addresses together. read_timeout:
        seconds between two chunks of the answer. deadline_seconds: for everything; it also cuts off a server that
        trickles its headers or body. Raises Unreachable, or SourceUnavailable for a redirect or a body larger than
        `byte_cap`; messages never show credentials or queries.
        """
        import requests
        import urllib3

        # ValueError: a header that can't be parsed passes through requests as it is
        failures = (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError)
        shown, ends_at = shown_address(url), self._clock() + deadline_seconds
        self._check_reachable(url, min(connect_timeout, deadline_seconds))
        late = f"the answer was not complete within {deadline_seconds:g} s"
        with self._sockets.cut_after(max(ends_at - self._clock(), 0)) as is_cut:
            try:
                with self._session.request(
                    "GET" if body is None else "POST",
                    url,
                    params=params,
                    data=body,
                    headers=dict(headers or {}),
                    timeout=(connect_timeout, min(read_timeout, deadline_seconds)),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    _refuse_redirect(response, shown)
                    received = self._body(response, shown, byte_cap, ends_at, late)
            except failures as error:
                raise Unreachable(_message(shown, late if is_cut.is_set() else _cause(error))) from error
        if is_cut.is_set():
            raise Unreachable(_message(shown, late))
        return Answer(response.status_code, response.reason or "", response.headers, received)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def _body(self, response: "requests.Response", shown: str, byte_cap: int, ends_at: float, late: str) -> bytes:
        """Read in chunks with read1, which returns what has arrived instead of waiting for a full chunk."""
        body = bytearray()
        limit = byte_cap if response.status_code == 200 else min(byte_cap, _ERROR_BODY_BYTES)
        while self._clock() < ends_at:
            chunk = response.raw.read1(_CHUNK_BYTES, decode_content=True)
            if not chunk:
                return bytes(body)
            body += chunk
            if len(body) > limit:
                if response.status_code != 200:
                    return bytes(body[:limit])
                remedy = "check the address; a genuine answer is never this large"
                raise SourceUnavailable(f"{shown}: the answer is larger than {byte_cap:,} bytes; {remedy}")
        raise Unreachable(_message(shown, late))

    def _check_reachable(self, url: str, seconds: float) -> None:
        import requests

        parts = urlsplit(url)
        if parts.netloc in self._reached:
            return
        if requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) is None:
            _connect_once(url, seconds)
        self._reached.add(parts.netloc)


def get_bytes(
    url: str,
    *,
    connect_timeout: float = 1.5,
    read_timeout: float = 5.0,
    deadline_seconds: float = 20.0,
    byte_cap: int = 64 * 1024 * 1024,
    headers: Mapping[str, str] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> bytes:
    """The whole decompressed body of `url`, from one request; see HttpSession.fetch for the limits.

    Raises Unreachable, NotThere (404, 410), or SourceUnavailable for any other status than 200, a redirect, or a body
    larger than `byte_cap`.
    """
    with contextlib.closing(HttpSession(clock)) as session:
        answer = session.fetch(
            url,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            deadline_seconds=deadline_seconds,
            byte_cap=byte_cap,
            headers=headers,
        )
    shown, status = shown_address(url), answer.status
    if status in (404, 410):
        raise NotThere(f"{shown}: not found (HTTP {status}); check the address, or wait until it is published")
    if status != 200:
        raise SourceUnavailable(f"{shown}: refused with HTTP {status} {answer.reason}".rstrip() + "; try again later")
    return answer.body


def shown_address(url: str) -> str:
    """The address without user, password, query or fragment; a server may also send one that is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an invalid address"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, which identify a server. Raises ValueError for an invalid address."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)


class _Sockets:
    """The sockets a session has opened. A blocked read can only be ended from another thread."""

    def __init__(self) -> None:
        self._open: list[socket.socket] = []

    def add(self, opened: socket.socket) -> None:
        self._open = [known for known in self._open if known.fileno() >= 0] + [opened]

    @contextlib.contextmanager
    def cut_after(self, seconds: float) -> Iterator[threading.Event]:
        """Shut down every socket if the block takes longer; the event says whether that happened."""
        is_cut = threading.Event()

        def cut() -> None:
            is_cut.set()
            for opened in self._open:
                with contextlib.suppress(OSError):  # it has just been closed
                    # not the TLS socket's own method, which would drop the TLS state while the reader still uses it
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield is_cut
        finally:
            timer.cancel()


def _recording_adapter(sockets: _Sockets) -> Any:
    """A requests adapter without retries whose connections register their sockets with `sockets`."""
    from requests.adapters import HTTPAdapter

    class Recording(HTTPAdapter):
        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            pool = super().get_connection_with_tls_context(*args, **kwargs)
            if not getattr(pool.ConnectionCls, "is_recorded", False):
                pool.ConnectionCls = recorded(pool.ConnectionCls)
            return pool

    def recorded(plain: Any) -> Any:
        class Recorded(plain):
            is_recorded = True

            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

            def getresponse(self) -> Any:
                # if a header is refused, urllib3 leaves an answer that owns its socket to the garbage collector
                with contextlib.ExitStack() as unfinished:
                    self.response_class = lambda *args, **kwargs: unfinished.enter_context(
                        contextlib.closing(HTTPResponse(*args, **kwargs))
                    )
                    response = super().getresponse()
                    unfinished.pop_all()
                return response

        return Recorded

    return Recording(max_retries=0)


def _plain_session() -> "requests.Session":
    """A session that looks at no redirect, not even to prepare it, and keeps no cookies."""
    import requests

    class Plain(requests.Session):
        def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002
            return None

    session = Plain()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _no_netrc(request: Any) -> Any:
    """With an `auth` set, requests does not look for credentials in a .netrc, which would replace ours."""
    return request


def _refuse_redirect(response: "requests.Response", shown: str) -> None:
    if 300 <= response.status_code < 400:
        target = shown_address(response.headers.get("Location", "nowhere"))
        raise SourceUnavailable(
            f"{shown}: redirects to {target} (HTTP {response.status_code}), which is not followed; set that address"
        )


def _connect_once(url: str, seconds: float) -> None:
    """Resolve the host and connect to it, within `seconds` in total.

    The timeouts of requests apply per address, and not to name resolution, so a dead network can take half a minute.
    Here a second thread tries, and is abandoned if it takes too long.
    """
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    outcome: list[Exception | None] = []

    def connect() -> None:
        try:
            socket.create_connection(address, timeout=seconds).close()
        except (OSError, UnicodeError) as error:  # UnicodeError: an invalid host name
            outcome.append(error)
        else:
            outcome.append(None)

    attempt = threading.Thread(target=connect, name="connect", daemon=True)
    attempt.start()
    attempt.join(seconds)
    error = outcome[0] if outcome else TimeoutError(f"no connection within {seconds:g} s")
    if error is not None:
        raise Unreachable(_message(shown_address(url), _cause(error))) from error


def _message(shown: str, cause: str) -> str:
    return f"{shown}: no complete answer ({cause}); check the network and the address"


def _cause(error: BaseException) -> str:
    """The innermost error's message; never the outer ones, which repeat the whole address."""
    innermost: BaseException = error
    while innermost.__cause__ or innermost.__context__:
        innermost = innermost.__cause__ or innermost.__context__ or innermost
    if isinstance(innermost, OSError) and innermost.strerror:
        return innermost.strerror
    return str(innermost) if isinstance(innermost, TimeoutError) and str(innermost) else type(innermost).__name__
