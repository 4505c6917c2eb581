"""Dense arrays of counts as short text: little-endian unsigned integers, gzip, base64. The page unpacks them."""

import base64
import gzip

import numpy as np


def packed(counts: np.ndarray) -> dict[str, object]:
    """`{"width": bytes per number, "gzip": base64 text}` of non-negative integers, flattened row by row.

    The width is the smallest of 1, 2, 4 and 8 bytes that holds the largest number.
    Equal counts give equal text, because gzip's time stamp is left out.
    """
    if counts.size and counts.min() < 0:
        raise ValueError(f"counts cannot be negative; the smallest is {counts.min()}")
    width = next(width for width in (1, 2, 4, 8) if int(counts.max(initial=0)) < 256**width)
    raw = np.ascontiguousarray(counts, dtype=f"<u{width}").tobytes()
    return {"width": width, "gzip": base64.b64encode(gzip.compress(raw, mtime=0)).decode("ascii")}
