"""What may be shown in a terminal: names and messages from files, servers and settings must not steer it."""

import re
import unicodedata

_LETTER = r"[^\x00-\x9f\u200c\u200d]"
_JOINS = rf"(?<={_LETTER})[\u200c\u200d](?={_LETTER})"
"""Joiners are part of the spelling in emoji, Persian and Sinhala, but nothing else invisible is."""

_DOUBTFUL = re.compile(rf"(?!{_JOINS})[^\x20-\x7e\n\t]")


def printable(text: str) -> str:
    """The text with every control, direction mark and half character escaped, except line breaks and tabs."""
    return _DOUBTFUL.sub(lambda found: _shown(found[0]), text)


def _shown(letter: str) -> str:
    is_space = unicodedata.category(letter) == "Zs"  # such as the wide space of Japanese
    return letter if letter.isprintable() or is_space else ascii(letter)[1:-1]
