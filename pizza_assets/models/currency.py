"""Codes of currencies, their signs and decimal places. Exchange rates and formatting do not belong here."""

_WITHOUT_MINOR_UNITS = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"}
)
_IN_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


_CODES = """
    COD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD
    CAD CDF CHF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EEK EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK
    LBP LKR LRD LSL LTL LVL LYD MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VEF VES VND VUV WST XAF XCD XCG
    XOF XPF YER ZAR ZMK ZMW ZWG ZWL
"""
"""ISO 4217: the currencies that people have paid with since 2010, in any country (Unicode CLDR, supplementalData)."""
NO_CURRENCY = "XXX"
"""ISO 4217's code for none: stands for the currency until it is known."""
_BY_SIGN = {
    "£": ("GBP",), "€": ("EUR",), "₹": ("INR",), "₺": ("TRY",), "₪": ("ILS",), "₩": ("KRW",), "₫": ("VND",),
    "₴": ("UAH",), "₦": ("NGN",), "₱": ("PHP",), "zł": ("PLN",), "Kč": ("CZK",), "Ft": ("HUF",), "Fr.": ("CHF",),
    "R$": ("BRL",), "US$": ("USD",), "CA$": ("CAD",), "C$": ("CAD", "NIO"), "AU$": ("AUD",), "A$": ("AUD",),
    "NZ$": ("NZD",), "HK$": ("HKD",), "S$": ("SGD",), "NT$": ("TWD",),
    "$": ("USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD"),
    "kr": ("SEK", "NOK", "DKK", "ISK"), "kr.": ("SEK", "NOK", "DKK", "ISK"), "Kr": ("SEK", "NOK", "DKK", "ISK"),
    "¥": ("JPY", "CNY"), "￥": ("JPY", "CNY"),
    "Rs": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"), "Rs.": ("INR", "PKR", "LKR", "NPR", "MUR", "SCR"),
}  # fmt: skip
"""The currencies whose amounts are written with a sign, the most usual first; of $ and £ not those of _ALSO_READ."""
_ALSO_READ = {
    "$": "ARS BBD BMD BND BSD BZD CLP COP CUP DOP FJD GYD JMD LRD NAD NIO SBD SRD TTD TWD UYU XCD",
    "£": "EGP FKP GIP LBP SDG SHP SSP SYP",
}
"""Other currencies that are written with a sign, too: read if their owner names them, but not among the proposals."""


def is_currency(code: str) -> bool:
    """Whether it is the code of a currency in which orders may be paid, in capital letters."""
    return len(code) == 3 and code in _CODES.split()


def currencies_of(sign: str) -> tuple[str, ...]:
    """The currencies that a sign or code beside an amount may mean, the most usual first; none if it is not known."""
    return (sign,) if is_currency(sign) else _BY_SIGN.get(sign, ())


def signs_of(currency: str) -> tuple[str, ...]:
    """The code and the signs that may stand beside an amount in `currency`, longer ones first; of NO_CURRENCY all."""
    signs = {sign for sign, codes in _BY_SIGN.items() if currency in (*codes, NO_CURRENCY)}
    signs |= {sign for sign, codes in _ALSO_READ.items() if currency in codes.split()}
    codes = _CODES.split() if currency == NO_CURRENCY else [currency]
    return tuple(sorted([*codes, *signs], key=lambda sign: (-len(sign), sign)))


def currencies_by_minor_digits() -> dict[int, list[str]]:
    """All codes, sorted, by the number of decimals of their amounts."""
    codes = sorted(_CODES.split())
    return {digits: [code for code in codes if minor_digits(code) == digits] for digits in (0, 2, 3)}


def minor_digits(currency: str) -> int:
    """Decimals of an amount in `currency` (ISO 4217 code): 0 for JPY, 3 for KWD, 2 for most and for unknown codes."""
    if currency in _WITHOUT_MINOR_UNITS:
        return 0
    return 3 if currency in _IN_THOUSANDTHS else 2
