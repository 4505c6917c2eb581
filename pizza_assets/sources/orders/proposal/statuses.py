"""Which statuses and kinds of lines count as orders: by a layout, by their words, by their owner; or it is asked."""

import re
from collections.abc import Collection, Iterable, Mapping

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.proposal.columns import ColumnFacts
from pizza_assets.sources.orders.proposal.draft import Draft, listed
from pizza_assets.sources.orders.proposal.header_words import without_accents

_COUNTED = frozenset(map(without_accents, {
    "complete", "completed", "delivered", "paid", "done", "closed", "fulfilled", "collected", "picked up", "finished",
    "success", "successful", "ok", "served", "settled", "delivered to customer", "geliefert", "abgeschlossen",
    "bezahlt",
    "livré", "livrée", "payé", "payée", "terminé", "terminée", "entregado", "entregada", "completado", "completada",
    "pagado", "pagada", "consegnato", "consegnata", "completato", "completata", "pagato", "geleverd", "betaald",
    "voltooid", "afgerond", "leveret", "betalt", "levererad", "betald",
}))  # fmt: skip
_LEFT_OUT = frozenset(map(without_accents, {
    "cancelled", "canceled", "cancel", "order cancelled", "order canceled", "void", "voided", "refunded", "returned",
    "rejected", "declined", "fail", "failed", "abandoned", "deleted", "test", "timed out", "not paid", "unpaid",
    "storniert", "annulliert", "abgebrochen", "abgelehnt", "erstattet", "annulé", "annulée", "refusé", "refusée",
    "remboursé", "remboursée", "cancelado", "cancelada", "anulado", "anulada", "rechazado", "rechazada", "reembolsado",
    "annullato", "annullata", "rifiutato", "rimborsato", "geannuleerd", "geweigerd", "terugbetaald", "annulleret",
    "afvist", "avbruten",
}))  # fmt: skip
_TELLING = _LEFT_OUT - {"test", "not paid", "unpaid"}
"""Without words of other columns, such as whether cash has been booked."""
_OF_WOO = "wc "
"""How WooCommerce's database begins every status: wc-completed."""
_MOST_NAMED = 12


def sorted_by_words(texts: Iterable[str]) -> dict[str, list[str]]:
    """The [statuses] of a mapping, for statuses whose words as a whole leave no doubt."""
    words = {text: _plain(text) for text in texts}
    lists = {
        "count": [text for text, plain in words.items() if plain in _COUNTED],
        "exclude": [text for text, plain in words.items() if plain in _LEFT_OUT],
    }
    return {name: found for name, found in lists.items() if found}


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", without_accents(text)).split()).removeprefix(_OF_WOO)


def find_status(draft: Draft, columns: Iterable[ColumnFacts]) -> bool:
    """Map a column as status whose header says nothing, but whose values say that some orders do not count.

    Returns whether it did: such values are evidence to ask about, not an answer. Asks which column, if several do.
    """
    if "status" in draft.columns:
        return False
    taken = {header for headers in draft.columns.values() for header in listed(headers)}
    telling = [
        column.header
        for column in columns
        if column.header not in taken and len(column.values) > 1 and _TELLING & {_plain(v) for v in column.values}
    ]
    if not telling:
        return False
    draft.columns["status"] = telling[0]
    if len(telling) > 1:
        names = " or ".join(map(repr, telling))
        draft.ask("--column status=HEADER", f"which column says whether an order counts: {names}?", telling[0])
    return True


def distinct_texts(draft: Draft, role: str) -> dict[str, str]:
    """The texts of a column, sorted, by their lower case; a blank one says nothing and is not among them."""
    if role not in draft.columns:
        return {}
    return {text.casefold(): text for text in sorted(draft.texts(role).unique()) if text}


def decide_statuses(draft: Draft, other_kinds: Collection[str] = ()) -> None:
    """Apply what the owner says, and ask for statuses and kinds on no list. other_kinds: known to be no orders.

    Raises ConfigurationError for a status that the export does not have.
    """
    found = {role: distinct_texts(draft, role) for role in ("status", "kind")}
    count = _said("--count-status", draft.answers.count_status, found)
    exclude = _said("--exclude-status", draft.answers.exclude_status, found)
    lists = {name: list(texts) for name, texts in draft.statuses.items()}
    for name, said in (("count", count), ("exclude", exclude)):
        lists = {other: [text for text in texts if text.casefold() not in said] for other, texts in lists.items()}
        lists[name] = [*lists.get(name, ()), *(found["status"][text] for text in said if text in found["status"])]
    draft.kinds = {
        name: [text for text in texts if text.casefold() not in count + exclude] for name, texts in draft.kinds.items()
    }
    if found["kind"]:
        draft.kinds.setdefault("orders", [])
        draft.kinds["orders"] += [found["kind"][text] for text in count if text in found["kind"]]
    kinds = [text for key, text in found["kind"].items() if key not in _keys(draft.kinds, other_kinds, exclude)]
    statuses = [text for key, text in _of_orders(draft).items() if key not in _keys(lists)]
    if kinds or statuses:
        roles = [role for role, texts in (("kind", kinds), ("status", statuses)) if texts]
        columns = [repr(listed(draft.columns[role])[0]) for role in roles]
        has_orders = not found["kind"] or bool(draft.kinds["orders"])  # without any there is nothing to preview
        stand_in = statuses if has_orders else None
        lists["count"] += draft.ask("--count-status A,B", _question(columns, [*kinds, *statuses]), stand_in) or []
    draft.statuses = {name: texts for name, texts in lists.items() if texts}


def _keys(lists: Mapping[str, Iterable[str]], *more: Iterable[str]) -> set[str]:
    return {text.casefold() for texts in (*lists.values(), *more) for text in texts}


def _of_orders(draft: Draft) -> dict[str, str]:
    """The distinct statuses of the lines that are orders or refunds."""
    if "kind" not in draft.columns or "status" not in draft.columns:
        return distinct_texts(draft, "status")
    is_order = draft.texts("kind").str.casefold().isin(_keys(draft.kinds))
    return {text.casefold(): text for text in sorted(draft.texts("status")[is_order].unique()) if text}


def _question(columns: list[str], texts: list[str]) -> str:
    texts = list(dict.fromkeys(texts))
    more = f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
    return (
        f"{' and '.join(dict.fromkeys(columns))} says {', '.join(map(repr, texts[:_MOST_NAMED]))}{more}: are these "
        "orders that count (--count-status), or not (--exclude-status)?"
    )


def _said(option: str, texts: Collection[str], found: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The statuses that an option names, in lower case. A text that is no status is a list with commas."""
    known = {key for texts in found.values() for key in texts}
    said = []
    for text in texts:
        keys = [text.casefold()] if text.casefold() in known else [part.strip().casefold() for part in text.split(",")]
        for key in keys:
            if key not in known:
                says = f"it has {', '.join(map(repr, sorted(known)))}" if known else "none of its columns is a status"
                raise ConfigurationError(
                    f"{option} {text}: the export has no status {key!r}; {says}. Correct it, or name the column of the "
                    "statuses (--column status=HEADER)"
                )
            said.append(key)
    return said
