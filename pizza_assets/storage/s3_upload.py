"""Uploads one file as one S3 object, in one request or, if it is long, in parts. Readers see all of it or nothing."""

import hashlib
import logging
from collections.abc import Mapping
from typing import IO

from pizza_assets.errors import StorageError
from pizza_assets.storage.s3_errors import error_code
from pizza_assets.storage.s3_objects import S3Objects

PART_BYTES = 16 * 1024 * 1024
DIGEST = "sha256"
"""The metadata name of the checksum of an object's bytes."""


def upload(objects: S3Objects, key: str, file: IO[bytes], labels: Mapping[str, str], part_bytes: int) -> None:
    """Publish the file's bytes at `key` with `labels` and their checksum. After a StorageError nothing has changed."""
    size = file.seek(0, 2)
    file.seek(0)
    if size <= part_bytes:
        content = file.read()
        objects.put(key, content, {**labels, DIGEST: hashlib.sha256(content).hexdigest()})
        return
    metadata = {**labels, DIGEST: hashlib.file_digest(file, "sha256").hexdigest()}
    file.seek(0)
    upload_id = objects.begin(key, metadata)
    try:
        parts = []
        while part := file.read(part_bytes):
            parts.append(objects.put_part(key, upload_id, len(parts) + 1, part))
        _complete(objects, key, upload_id, parts, metadata)
    except BaseException:
        _abandon(objects, key, upload_id)  # on interrupts, too: parts cost money until they are deleted
        raise


def _abandon(objects: S3Objects, key: str, upload_id: str) -> None:
    try:
        objects.abort(key, upload_id)
    except StorageError as error:
        logging.getLogger(__name__).warning("an unfinished upload stays until the next sweep: %s", error)


def _complete(
    objects: S3Objects, key: str, upload_id: str, parts: list[dict[str, object]], metadata: Mapping[str, str]
) -> None:
    try:
        objects.complete(key, upload_id, parts)
    except StorageError as error:
        # an earlier attempt may have completed the upload and its response have been lost
        is_gone = error.__cause__ is not None and error_code(error.__cause__) == "NoSuchUpload"
        if not is_gone or (objects.metadata(key) or {}).get(DIGEST) != metadata[DIGEST]:
            raise
