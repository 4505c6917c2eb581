"""One canonical name per team, however a source or season spells it. Markets and their teams do not belong here.

The aliases are data: club_names.toml beside this module.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

_COUNTRY = re.compile(r"\([A-Z]{3}\)")
_LEGAL_FORMS = frozenset({"FC", "AFC", "CF", "FK"})
"""Words for "football club" that some seasons write and others leave out, before or after the name."""
_ALL_ENGLAND = "en"
"""The table of all English leagues: clubs are promoted and relegated between them."""


def canonical_name(name: str) -> str:
    """The canonical name: through the table of clubs, or else without country code and legal form, `&` for "and".

    "Manchester United FC" and "Man United" give "Manchester United"; "Real Madrid CF (ESP)" gives "Real Madrid", but
    "Paris FC" is a club of its own. A canonical name is unchanged, and so is a name that is only a legal form.
    """
    words = ["&" if word == "and" else word for word in unicodedata.normalize("NFC", name).split()]
    while len(words) > 1 and _COUNTRY.fullmatch(words[-1]):
        del words[-1]
    whole = " ".join(words)
    while len(words) > 1 and (words[-1] in _LEGAL_FORMS or _COUNTRY.fullmatch(words[-1])):
        del words[-1]
    while len(words) > 1 and words[0] in _LEGAL_FORMS:
        del words[0]
    plain = " ".join(words)
    clubs = _canonical_by_key()
    return clubs.get(slug(whole)) or clubs.get(slug(plain)) or plain


def known_clubs(code: str) -> frozenset[str]:
    """The canonical names in the table for a competition (its code, e.g. fr.1), or all English clubs for en.1 and en.2.

    Empty for a competition without a table.
    """
    table = _tables().get(_ALL_ENGLAND if code.startswith(f"{_ALL_ENGLAND}.") else code, {})
    return frozenset(table)


def is_known(name: str) -> bool:
    """Whether a canonical name is in the table of clubs, of whatever competition."""
    return _canonical_by_key().get(slug(name)) == name


def slug(name: str) -> str:
    """A name as part of an id: lower case, accents dropped, words joined by hyphens; `&` becomes "and"."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    unaccented = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", unaccented).strip("-")


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    """Spellings by canonical name, by competition."""
    return tomllib.loads(files(__package__).joinpath("club_names.toml").read_text(encoding="utf-8"))


@cache
def _canonical_by_key() -> dict[str, str]:
    """Canonical names by the slug of every spelling, so that accents, capitals and punctuation do not matter."""
    return {
        slug(spelling): name
        for table in _tables().values()
        for name, spellings in table.items()
        for spelling in (name, *spellings)
    }
