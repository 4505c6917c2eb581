"""Every form in which a server asks for patience."""

from datetime import UTC, datetime

import pytest
from requests.structures import CaseInsensitiveDict

from pizza_assets.sources.http import Answer
from pizza_assets.sources.waiting_hints import requested_wait, wait_for_reset

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "48"}, b"", 48),
        ({"retry-after": " 2.5 "}, b"", 2.5),
        ({"Retry-After": "Sun, 01 Mar 2026 10:00:30 GMT"}, b"", 31),
        ({"Retry-After": "Sun, 01 Mar 2026 09:00:00 GMT"}, b"", 0),
        ({"X-RequestCounter-Reset": "12"}, b"", 12),
        ({}, b'{"message":"You reached your request limit. Wait 48 seconds.","errorCode":429}', 48),
        ({"Retry-After": "3"}, b"Wait 48 seconds.", 48),
        ({"Retry-After": "soon"}, b"", None),
        ({"Retry-After": "-5"}, b"", None),
        ({"Retry-After": "1e9"}, b"", None),
        ({}, b"Wait a moment.", None),
    ],
)
def test_the_longest_wait_that_is_asked_for_counts(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert requested_wait(Answer(429, "", CaseInsensitiveDict(headers), body), NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"X-Requests-Available-Minute": "0", "X-RequestCounter-Reset": "17"}, 17),
        ({"X-Requests-Available-Minute": "1", "X-RequestCounter-Reset": "17"}, None),
        ({"X-Requests-Available-Minute": "0"}, None),
        ({}, None),
    ],
)
def test_the_last_request_of_a_minute_is_noticed(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_for_reset(Answer(200, "OK", CaseInsensitiveDict(headers), b"")) == seconds
