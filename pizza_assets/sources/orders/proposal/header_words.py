"""The headers that exports use for each column of the mapping, the best match first.

Whether the values fit is not decided here.
"""

import re
import unicodedata


def without_accents(text: str) -> str:
    """Text in small letters without accents: exports often lose them, and "Nº" is "no"."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


def _words(*texts: str) -> frozenset[str]:
    return frozenset(map(without_accents, texts))


def _numbers_of(*nouns: str) -> tuple[str, ...]:
    """The number of an order or a receipt as Romance languages write it: "Nº pedido", "Numero di scontrino"."""
    numbers = ("nº", "n", "num", "número", "número de", "número do", "nº do", "numero di")
    return tuple(f"{number} {noun}" for noun in nouns for number in numbers)


_ENGLISH: dict[str, tuple[str, ...]] = {
    "order_id": (
        "order id", "order no", "order number", "order nr", "order ref", "order reference", "order", "increment id",
        "ticket id",
        "ticket no", "ticket number", "ticket", "receipt no", "receipt number", "receipt id", "receipt", "bill no",
        "bill number", "check number", "check no", "check id", "transaction id", "invoice no", "invoice number",
        "invoice id", "sale id", "sales id", "basket id",
    ),
    "timestamp": (
        "ordered at", "order timestamp", "order datetime", "order date time", "order time", "order date", "placed at",
        "placed on", "placed", "ordered", "order placed", "timestamp", "created at", "created", "created on",
        "created time", "creation date", "datetime", "date time", "sold at", "sale time", "transaction time",
        "opened at", "opened", "time", "date", "ts",
    ),
    "date": ("order date", "business date", "business day", "trading day", "trading date", "sale date", "date", "day"),
    "time": ("order time", "sale time", "time", "clock", "hour"),
    "total": (
        "order total", "total paid", "total collected", "total charged", "total amount", "amount paid",
        "amount charged", "grand total", "total", "paid", "charged", "gross", "gross total", "total price", "amount",
        "order value", "value", "revenue", "sales", "net sales", "gross sales", "price", "sum", "subtotal", "net",
    ),
    "price": (
        "line total", "line price", "line amount", "item total", "total price", "item price", "unit price",
        "price each", "price", "amount", "total", "gross",
    ),
    "quantity": (
        "quantity", "qty", "item qty", "total qty", "total items", "items sold", "items ordered", "pizzas",
        "pizza count", "number of pizzas", "no of pizzas", "items", "item count", "number of items", "units", "count",
        "pieces",
    ),
    "item": ("item name", "item", "product name", "product", "pizza name", "pizza", "dish", "menu item", "name", "sku"),
    "category": ("category", "group", "type", "product group", "item type", "department", "section"),
    "status": ("order status", "status", "order state", "state", "fulfilment status", "outcome", "result"),
    "chain": ("chain", "brand", "banner", "company", "concept", "franchise"),
    "market": (
        "market", "city", "town", "delivery city", "area", "region", "territory", "location name",
        "location", "place",
    ),
    "store_id": (
        "store id", "store no", "store number", "store code", "store", "branch id", "branch", "shop id", "shop",
        "restaurant id", "restaurant", "outlet id", "outlet", "site id", "site", "location id", "store name",
    ),
    "store_location": ("store address", "store location", "branch address", "store postcode", "store town"),
    "void": ("voided", "void", "is void", "is voided", "cancelled", "canceled", "is cancelled", "deleted"),
    "currency": ("currency", "currency code", "ccy", "iso currency"),
    "timezone": ("timezone", "time zone", "tz", "zone"),
}  # fmt: skip
_OTHER_LANGUAGES: dict[str, tuple[str, ...]] = {
    "order_id": (
        *_numbers_of(
            "commande", "ticket", "facture", "transaction", "vente", "pedido", "comanda", "factura", "recibo", "venta",
            "ordine", "scontrino", "ricevuta", "fattura",
        ),
        "bestellnummer", "bestellnr", "bestelnummer", "belegnummer", "belegnr", "bonnummer", "bonnr", "auftragsnummer",
        "auftragsnr", "rechnungsnummer", "rechnungsnr", "transaktionsnummer", "ordernummer", "ordrenummer",
        "kvitteringsnummer", "kvittonummer", "commande", "pedido", "ordine",
    ),
    "timestamp": (
        "bestellt am", "bestellzeit", "bestelldatum", "date et heure", "date de commande", "fecha y hora",
        "fecha del pedido", "data e ora", "data ordine", "data e hora", "data do pedido", "datum en tijd",
        "besteldatum", "datum", "fecha", "data", "dato",
    ),
    "date": (
        "bestelldatum", "date de commande", "fecha del pedido", "data ordine", "data do pedido", "besteldatum",
        "datum", "fecha", "data", "dato",
    ),
    "time": ("bestellzeit", "uhrzeit", "zeit", "heure", "hora", "ora", "tijd", "tid", "klokkeslæt"),
    "total": (
        "gesamtbetrag", "gesamtsumme", "gesamt", "montant ttc", "total ttc", "montant total", "importe total",
        "importo totale", "totale", "totale ordine", "total del pedido", "total do pedido", "valor total",
        "valor pago", "total pago", "total pagado", "total commande", "total de la commande", "totaalbedrag", "totaal",
        "betrag", "summe", "montant", "importe", "importo", "valor", "bedrag", "beløb", "belopp", "summa",
        "sous total", "zwischensumme", "subtotale", "subtotaal", "delsumma",
    ),
    "quantity": (
        "menge", "anzahl", "anzahl artikel", "artikelanzahl", "stück", "stückzahl", "quantité", "nombre d articles",
        "nb articles", "articles", "cantidad", "artículos", "número de artículos", "nº artículos", "unidades",
        "productos", "quantità", "pezzi", "articoli", "aantal", "aantal artikelen", "artikelen", "antal",
        "antal artiklar", "antal varer", "quantidade", "qtd", "qtde", "itens",
    ),
    "item": ("artikel", "produkt", "article", "produit", "artículo", "producto", "articolo", "prodotto", "produto"),
    "status": (
        "bestellstatus", "auftragsstatus", "statut", "statut de la commande", "estado", "estado del pedido", "stato",
        "stato ordine", "situação",
    ),
    "market": ("stadt", "ort", "ville", "ciudad", "città", "cidade", "stad"),
    "store_id": (
        "filiale", "standort", "magasin", "point de vente", "tienda", "punto de venta", "sucursal", "negozio",
        "punto vendita", "loja", "winkel", "vestiging", "butik",
    ),
    "void": ("storniert", "storno", "annulé", "anulado", "annullato", "cancelado", "geannuleerd"),
    "currency": ("währung", "devise", "moneda", "divisa", "moeda", "valuta"),
}  # fmt: skip
"""German, French, Spanish, Italian, Portuguese, Dutch and Scandinavian headers, after the English; prices are asked."""
_GENERIC: dict[str, tuple[str, ...]] = {"order_id": ("reference", "id", "uuid", "number", "no")}
"""Headers that also number lines or customers: they come after those of all languages that name an order."""
AMOUNTS: dict[str, tuple[frozenset[str], ...]] = {
    "total": (
        _words(
            "order total", "total paid", "total collected", "total charged", "total amount", "amount paid",
            "amount charged", "grand total", "total", "paid", "charged", "total price", "gesamtbetrag", "gesamtsumme",
            "gesamt", "montant ttc", "total ttc", "montant total", "importe total", "importo totale", "totale",
            "totale ordine", "total del pedido", "total do pedido", "valor total", "valor pago", "total pago",
            "total pagado", "total commande", "total de la commande", "totaalbedrag", "totaal",
        ),
        _words(
            "gross", "gross total", "amount", "order value", "value", "revenue", "sales", "price", "sum", "betrag",
            "summe", "montant", "importe", "importo", "valor", "bedrag", "beløb", "belopp", "summa",
        ),
        _words(
            "net sales", "gross sales", "subtotal", "net", "sous total", "zwischensumme", "subtotale", "subtotaal",
            "delsumma",
        ),
    ),
    "price": (
        _words("line total", "line price", "line amount", "item total"),
        _words("unit price", "price each", "item price"),
        _words("total price", "price", "amount", "total", "gross"),
    ),
}  # fmt: skip
"""Headers of money that mean about the same, the best first: which of them is meant can't be told from the words."""
WORDS = {
    role: tuple(dict.fromkeys(map(without_accents, (*words, *_OTHER_LANGUAGES.get(role, ()), *_GENERIC.get(role, ())))))
    for role, words in _ENGLISH.items()
}
# an amount that was paid in any language comes before a subtotal in English
WORDS["total"] = tuple(
    sorted(WORDS["total"], key=lambda word: [word in alike for alike in AMOUNTS["total"]].index(True))
)

UNIT_PRICE = _words(
    "unit price", "price each", "price per unit", "item cost", "einzelpreis", "stückpreis", "prix unitaire",
    "precio unitario", "prezzo unitario", "stukprijs",
)  # fmt: skip
"""Headers of the price of one item: the line costs that times the quantity."""
LINE_PRICE = _words("line total", "line price", "line amount", "item total", "total price", "total", "amount")
"""Headers of the price of a whole line."""
BUSINESS_DATE = _words("business date", "business day", "trading day", "trading date")
"""Headers of a business date, which includes the hours after midnight."""
WHOLE_HEADERS = _words("order_id", "total", "price", "chain")
"""Roles for which a header must be such words as a whole: what only holds one of them would be a guess."""
_WITHIN = {role: tuple(word for word in words if len(word) > 3 and word != "name") for role, words in WORDS.items()} | {
    "quantity": ("quantity", "menge", "anzahl", "quantite", "cantidad", "quantita", "aantal", "antal"),
}
"""By role, the words that a header may hold beside others. What is counted may be anything, so it must stand alone."""
_NO_PIZZAS = _words(
    "guest", "guests", "people", "persons", "covers", "customers", "personen", "gäste", "kunden", "personnes",
    "couverts", "clients", "personas", "comensales", "clientes", "persone", "coperti", "clienti", "gasten", "klanten",
    "returned", "return", "voided", "retourniert", "retournées", "devuelta", "devuelto", "devueltas", "devueltos",
    "restituiti", "resi",
)  # fmt: skip
"""Words of counts that are not of what was sold."""
_MONEY = _words(
    "total", "amount", "paid", "gross", "net", "sales", "revenue", "price", "value", "subtotal", "sum", "refund",
    "refunds", "refunded", "collected", "gesamtbetrag", "gesamtsumme", "gesamt", "betrag", "summe", "preis",
    "bestellwert", "umsatz", "montant", "prix", "ttc", "ht", "importe", "precio", "totale", "importo", "prezzo",
    "totaal", "totaalbedrag", "bedrag", "prijs", "beløb", "belopp", "summa", "pris", "charged", "zwischensumme",
    "subtotale", "subtotaal", "delsumma", "valor", "preço", "faturamento", "vendas", "brutto", "netto",
)  # fmt: skip
_PART_OF_TOTAL = _words(
    "tax", "taxes", "vat", "gst", "hst", "pst", "mwst", "ust", "steuer", "tva", "iva", "imposto", "btw", "moms",
    "tip", "tips", "gratuity", "trinkgeld", "pourboire", "propina", "gorjeta", "mancia", "fooi", "dricks",
    "discount", "discounts", "rabatt", "remise", "descuento", "desconto", "sconto", "korting", "promo",
    "promotion", "coupon", "voucher", "loyalty", "fee", "fees", "delivery", "shipping", "lieferung",
    "livraison", "envío", "entrega", "frete", "consegna", "bezorging", "service", "packaging", "deposit",
    "cost", "costs", "margin", "profit", "commission", "cash", "card", "change", "tendered", "rounding", "unit",
    "item", "items", "ht", "exempt", "taxable", "surcharge", "credit", "credits", "allowance", "pfand",
    "payout",
)  # fmt: skip
"""Words of money that is a part of what a customer paid, or beside it."""
_MINOR_UNITS = re.compile(r" (?:in )?(?:cents|pence|minor units?)$")
_UTC = re.compile(r" utc$|(?<=^date created) gmt$|(?<=^date updated) gmt$|(?<=^post date) gmt$")
_PAID_BACK = _words(
    "refund", "refunds", "refunded", "reimbursed", "reimbursement", "chargeback", "chargebacks",
    "erstattet", "erstattung", "erstattungen", "rückerstattung", "rückerstattet", "remboursé", "remboursement",
    "remboursements", "reembolso", "reembolsos", "reembolsado", "devolución", "devolucion", "rimborso", "rimborsi",
    "rimborsato", "terugbetaling", "terugbetaald", "restitutie", "återbetalning", "refundering", "tilbagebetaling",
    "zwrot", "zwroty",
)  # fmt: skip
"""Words for money paid back in English, German, French, Spanish, Italian, Dutch, Swedish, Norwegian, Danish, Polish."""
_NO_MONEY = _words("no", "number", "count", "qty", "quantity", "date", "time", "id", "reason", "by")
_NO_AMOUNT = (
    _NO_MONEY
    | _NO_PIZZAS
    | _words(
        "orders", "pizzas", "sold", "kg", "weight", "lat", "latitude", "lon", "lng", "longitude", "level", "person",
        "out", "outstanding", "balance", "percent", "rate", "minutes", "distance", "km", "points",
    )
)  # fmt: skip
"""Words of columns that hold numbers, but not what a customer paid."""
_INCLUDING = _words(
    "incl", "including", "inclusive", "inc", "with", "after", "final", "due", "payable", "mit", "inkl", "inklusive",
    "zahlbetrag", "endbetrag", "endpreis", "endsumme", "rechnungsbetrag", "avec", "payer", "compris", "ttc", "con",
    "pagar", "incluido", "incluida", "com", "pagare", "incluso", "inclusa", "betalen", "betala", "betale", "med",
)  # fmt: skip
"""Words of a total that says what it includes, or that it is to be paid: "Total incl. tax", "À payer"."""
_SUBTOTAL = 2
"""The class of AMOUNTS whose headers say that something is missing."""
_CURRENCY_IN_BRACKETS = re.compile(r"\s*\((?:[A-Z]{3}|[^\w\s()])\)\s*$")


def plain_words(header: str) -> str:
    """A header as words: "OrderNo", "order_no" and "Order No." are "order no". Units are left out: "Total (GBP)" and
    "total_cents" are "total", "created_at_utc" is "created at".
    """
    return _UTC.sub("", _MINOR_UNITS.sub("", _all_words(_CURRENCY_IN_BRACKETS.sub("", header))))


def _all_words(header: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", without_accents(apart)).split())


def says_minor_units(header: str) -> bool:
    """Whether a header ends with the name of a minor unit: total_cents."""
    return _MINOR_UNITS.search(_all_words(header)) is not None


def says_utc(header: str) -> bool:
    """Whether a header ends with UTC, or is one of WooCommerce's that mean it: date_created_gmt. Elsewhere GMT may be
    the clock of a British shop, in summer as well."""
    return _UTC.search(_all_words(header)) is not None


def may_be_meant(role: str, header: str, chosen: str) -> bool:
    """Whether the header of a column of amounts may name the money of an order (total) or a line (price) as well as the
    chosen one does.

    Beside a subtotal that is any that names no part of the total; beside a header that does not say what was paid, any
    of these that names money; beside every one, a total that says what it includes.
    """
    of_header, of_chosen = _amount_class(role, header), _amount_class(role, chosen)
    words = set(plain_words(header).split())
    if of_header is not None or role != "total":
        return of_header is not None and of_header == of_chosen
    if words & _NO_AMOUNT:
        return False
    if words & _INCLUDING:
        return True
    if of_chosen == 0 or words & (_PART_OF_TOTAL | _PAID_BACK):
        return False
    return of_chosen == _SUBTOTAL or is_called_money(header)


def _amount_class(role: str, header: str) -> int | None:
    """The place of the header's words in AMOUNTS; None if they are not among them."""
    words = {plain_words(header), plain_words(header.rpartition(".")[2])}
    return next((place for place, alike in enumerate(AMOUNTS[role]) if words & alike), None)


def is_called_money(header: str) -> bool:
    """Whether a word of the header names money."""
    return bool(_MONEY & set(plain_words(header).split()))


def is_called_paid_back(header: str) -> bool:
    """Whether a word of the header says that money was paid back, and none that it counts, dates or names that."""
    words = set(plain_words(header).split())
    return bool(_PAID_BACK & words) and not _NO_MONEY & words and "#" not in header


def rank(role: str, header: str) -> int | None:
    """How well a header names a column of the mapping: 0 is best, None if it does not.

    A header that holds such words beside others ("Delivery city") comes after all that are just those words; for the
    roles of WHOLE_HEADERS it does not count.
    """
    known, words = WORDS[role], plain_words(header)
    last = plain_words(header.rpartition(".")[2])  # of a path in JSON
    for whole in (words, last):
        if whole in known:
            return known.index(whole)
    if role in WHOLE_HEADERS:
        return None
    if role == "quantity" and set(words.split()) & (_MONEY | _PAID_BACK | _NO_PIZZAS):
        return None
    held = [known.index(name) for name in _WITHIN[role] if f" {name} " in f" {words} "]
    return len(known) + min(held) if held else None
