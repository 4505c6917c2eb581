"""Exactly one of many deliveries of a call is executed, even if the response to its claim is lost."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from pizza_assets.errors import StorageError
from pizza_assets.storage.delivery_claims import DeliveryClaims
from pizza_assets.storage.s3_objects import S3Objects
from pizza_assets_tests.support.s3_server import S3Server

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()


@pytest.fixture
def make(moto: S3Server) -> Callable[[], DeliveryClaims]:
    bucket = f"deliveries-{next(NUMBERS)}"
    moto.create_bucket(bucket)
    tokens = itertools.count()
    return lambda: DeliveryClaims(S3Objects(moto.client(), bucket), lambda: f"token {next(tokens)}")


def test_one_of_sixteen_claims_each_name(make: Callable[[], DeliveryClaims]) -> None:
    claims = [make() for _ in range(16)]
    for name in (f"runs/{number}" for number in range(20)):
        together = threading.Barrier(len(claims))

        def take(one: DeliveryClaims, name: str = name, together: threading.Barrier = together) -> bool:
            together.wait()
            return one.take(name)

        with ThreadPoolExecutor(len(claims)) as pool:
            assert sum(pool.map(take, claims)) == 1


def test_a_claim_never_expires_and_shows_its_last_heartbeat(make: Callable[[], DeliveryClaims]) -> None:
    claims = make()
    assert claims.renewed_at("runs/a") is None
    assert claims.take("runs/a")
    first = claims.renewed_at("runs/a")
    claims.renew("runs/a")
    later = claims.renewed_at("runs/a")
    assert first is not None
    assert later is not None
    assert first <= later
    assert not make().take("runs/a")
    assert make().take("runs/b")


class LosesAnswers:
    """A client whose writes succeed although their responses are lost."""

    def __init__(self, client: Any, exceptions: int) -> None:
        self._client, self._left = client, exceptions

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **request: Any) -> Any:
        answer = self._client.put_object(**request)
        if self._left:
            self._left -= 1
            return self.put_object(**request)  # as botocore does when no answer comes
        return answer


def test_a_claim_whose_response_was_lost_is_recognised(moto: S3Server) -> None:
    moto.create_bucket("lost-answers")
    objects = S3Objects(LosesAnswers(moto.client(), 1), "lost-answers")
    assert DeliveryClaims(objects, lambda: "a token of its own").take("runs/a")


def test_an_undetermined_claim_is_an_error(moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    client = moto.client()

    def silent(**_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url=moto.url)

    monkeypatch.setattr(client, "put_object", silent)
    with pytest.raises(StorageError, match="no complete response"):
        DeliveryClaims(S3Objects(client, "lost-answers"), lambda: "t").take("runs/a")
