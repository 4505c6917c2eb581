"""The storage contract on two S3 servers: moto's, and the S3 layer of OpenStack Swift."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets_tests.storage.test_object_store import StorageContract
from pizza_assets_tests.support.s3_server import PART_BYTES, S3Server, bucket_store

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()


def stores_of(server: S3Server) -> Callable[[], S3Bucket]:
    """Empty stores in a separate bucket, each with its own prefix."""
    bucket = f"contract-{next(NUMBERS)}"
    server.create_bucket(bucket)
    client = server.client()
    return lambda: bucket_store(client, bucket, f"deep/down/{next(NUMBERS)}")


def in_two_days() -> datetime:
    return datetime.now(UTC) + timedelta(days=2)


class OnS3(StorageContract):
    def test_a_long_object_is_uploaded_in_parts(self, new_store: Callable[[], S3Bucket]) -> None:
        store = new_store()
        content = bytes(range(256)) * (PART_BYTES // 256) + b"the second part"
        with store.writing("big.bin", {"run-id": "7"}) as file:
            file.write(content)
        assert store.read("big.bin") == content
        assert store.tail("big.bin", 4) == b"part"
        assert (store.objects.metadata("big.bin") or {})["run-id"] == "7"
        assert store.objects.unfinished() == []

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
    """Of these two servers, only Swift reports when a multipart upload began."""

    examples = 15

    @pytest.fixture
    def new_store(self, swift: S3Server) -> Callable[[], S3Bucket]:
        return stores_of(swift)

    def test_an_abandoned_multipart_upload_is_swept_a_day_later(self, new_store: Callable[[], S3Bucket]) -> None:
        store = new_store()
        store.objects.begin("big.bin", {})
        assert store.sweep() == 0, "its writer may live"
        later = bucket_store(
            store.objects.client, store.objects.bucket, now=lambda: datetime.now(UTC) + timedelta(days=2)
        )
        assert later.sweep() == 1
        assert store.objects.unfinished() == []
