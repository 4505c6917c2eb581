"""Minor units of currencies."""

import pytest

from pizza_assets.models.currency import minor_digits


@pytest.mark.parametrize(
    ("currency", "digits"), [("GBP", 2), ("EUR", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("IQD", 3)]
)
def test_amounts_have_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
