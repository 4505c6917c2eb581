"""Parses PIZZA_NOTIFY_URLS, addresses of services as Apprise writes them. Sending to them does not belong here."""

import logging
import re

from pizza_assets.models.secret import Secret

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,19})://")
_SEPARATORS = " \t\r\n,;"
_QUOTES = re.compile(r"""(^|[\s,;])["']|["'](?=$|[\s,;])""")
"""Quotes around an address, as in files of settings; Apprise would take them for a part of it."""
_KNOWN = "https://github.com/caronc/apprise/wiki lists how each service is written"


def notify_urls(value: str) -> tuple[Secret, ...]:
    """The addresses, separated by spaces, commas or line breaks. Raises ValueError that shows none of them."""
    if not value:
        return ()
    from apprise import Apprise
    from apprise.utils.parse import parse_urls

    value = _QUOTES.sub(r"\1", value)
    parts = [text.strip(_SEPARATORS) for text in parse_urls(value)]
    addresses = [Secret(text) for text in parts if text]
    begin = _SCHEME.search(value)
    if not addresses or (begin and value[: begin.start()].strip(_SEPARATORS)):  # Apprise would ignore such a beginning
        raise ValueError("does not begin with an address; write one like mailtos://user:password@example.com")
    logger = logging.getLogger("apprise")
    was_disabled, logger.disabled = logger.disabled, True  # it would log the address that it can't parse
    try:
        wrong = [n for n, address in enumerate(addresses) if Apprise.instantiate(address.reveal()) is None]
    finally:
        logger.disabled = was_disabled
    if wrong:
        position = wrong[0]
        scheme = scheme_of(addresses[position])
        which = f"address {position + 1} of {len(addresses)}" + (f" ({scheme}://…)" if scheme != "?" else "")
        raise ValueError(f"can't be used: {which} is not the address of a service, or lacks a part; {_KNOWN}")
    return tuple(addresses)


def scheme_of(address: Secret) -> str:
    """The word before ://, the only part of an address that may be shown; ? without one."""
    found = _SCHEME.match(address.reveal())
    return found[1].lower() if found else "?"
