"""One GET, bounded in every direction: time to connect, time in all, bytes after decompression, no redirects.

Retries, rate limits and paging are other things and don't belong here; nor does what a body means.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from pizza_assets.errors import SourceUnavailable

if TYPE_CHECKING:
    import requests

_PIECE_BYTES = 64 * 1024


class Unreachable(SourceUnavailable):
    """No answer came: the network or the server is down, or too slow. Another file there would fare no better."""


class NotThere(SourceUnavailable):
    """The server answered, and does not have what was asked for (404 or 410)."""


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
    """The whole decompressed body of `url`.

    connect_timeout: seconds for finding the host's name and connecting, over all its addresses together.
    read_timeout: seconds between two pieces of the answer. deadline_seconds: for everything, give or take one
    piece; a server that sends a byte now and then is stopped by it. Raises Unreachable, NotThere (404, 410), or
    SourceUnavailable for any other status than 200, a redirect, or a body above `byte_cap`; messages never show
    credentials or queries.
    """
    import requests
    import urllib3

    shown, ends_at = _shown(url), clock() + deadline_seconds
    with requests.Session() as session:
        if requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url)) is None:
            _connect_once(url, connect_timeout)
        try:
            with session.get(
                url,
                headers=dict(headers or {}),
                timeout=(connect_timeout, min(read_timeout, deadline_seconds)),
                allow_redirects=False,
                stream=True,
            ) as response:
                _refuse_status(response, shown)
                return _body(response, shown, byte_cap, deadline_seconds, lambda: clock() >= ends_at)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(_message(shown, _cause(error))) from error


def _body(
    response: "requests.Response", shown: str, byte_cap: int, deadline_seconds: float, is_late: Callable[[], bool]
) -> bytes:
    """Read piece by piece with read1, which returns what has arrived instead of waiting for a full piece."""
    body = bytearray()
    while not is_late():
        piece = response.raw.read1(_PIECE_BYTES, decode_content=True)
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > byte_cap:
            remedy = "check the address; no file of this kind is as large"
            raise SourceUnavailable(f"{shown}: the answer is larger than {byte_cap:,} bytes; {remedy}")
    raise Unreachable(_message(shown, f"the answer was not complete within {deadline_seconds:g} s"))


def _refuse_status(response: "requests.Response", shown: str) -> None:
    status = response.status_code
    if status in (404, 410):
        raise NotThere(f"{shown}: not there (HTTP {status}); check the address, or wait until it is published")
    if 300 <= status < 400:
        target = _shown(response.headers.get("Location", "nowhere"))
        raise SourceUnavailable(
            f"{shown}: redirects to {target} (HTTP {status}), which is not followed; set that address"
        )
    if status != 200:
        raise SourceUnavailable(
            f"{shown}: refused with HTTP {status} {response.reason or ''}".rstrip() + "; try again later"
        )


def _connect_once(url: str, seconds: float) -> None:
    """Find the host and connect to it, within `seconds` in all.

    The time-outs of requests hold per address and not at all for name servers, so that a dead network may take
    half a minute; here a second thread tries, and is left behind if it does not come back.
    """
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    outcome: list[Exception | None] = []

    def connect() -> None:
        try:
            socket.create_connection(address, timeout=seconds).close()
        except (OSError, UnicodeError) as error:  # UnicodeError: no possible host name
            outcome.append(error)
        else:
            outcome.append(None)

    attempt = threading.Thread(target=connect, name="connect", daemon=True)
    attempt.start()
    attempt.join(seconds)
    error = outcome[0] if outcome else TimeoutError(f"no connection within {seconds:g} s")
    if error is not None:
        raise Unreachable(_message(_shown(url), _cause(error))) from error


def _message(shown: str, cause: str) -> str:
    return f"{shown}: no complete answer ({cause}); check the network, or set a local folder instead of the address"


def _cause(error: BaseException) -> str:
    """The innermost operating system's word for it; never the outer texts, which repeat the whole address."""
    innermost: BaseException = error
    while innermost.__cause__ or innermost.__context__:
        innermost = innermost.__cause__ or innermost.__context__ or innermost
    if isinstance(innermost, OSError) and innermost.strerror:
        return innermost.strerror
    return str(innermost) if isinstance(innermost, TimeoutError) and str(innermost) else type(innermost).__name__


def _shown(url: str) -> str:
    """The address without user, password, query and fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
