import base64
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.dashboards.packed_counts import packed
from pizza_assets_tests.support.examples import examples


# Property 11: what was packed is unpacked equal, whatever the size of the numbers
@examples(200)
@given(st.lists(st.one_of(st.integers(0, 300), st.integers(0, 70_000), st.integers(0, 2**63 - 1)), max_size=40))
def test_counts_come_back_and_never_overflow(counts):
    answer = packed(np.array(counts, dtype="int64"))
    raw = gzip.decompress(base64.b64decode(answer["gzip"]))
    assert np.frombuffer(raw, dtype=f"<u{answer['width']}").tolist() == counts


@pytest.mark.parametrize(("largest", "width"), [(0, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (2**32, 8)])
def test_the_width_is_the_smallest_that_holds_the_largest(largest, width):
    assert packed(np.array([largest]))["width"] == width


def test_equal_counts_give_equal_text():
    assert packed(np.arange(500)) == packed(np.arange(500))


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        packed(np.array([-1]))
