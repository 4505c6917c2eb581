"""Files dropped into a prefix of a bucket are read as from a folder."""

import itertools
import re
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.errors import ConfigurationError, StorageError
from pizza_assets.storage.inbox import BucketInbox
from pizza_assets.storage.s3_objects import S3Objects
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, csv_text, order_files
from pizza_assets_tests.support.s3_server import S3Server

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
PLACE = "drop/here"
ORDERS = [(name, f"2025-08-15 19:0{number}", "12.50", 2, "Leeds", "7") for number, name in enumerate("abc")]


@pytest.fixture(params=["moto", "swift"])
def bucket(request: pytest.FixtureRequest) -> S3Objects:
    server: S3Server = request.getfixturevalue(request.param)
    name = f"inbox-{next(NUMBERS)}"
    server.create_bucket(name)
    return S3Objects(server.client(), name)


def inbox(bucket: S3Objects, tmp_path: Path, place: str = PLACE) -> BucketInbox:
    return BucketInbox(bucket, place, tmp_path / "copies" / place)


def test_added_changed_and_removed_files_are_handled_as_in_a_folder(bucket: S3Objects, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def drop(name: str, text: str) -> None:
        bucket.put(f"{PLACE}/{name}", text.encode())
        (folder / name).write_text(text)

    def order_ids() -> list[str]:
        dropped = order_files(inbox(bucket, tmp_path), staging=tmp_path / "staging").orders(AUGUST)
        on_disk = order_files(folder, staging=tmp_path / "other").orders(AUGUST)
        pd.testing.assert_frame_equal(dropped.rows, on_disk.rows)
        assert (dropped.covered, dropped.data_source) == (on_disk.covered, on_disk.data_source)
        return sorted(dropped.rows["order_id"])

    bucket.put(f"{PLACE}/", b"")  # what some tools write for a folder
    bucket.put(f"{PLACE}-beside/z.csv", b"of another inbox")
    bucket.put(f"{PLACE}/notes.txt", b"no export")
    drop("1.csv", csv_text(HEADER, ORDERS[:1]))
    assert order_ids() == ["a"]
    drop("2.csv", csv_text(HEADER, ORDERS[1:2]))
    assert order_ids() == ["a", "b"]
    drop("2.csv", csv_text(HEADER, ORDERS[2:]))
    assert order_ids() == ["a", "c"]
    bucket.delete(f"{PLACE}/1.csv")
    (folder / "1.csv").unlink()
    assert order_ids() == ["c"]


def test_a_single_object_is_an_export(bucket: S3Objects, tmp_path: Path) -> None:
    bucket.put(f"{PLACE}/1.csv", csv_text(HEADER, ORDERS).encode())
    found = order_files(inbox(bucket, tmp_path, f"{PLACE}/1.csv"), staging=tmp_path / "staging").orders(AUGUST)
    assert sorted(found.rows["order_id"]) == ["a", "b", "c"]


def test_unchanged_files_are_not_copied(bucket: S3Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    download = S3Objects.download

    def counting(self: S3Objects, key: str, file: object) -> bool:
        copied.append(key)
        return download(self, key, file)  # type: ignore[arg-type]

    monkeypatch.setattr(S3Objects, "download", counting)
    for name in ("1.csv", "2.csv"):
        bucket.put(f"{PLACE}/{name}", name.encode())
    inbox(bucket, tmp_path).fetch("*.csv")
    bucket.put(f"{PLACE}/2.csv", b"another")
    copies = inbox(bucket, tmp_path).fetch("*.csv")
    assert copied == [f"{PLACE}/1.csv", f"{PLACE}/2.csv", f"{PLACE}/2.csv"]
    assert (copies / "2.csv").read_bytes() == b"another"


def test_an_empty_inbox_is_a_named_error(bucket: S3Objects, tmp_path: Path) -> None:
    place = inbox(bucket, tmp_path)
    with pytest.raises(ConfigurationError, match=rf"no file in {re.escape(place.name)} matches \*\.csv"):
        place.fetch("*.csv")


def test_a_key_that_would_escape_the_folder_is_refused(bucket: S3Objects, tmp_path: Path) -> None:
    bucket.put(f"{PLACE}/sub//x.csv", b"")
    with pytest.raises(StorageError, match=r"sub//x.csv: not usable as a file name; rename the object"):
        inbox(bucket, tmp_path).fetch("*.csv")
