"""The requests that S3Objects sends, and how it handles the responses."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, PartialCredentialsError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from pizza_assets.errors import StorageError
from pizza_assets.storage.s3_objects import BODY_ATTEMPTS, S3Objects

PLACE = {"Bucket": "bucket", "Key": "pizza/a.json"}
SECRET = "not-to-be-shown"
CALLS: dict[str, tuple[str, str, Callable[[S3Objects], object]]] = {
    "put": ("put_object", "s3:PutObject", lambda objects: objects.put("a.json", b"{}")),
    "read": ("get_object", "s3:GetObject (and s3:ListBucket", lambda objects: objects.read("a.json")),
    "tail": ("get_object", "s3:GetObject (and s3:ListBucket", lambda objects: objects.tail("a.json", 3)),
    "keys": ("list_objects_v2", "s3:ListBucket ", lambda objects: objects.keys("a")),
    "delete": ("delete_object", "s3:DeleteObject", lambda objects: objects.delete("a.json")),
    "begin": ("create_multipart_upload", "s3:PutObject", lambda objects: objects.begin("a.json", {})),
    "abort": ("abort_multipart_upload", "s3:AbortMultipartUpload", lambda objects: objects.abort("a.json", "1")),
    "unfinished": ("list_multipart_uploads", "s3:ListBucketMultipartUploads", lambda objects: objects.unfinished()),
    "versions": ("list_object_versions", "s3:ListBucketVersions", lambda objects: objects.versions("a")),
    "keeps_versions": ("get_bucket_versioning", "s3:GetBucketVersioning", lambda objects: objects.keeps_versions()),
}


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "s3",
        region_name="eu-central-1",
        aws_access_key_id="testing",
        aws_secret_access_key=SECRET,
        config=Config(retries={"max_attempts": 0}),
    )


@pytest.fixture
def stubber(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def objects(client: Any, stubber: Stubber) -> S3Objects:
    return S3Objects(client, "bucket", "/pizza/")


def body(content: bytes, length: int | None = None) -> dict[str, object]:
    return {"Body": StreamingBody(io.BytesIO(content), len(content) if length is None else length), "ETag": '"1"'}


def test_an_object_is_written_with_content_type_and_labels(objects: S3Objects, stubber: Stubber) -> None:
    asked = {**PLACE, "Body": b"{}", "ContentType": "application/json", "Metadata": {"run-id": "7"}}
    stubber.add_response("put_object", {"ETag": '"1"'}, asked)
    objects.put("a.json", b"{}", {"run-id": "7"})


def test_a_truncated_body_is_retried(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_response("get_object", body(b"hel", 5), PLACE)
    stubber.add_response("get_object", body(b"hello"), PLACE)
    assert objects.read("a.json") == b"hello"


def test_a_body_that_is_always_truncated_is_an_error(objects: S3Objects, stubber: Stubber) -> None:
    for _ in range(BODY_ATTEMPTS):
        stubber.add_response("get_object", body(b"hel", 5), PLACE)
    with pytest.raises(StorageError, match=r"^s3://bucket/pizza/a.json: no complete response \(.*check network"):
        objects.read("a.json")


def test_a_truncated_download_starts_again(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_response("get_object", body(b"hel", 5), PLACE)
    stubber.add_response("get_object", body(b"hello"), PLACE)
    file = io.BytesIO()
    assert objects.download("a.json", file)
    assert file.getvalue() == b"hello"


def test_only_no_such_key_means_that_there_is_no_object(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    assert objects.read("a.json") is None
    for code in ("NoSuchBucket", "404", "AccessDenied", "MethodNotAllowed", "InternalError"):
        stubber.add_client_error("get_object", code, http_status_code=404)
        with pytest.raises(StorageError, match=rf"GetObject was refused \({code}\)"):
            objects.read("a.json")


def test_the_end_of_an_empty_object_is_empty(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_client_error("get_object", "InvalidRange", http_status_code=416)
    assert objects.tail("a.json", 3) == b""


def test_a_listing_is_complete_or_fails(objects: S3Objects, stubber: Stubber) -> None:
    first = {"Contents": [{"Key": "pizza/a/1", "Size": 1, "ETag": '"1"'}], "IsTruncated": True}
    first["NextContinuationToken"] = "next"
    stubber.add_response("list_objects_v2", first, {"Bucket": "bucket", "Prefix": "pizza/a/"})
    second = {"Contents": [{"Key": "pizza/a/2", "Size": 1, "ETag": '"2"'}], "IsTruncated": False}
    stubber.add_response(
        "list_objects_v2", second, {"Bucket": "bucket", "Prefix": "pizza/a/", "ContinuationToken": "next"}
    )
    assert objects.keys("a/") == ["a/1", "a/2"]
    stubber.add_response("list_objects_v2", first, {"Bucket": "bucket", "Prefix": "pizza/a/"})
    stubber.add_client_error("list_objects_v2", "SlowDown", http_status_code=503)
    with pytest.raises(
        StorageError, match=r"ListObjectsV2 was refused \(SlowDown\); the server was still throttling requests"
    ):
        objects.keys("a/")


def test_a_response_without_a_listing_is_not_taken_for_an_empty_one(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_response("list_objects_v2", {"IsTruncated": False}, {"Bucket": "bucket", "Prefix": "pizza/a/"})
    assert objects.keys("a/") == []
    stubber.add_response("list_objects_v2", {}, {"Bucket": "bucket", "Prefix": "pizza/a/"})
    with pytest.raises(StorageError, match="s3://bucket/pizza/a/: the response is not a listing; check network"):
        objects.keys("a/")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("NoSuchBucket", "create the bucket, or correct its name"),
        ("ExpiredToken", "check the credentials"),
        ("InvalidAccessKeyId", "check the credentials"),
        ("SlowDown", "the server was still throttling requests"),
        ("PermanentRedirect", "set AWS_DEFAULT_REGION"),
        ("InternalError", "check network, endpoint and region"),
    ],
)
def test_a_refusal_is_reported_with_its_remedy_and_without_secrets(
    objects: S3Objects, stubber: Stubber, call: str, code: str, remedy: str
) -> None:
    operation, _, ask = CALLS[call]
    stubber.add_client_error(operation, code, service_message=f"the key {SECRET} is bad", http_status_code=403)
    with pytest.raises(StorageError) as refusal:
        ask(objects)
    assert str(refusal.value).startswith("s3://bucket/pizza/")
    assert f"({code}); {remedy}" in str(refusal.value)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize("call", CALLS)
def test_a_missing_permission_is_named(objects: S3Objects, stubber: Stubber, call: str) -> None:
    operation, permission, ask = CALLS[call]
    stubber.add_client_error(operation, "AccessDenied", http_status_code=403)
    with pytest.raises(StorageError) as refusal:
        ask(objects)
    assert f"(AccessDenied); allow {permission}" in str(refusal.value)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (EndpointConnectionError(endpoint_url=f"https://me:{SECRET}@store"), "check network, endpoint"),
        (NoCredentialsError(), "check the credentials"),
        (PartialCredentialsError(provider="env", cred_var="secret"), "check the credentials"),
    ],
)
def test_a_missing_response_is_reported_with_its_remedy_and_without_secrets(error: Exception, remedy: str) -> None:
    class Unreachable:
        def put_object(self, **_: object) -> None:
            raise error

    with pytest.raises(StorageError) as refusal:
        S3Objects(Unreachable(), "bucket").put("a", b"")
    assert f"({type(error).__name__}); {remedy}" in str(refusal.value)
    assert SECRET not in str(refusal.value)


def test_an_object_in_parts(objects: S3Objects, stubber: Stubber) -> None:
    stubber.add_response("create_multipart_upload", {"UploadId": "7"}, {**PLACE, "ContentType": ANY, "Metadata": {}})
    upload_id = objects.begin("a.json", {})
    part = {**PLACE, "UploadId": "7", "PartNumber": 1, "Body": b"x"}
    stubber.add_response("upload_part", {"ETag": '"1"', "ChecksumCRC32": "abc="}, part)
    part = objects.put_part("a.json", upload_id, 1, b"x")
    assert part == {"PartNumber": 1, "ETag": '"1"', "ChecksumCRC32": "abc="}
    stubber.add_response(
        "complete_multipart_upload", {}, {**PLACE, "UploadId": "7", "MultipartUpload": {"Parts": [part]}}
    )
    objects.complete("a.json", upload_id, [part])
