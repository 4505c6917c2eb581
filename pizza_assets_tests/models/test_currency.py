"""Signs and minor units of currencies."""

import pytest

from pizza_assets.models.currency import NO_CURRENCY, currencies_of, is_currency, minor_digits, signs_of


@pytest.mark.parametrize(
    ("currency", "digits"), [("GBP", 2), ("EUR", 2), ("JPY", 0), ("XOF", 0), ("KWD", 3), ("IQD", 3)]
)
def test_amounts_have_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_sign_means_only_currencies_that_can_be_written_with_it() -> None:
    for sign in signs_of(NO_CURRENCY):
        found = currencies_of(sign)
        assert found
        assert [code for code in found if not is_currency(code) or sign not in signs_of(code)] == [], sign


def test_longer_signs_come_first_so_that_none_leaves_its_point_to_the_number() -> None:
    assert signs_of("SEK").index("kr.") < signs_of("SEK").index("kr")
