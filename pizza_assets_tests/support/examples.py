"""How many examples a property is tried with: all of them by `make thorough`, else a quarter (at least 10).

pytest's option `--hypothesis-profile=thorough` chooses; the profiles are in `conftest.py`. Every run draws new ones.
"""

from typing import Any

import hypothesis

_FEWEST = 10


def examples(thorough: int, **others: Any) -> hypothesis.settings:
    """A decorator: `thorough` examples in the profile of that name, a quarter of them in `quick`, but at least 10.

    others: as in Hypothesis.
    """
    share = hypothesis.settings().max_examples / hypothesis.settings.get_profile("thorough").max_examples
    return hypothesis.settings(max_examples=min(thorough, max(_FEWEST, round(thorough * share))), **others)
