"""Requests for objects below a prefix of an S3 bucket: complete responses, or StorageErrors that name the object.

The client retries throttled (SlowDown), failed (5xx) and unanswered requests; this module retries truncated bodies.
The contents of objects and locking do not belong here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import FlexibleChecksumError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError

from pizza_assets.errors import StorageError
from pizza_assets.storage.s3_errors import DEFAULT_REMEDY, REQUEST_ERRORS, error_code, storage_error

if TYPE_CHECKING:
    from botocore.client import BaseClient

BODY_ATTEMPTS = 3
CHUNK_BYTES = 1 << 20
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}

_EMPTY = frozenset({"InvalidRange", "416"})
"""Error codes of a range request on an empty object."""

_THERE_ALREADY = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
"""Error codes of a create-only write of an object that exists already."""

_PART_CHECKSUMS = ("ChecksumCRC32", "ChecksumCRC64NVME")

_BROKEN_BODY = (FlexibleChecksumError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
"""Errors while reading a body; the client itself retries connections that fail earlier."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Listed:
    """One entry of a listing."""

    key: str
    byte_count: int
    etag: str


@dataclass(frozen=True)
class Version:
    """One version of an object, written or (`is_deletion`) deleted at `at`."""

    key: str
    version_id: str
    at: datetime
    byte_count: int
    is_deletion: bool


class S3Objects:
    """Keys below `prefix` in one bucket, using a boto3 S3 client (which threads may share).

    Every method raises StorageError, naming object, cause and remedy, if it gets no complete response.
    """

    def __init__(self, client: "BaseClient", bucket: str, prefix: str = "") -> None:
        self.client: Any = client
        self.bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def uri(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._prefix}{key}"

    def place(self, key: str) -> dict[str, str]:
        """Bucket and key as request arguments."""
        return {"Bucket": self.bucket, "Key": f"{self._prefix}{key}"}

    def put(self, key: str, content: bytes, metadata: Mapping[str, str] | None = None) -> None:
        """Write or overwrite an object in one request."""
        self.ask(
            key,
            lambda: self.client.put_object(
                **self.place(key), Body=content, ContentType=content_type(key), Metadata=dict(metadata or {})
            ),
        )

    def create(self, key: str, content: bytes) -> bool:
        """Create an object only if it does not exist yet; return whether it now holds `content`.

        Uses `If-None-Match: *`, which not every server honours; see docs/decisions/0018. `content` should be unique, so
        that a write whose response was lost is still recognised as ours.
        """
        try:
            self.client.put_object(**self.place(key), Body=content, ContentType=content_type(key), IfNoneMatch="*")
        except REQUEST_ERRORS as error:
            if error_code(error) not in _THERE_ALREADY:
                raise storage_error(self.uri(key), error) from error
        return self.read(key) == content

    def modified_at(self, key: str) -> datetime | None:
        """When the object was last written, by the server's clock; None if there is none."""
        answer = self._head(key)
        return None if answer is None else answer["LastModified"]

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        return self._body(key)

    def tail(self, key: str, length: int) -> bytes | None:
        """The object's last `length` bytes (all if it is shorter), or None if there is none."""
        try:
            return self._body(key, Range=f"bytes=-{length}")
        except StorageError as error:
            if error.__cause__ is not None and error_code(error.__cause__) in _EMPTY:
                return b""
            raise

    def read_version(self, key: str, version_id: str) -> bytes | None:
        """The bytes of one version, or None if it is gone."""
        return self._body(key, VersionId=version_id)

    def metadata(self, key: str) -> dict[str, str] | None:
        """The object's metadata by lower-case name, or None if there is no object."""
        answer = self._head(key)
        return None if answer is None else {name.lower(): value for name, value in answer["Metadata"].items()}

    def download(self, key: str, file: IO[bytes]) -> bool:
        """Write the object's bytes to `file` in chunks. False if there is none."""

        def copy() -> bool:
            answer = self.client.get_object(**self.place(key))
            file.seek(0)
            file.truncate()
            with closing(answer["Body"]) as body:
                for chunk in body.iter_chunks(CHUNK_BYTES):
                    file.write(chunk)
            return True

        return self._or_absent(key, copy) is not None

    def listing(self, prefix: str) -> Iterator[Listed]:
        """Every object whose key starts with `prefix`, sorted by key, fetched page by page."""
        pages = self.client.get_paginator("list_objects_v2")
        for page in self._pages(pages.paginate(Bucket=self.bucket, Prefix=self._prefix + prefix), prefix):
            for found in page.get("Contents", ()):
                yield Listed(self._own(found["Key"]), found["Size"], found["ETag"])

    def keys(self, prefix: str) -> list[str]:
        """All keys that start with `prefix`, sorted."""
        return sorted(listed.key for listed in self.listing(prefix))

    def versions(self, prefix: str) -> list[Version]:
        """Every version of every object whose key starts with `prefix`."""
        pages = self.client.get_paginator("list_object_versions")
        return [
            Version(
                self._own(found["Key"]),
                found["VersionId"],
                found["LastModified"],
                found.get("Size", 0),
                kind == "DeleteMarkers",
            )
            for page in self._pages(pages.paginate(Bucket=self.bucket, Prefix=self._prefix + prefix), prefix)
            for kind in ("Versions", "DeleteMarkers")
            for found in page.get(kind, ())
        ]

    def keeps_versions(self) -> bool:
        """Whether versioning is enabled for the bucket."""
        answer = self.ask("", lambda: self.client.get_bucket_versioning(Bucket=self.bucket))
        return answer.get("Status") == "Enabled"

    def unfinished(self) -> list[tuple[str, str, datetime]]:
        """Key, id and start of each multipart upload that was neither completed nor aborted."""
        pages = self.client.get_paginator("list_multipart_uploads")
        return [
            (self._own(found["Key"]), found["UploadId"], found["Initiated"])
            for page in self._pages(pages.paginate(Bucket=self.bucket, Prefix=self._prefix), "")
            for found in page.get("Uploads", ())
        ]

    def begin(self, key: str, metadata: Mapping[str, str]) -> str:
        """Start a multipart upload; return its id."""
        request = {**self.place(key), "ContentType": content_type(key), "Metadata": dict(metadata)}
        return self.ask(key, lambda: self.client.create_multipart_upload(**request))["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, content: bytes) -> dict[str, object]:
        """Upload one part; return its entry for `complete`."""
        request = {**self.place(key), "UploadId": upload_id, "PartNumber": number, "Body": content}
        answer = self.ask(key, lambda: self.client.upload_part(**request))
        checksums = {name: value for name, value in answer.items() if name in _PART_CHECKSUMS}
        return {"PartNumber": number, "ETag": answer["ETag"], **checksums}

    def complete(self, key: str, upload_id: str, parts: Sequence[Mapping[str, object]]) -> None:
        """Turn the parts into one object."""
        request = {**self.place(key), "UploadId": upload_id, "MultipartUpload": {"Parts": list(parts)}}
        self.ask(key, lambda: self.client.complete_multipart_upload(**request))

    def abort(self, key: str, upload_id: str) -> None:
        """Delete the parts; nothing happens if they are gone already."""
        try:
            self.client.abort_multipart_upload(**self.place(key), UploadId=upload_id)
        except REQUEST_ERRORS as error:
            if error_code(error) != "NoSuchUpload":
                raise storage_error(self.uri(key), error) from error

    def delete(self, key: str) -> None:
        """Delete the object; nothing happens if there is none."""
        self._or_absent(key, lambda: self.client.delete_object(**self.place(key)))

    def ask(self, key: str, request: Callable[[], Answer]) -> Answer:
        """The response to `request`. Raises StorageError if it fails."""
        try:
            return request()
        except REQUEST_ERRORS as error:
            raise storage_error(self.uri(key), error) from error

    def _head(self, key: str) -> Any:
        try:
            return self.client.head_object(**self.place(key))
        except REQUEST_ERRORS as error:
            if error_code(error) in ("404", "NoSuchKey"):
                return None
            raise storage_error(self.uri(key), error) from error

    def _body(self, key: str, **wanted: str) -> bytes | None:
        def get() -> bytes:
            # not `with body`: that yields the raw stream, which does not notice a truncated body
            with closing(self.client.get_object(**self.place(key), **wanted)["Body"]) as body:
                return body.read()

        return self._or_absent(key, get)

    def _or_absent(self, key: str, request: Callable[[], Answer]) -> Answer | None:
        """The response, or None if there is no such object; retries truncated bodies.

        Only the server's NoSuchKey means that there is no object: no other error is ever mistaken for an empty week.
        """
        for attempt in range(1, BODY_ATTEMPTS + 1):
            try:
                return request()
            except REQUEST_ERRORS as error:
                if error_code(error) in ("NoSuchKey", "NoSuchVersion"):
                    return None
                if attempt == BODY_ATTEMPTS or not isinstance(error, _BROKEN_BODY):
                    raise storage_error(self.uri(key), error) from error
        raise AssertionError("unreachable")

    def _pages(self, pages: Iterator[Any], prefix: str) -> Iterator[Any]:
        """The pages of a listing. A response that does not say whether it is the last page is not a listing."""
        try:
            for page in pages:
                if "IsTruncated" not in page:
                    raise StorageError(f"{self.uri(prefix)}: the response is not a listing; {DEFAULT_REMEDY}")
                yield page
        except REQUEST_ERRORS as error:
            raise storage_error(self.uri(prefix), error) from error

    def _own(self, key: str) -> str:
        return key.removeprefix(self._prefix)


def content_type(key: str) -> str:
    """The Content-Type for a key, by its extension."""
    return CONTENT_TYPES.get(key.rsplit(".", 1)[-1], "application/octet-stream")
