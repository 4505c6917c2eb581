"""An S3 server on loopback, in this process, for tests."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import requests

REGION = "eu-central-1"
Application = Callable[..., Iterable[bytes]]


@contextmanager
def s3_server() -> Iterator[str]:
    """The URL of a server that starts empty."""
    # installed for integration tests only; this module is imported when the others are collected too
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, _one_at_a_time(DomainDispatcherApplication(create_backend_app)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        # moto keeps its buckets beside the server, for as long as the process lives
        requests.post(f"{url}/moto-api/reset", timeout=30).raise_for_status()
        yield url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _one_at_a_time(application: Application) -> Application:
    """S3 decides on a condition and writes in one step; moto does so only while it has one request at a time."""
    turn = threading.Lock()

    def serve(environ: object, start_response: object) -> Iterable[bytes]:
        with turn:
            return application(environ, start_response)

    return serve
