"""Decimal places of currencies. Exchange rates and formatting do not belong here."""

_WITHOUT_MINOR_UNITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_IN_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def minor_digits(currency: str) -> int:
    """Decimals of an amount in `currency` (ISO 4217 code): 0 for JPY, 3 for KWD, 2 for most and for unknown codes."""
    if currency in _WITHOUT_MINOR_UNITS:
        return 0
    return 3 if currency in _IN_THOUSANDTHS else 2
