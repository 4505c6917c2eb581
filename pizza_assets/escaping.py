"""What may be shown to people: outside text must not steer a terminal, a log or the Dagster UI.

`printable` is applied where text leaves the package: in every error of errors.py, by cli/terminal.py, and to what is
logged or given to Dagster. Applying it twice changes nothing. HTML and CSV are not its concern.
"""

import re
import unicodedata

_LETTER = r"[^\x00-\x9f\u200c\u200d]"
_JOINS = rf"(?<={_LETTER})[\u200c\u200d](?={_LETTER})"
"""Joiners are part of the spelling in emoji, Persian and Sinhala, but nothing else invisible is."""

_DOUBTFUL = re.compile(rf"(?!{_JOINS})[^\x20-\x7e\n\t]")
# a dash or "1." is markup only where a text begins; addresses become links by themselves
_MARKUP = re.compile(r"[\\`*_\[\]<>&~|#!@]|:(?=//)|(?<=www)\.|^[-+]|^\d+[.)]", re.IGNORECASE)
_MINUS = "\N{MINUS SIGN}"
_HYPHEN_OF_NUMBER = re.compile(r"(^|[\s(])-(?=\d)", re.MULTILINE)


def printable(text: str) -> str:
    """The text with every control, direction mark and half character escaped, except line breaks and tabs."""
    return _DOUBTFUL.sub(lambda found: _shown(found[0]), text)


def with_minus(text: str) -> str:
    """The text with a minus sign before negative numbers, for people to read; the page has the same rule (format.js).

    Tables and exports keep the hyphen, so that programs can read their numbers.
    """
    return _HYPHEN_OF_NUMBER.sub(f"\\1{_MINUS}", text)


def typeable(text: str, encoding: str | None) -> str:
    """The text with a hyphen for each minus sign if this encoding, such as that of a terminal, has none."""
    try:
        _MINUS.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.replace(_MINUS, "-")
    return text


def printable_json(text: str) -> str:
    """JSON with the same characters escaped as JSON does it, so that its content is unchanged."""
    return _DOUBTFUL.sub(lambda found: found[0] if _is_shown(found[0]) else _json_escape(found[0]), text)


def plain_markdown(text: str) -> str:
    """The text as Markdown that shows it on one line as it is: no markup in it works, and no address is a link."""
    return _MARKUP.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", " ".join(printable(text).split()))


def _shown(letter: str) -> str:
    return letter if _is_shown(letter) else ascii(letter)[1:-1]


def _is_shown(letter: str) -> bool:
    return letter.isprintable() or unicodedata.category(letter) == "Zs"  # such as the wide space of Japanese


def _json_escape(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
