"""One bounded GET against a loopback server that misbehaves in every way a client must survive."""

import gzip
import http.server
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from pizza_assets.errors import NotThere, SourceUnavailable, Unreachable
from pizza_assets.sources import http as bounded
from pizza_assets.sources.http import get_bytes


class _Behaviour(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        getattr(self, f"_{urlsplit(self.path).path.strip('/')}")()

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        self._answer(200, b"x" * 100_000)

    def _odd_length(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5, 6")
        self.send_header("Connection", "close")
        self.end_headers()

    def _missing(self) -> None:
        self._answer(404, b"404: Not Found")

    def _broken(self) -> None:
        self._answer(500, b"<html>oops</html>")

    def _moved(self) -> None:
        self._answer(302, Location="http://user:secret@example.invalid/good?token=secret")

    def _packed(self) -> None:
        self._answer(200, gzip.compress(b"y" * 10_000), Content_Encoding="gzip")

    def _bomb(self) -> None:
        self._answer(200, gzip.compress(b"\0" * 5_000_000), Content_Encoding="gzip")

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        while not self.server.is_over.wait(0.05):  # type: ignore[attr-defined]
            try:
                self.wfile.write(b".")
            except OSError:
                return

    def _silent(self) -> None:
        self.close_connection = True
        self.server.is_over.wait()  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Behaviour)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that hangs up is what is being tested


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.is_over.set()
        running.shutdown()
        thread.join()


def test_the_whole_body_arrives_with_the_headers_sent(server: _Server) -> None:
    assert get_bytes(f"{server.url}/good", headers={"X-Probe": "1"}) == b"x" * 100_000
    assert server.requests[-1][1]["X-Probe"] == "1"


def test_a_compressed_body_is_unpacked(server: _Server) -> None:
    assert get_bytes(f"{server.url}/packed") == b"y" * 10_000


def test_a_missing_file_is_told_apart_from_other_failures(server: _Server) -> None:
    with pytest.raises(NotThere, match=r"/missing: not found \(HTTP 404\)"):
        get_bytes(f"{server.url}/missing")


def test_a_server_error_names_its_status(server: _Server) -> None:
    with pytest.raises(SourceUnavailable, match="HTTP 500 Internal Server Error; try again later") as failure:
        get_bytes(f"{server.url}/broken")
    assert not isinstance(failure.value, NotThere | Unreachable)


def test_a_redirect_is_refused_and_its_target_shown_without_credentials(server: _Server) -> None:
    with pytest.raises(SourceUnavailable, match="redirects to http://example.invalid/good") as failure:
        get_bytes(f"{server.url}/moved")
    assert "secret" not in str(failure.value)
    assert [path for path, _ in server.requests] == ["/moved"]


def test_a_drip_feeding_server_is_stopped_by_the_deadline(server: _Server) -> None:
    ticks = iter(range(1000))  # every look at the clock is one second later
    with pytest.raises(Unreachable, match="not complete within 10 s"):
        get_bytes(f"{server.url}/drip", deadline_seconds=10, clock=lambda: float(next(ticks)))


def test_the_deadline_also_holds_on_the_real_clock(server: _Server) -> None:
    with pytest.raises(Unreachable, match=r"not complete within 0\.3 s"):
        get_bytes(f"{server.url}/drip", deadline_seconds=0.3)


def test_a_silent_server_is_stopped_by_the_read_timeout(server: _Server) -> None:
    with pytest.raises(Unreachable, match="timed out"):
        get_bytes(f"{server.url}/silent", read_timeout=0.2)


@pytest.mark.parametrize("path", ["good", "bomb"])
def test_the_byte_cap_holds_after_decompression(server: _Server, path: str) -> None:
    with pytest.raises(SourceUnavailable, match="larger than 50,000 bytes"):
        get_bytes(f"{server.url}/{path}", byte_cap=50_000)


def test_a_body_of_exactly_the_cap_is_taken(server: _Server) -> None:
    assert len(get_bytes(f"{server.url}/good", byte_cap=100_000)) == 100_000


def test_a_cut_body_is_no_answer(server: _Server) -> None:
    with pytest.raises(Unreachable, match="/cut: no complete answer"):
        get_bytes(f"{server.url}/cut")


def test_the_socket_of_an_answer_with_a_refused_header_is_closed(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[socket.socket] = []
    add = bounded._Sockets.add
    monkeypatch.setattr(bounded._Sockets, "add", lambda self, sock: (opened.append(sock), add(self, sock)))
    with pytest.raises(Unreachable) as failure:
        get_bytes(f"{server.url}/odd_length")
    # the traceback still holds the answer, so nothing but a close can have closed the socket
    assert failure.value.__cause__ is not None
    assert [sock.fileno() for sock in opened] == [-1]


def test_a_closed_port_names_the_cause_and_the_remedy() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable, match="Connection refused.*check the network and the address"):
        get_bytes(f"http://127.0.0.1:{port}/x")


def test_a_name_server_that_never_answers_costs_the_connect_timeout_only(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def never_resolved(*_: object, **__: object) -> None:
        over.wait()
        raise OSError("the test is over")

    monkeypatch.setattr(bounded.socket, "create_connection", never_resolved)
    try:
        with pytest.raises(Unreachable, match="no connection within 0.1 s"):
            get_bytes("http://127.0.0.1:1/x", connect_timeout=0.1)
    finally:
        over.set()


def test_messages_show_no_credentials_and_no_query() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unreachable) as failure:
        get_bytes(f"http://user:secret@127.0.0.1:{port}/x?token=secret")
    assert "secret" not in str(failure.value)
    assert f"http://127.0.0.1:{port}/x" in str(failure.value)


def test_behind_a_proxy_the_host_is_not_looked_up_here(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, server.url)
    assert get_bytes("http://example.invalid/good") == b"x" * 100_000
    assert [path for path, _ in server.requests] == ["http://example.invalid/good"]
