"""The storage contract on two S3 servers: moto's, and the S3 layer of OpenStack Swift."""

import itertools
from collections.abc import Callable

import pytest

from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets_tests.storage.test_object_store import StorageContract
from pizza_assets_tests.support.s3_server import S3Server, bucket_store

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()


def stores_of(server: S3Server) -> Callable[[], S3Bucket]:
    """Empty stores in a bucket of their own, each under another prefix."""
    bucket = f"contract-{next(NUMBERS)}"
    server.create_bucket(bucket)
    client = server.client()
    return lambda: bucket_store(client, bucket, f"deep/down/{next(NUMBERS)}")


class OnS3(StorageContract):
    def check_labels(self, store: ObjectStore, key: str, labels: dict[str, str]) -> None:
        assert isinstance(store, S3Bucket)
        found = store.objects.metadata(key)
        assert found is not None
        assert labels.items() <= found.items()
        assert {"run-id", "table", "row-count", "sha256"} <= found.keys()


class TestMoto(OnS3):
    examples = 40

    @pytest.fixture
    def new_store(self, moto: S3Server) -> Callable[[], S3Bucket]:
        return stores_of(moto)


class TestSwift(OnS3):
    examples = 15

    @pytest.fixture
    def new_store(self, swift: S3Server) -> Callable[[], S3Bucket]:
        return stores_of(swift)
