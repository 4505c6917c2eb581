"""One canonical name per team, however a source or season spells it. Markets and their teams do not belong here."""

import re
import unicodedata

_COUNTRY = re.compile(r"\([A-Z]{3}\)")
_LEGAL_FORMS = frozenset({"FC", "AFC", "CF", "FK"})
"""Words for "football club" that some seasons write and others leave out, before or after the name."""

_ALIASES = {
    # clubs whose spellings differ by more than a legal form; the keys are spelt as the general rule leaves them
    "1899 Hoffenheim": "Hoffenheim",
    "Atalanta BC": "Atalanta",
    "Basel 1893": "Basel",
    "Bayer 04 Leverkusen": "Bayer Leverkusen",
    "Bologna FC 1909": "Bologna",
    "Bor. Mönchengladbach": "Borussia Mönchengladbach",
    "Club Atlético de Madrid": "Atlético Madrid",
    "Feyenoord Rotterdam": "Feyenoord",
    "GNK Dinamo Zagreb": "Dinamo Zagreb",
    "Internazionale Milano": "Inter",
    "PSV Eindhoven": "PSV",
    "RB Salzburg": "Red Bull Salzburg",
    "SL Benfica": "Benfica",
    "SK Slavia Praha": "Slavia Praha",
    "Sport Lisboa e Benfica": "Benfica",
    "Sporting Clube de Portugal": "Sporting CP",
    "TSG 1899 Hoffenheim": "Hoffenheim",
    # national teams
    "Bosnia-Herzegovina": "Bosnia & Herzegovina",
    "Cabo Verde": "Cape Verde",
    "Congo DR": "DR Congo",
    "Czechia": "Czech Republic",
    "Côte d'Ivoire": "Ivory Coast",
    "IR Iran": "Iran",
    "Korea Republic": "South Korea",
    "Türkiye": "Turkey",
    "United States": "USA",
}


def canonical_name(name: str) -> str:
    """The canonical name: without country code and legal form, with `&` for "and", then through the alias table.

    "Manchester United FC" and "Manchester United" give "Manchester United"; "Real Madrid CF (ESP)" gives
    "Real Madrid". A canonical name is unchanged, and so is a name that is only a legal form.
    """
    words = ["&" if word == "and" else word for word in unicodedata.normalize("NFC", name).split()]
    while len(words) > 1 and (words[-1] in _LEGAL_FORMS or _COUNTRY.fullmatch(words[-1])):
        del words[-1]
    while len(words) > 1 and words[0] in _LEGAL_FORMS:
        del words[0]
    plain = " ".join(words)
    return _ALIASES.get(plain, plain)


def slug(name: str) -> str:
    """A name as part of an id: lower case, accents dropped, words joined by hyphens; `&` becomes "and"."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    unaccented = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", unaccented).strip("-")
