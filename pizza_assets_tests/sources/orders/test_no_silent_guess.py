"""What an export does not say is asked or refused: money, ids, quotes, and what a line is."""

import json
from pathlib import Path

import pytest

from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.orchestration.own_export.doubts import doubts_of
from pizza_assets.sources.orders import file_readers
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal
from pizza_assets.sources.orders.proposal.header_words import rank
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import (
    AUGUST,
    ITEM_ROWS,
    ORDER_ROWS,
    csv_text,
    mapping,
    order_files,
    write,
)
from pizza_assets_tests.sources.orders.exports import HEADER as MAPPED
from pizza_assets_tests.sources.orders.test_changing_inbox import workbook

SAID = Answers(label="mock", timezone="Europe/London", currency="GBP", constants={"chain": "dominos"})
HEADER = ("Order ID", "Order Date", "Store", "Product", "Quantity", "Price")


def proposed(folder: Path, content: str, **said: object) -> Proposal:
    answers = Answers(**{**SAID.__dict__, **said})
    return propose([read_sample(write(folder / "in", "1.csv", content))], answers, "Europe/London")


def asked(proposal: Proposal) -> list[str]:
    return [question.option.split()[0] for question in proposal.questions]


def unit_prices() -> list[tuple]:
    menu = {"Margherita": "9.50", "Hawaiian": "11.90", "Cola": "2.20"}
    rows = []
    for number in range(60):
        for place, (name, price) in enumerate(menu.items()):
            if (number + place) % 3:
                rows.append((f"A{number}", f"2025-08-15 {12 + number % 10}:05", "S1", name, 1 + number % 4, price))
    return rows


def test_a_price_beside_a_quantity_is_asked_for_with_both_totals(tmp_path: Path) -> None:
    rows = unit_prices()
    proposal = proposed(tmp_path, csv_text(HEADER, rows))
    assert asked(proposal) == ["--price-is"]
    [question] = proposal.questions
    by_line = sum(float(row[5]) for row in rows)
    by_unit = sum(float(row[5]) * row[4] for row in rows)
    assert f"{by_unit:,.2f}" in question.about
    assert f"{by_line:,.2f}" in question.about
    assert "suggests unit" in question.about
    assert proposed(tmp_path, csv_text(HEADER, rows), price_is="unit").document["price_is"] == "unit"


def test_a_price_for_one_of_each_needs_no_question(tmp_path: Path) -> None:
    rows = [(*row[:4], 1, row[5]) for row in unit_prices()]
    assert asked(proposed(tmp_path, csv_text(HEADER, rows))) == []


@pytest.mark.parametrize(
    ("role", "header"),
    [
        ("total", "Total discount"),
        ("total", "Paid at"),
        ("price", "Compare at price"),
        ("order_id", "Customer order id hash"),
        ("chain", "Company address"),
        ("total", "Subtotal tax remitted"),
        *(
            ("quantity", header)
            for header in (
                "Descuento artículos",
                "Unidades devueltas",
                "ID Productos",
                "Prezzo articoli",
                "Articles offerts",
                "Total productos",
                "Remise articles",
                "Precio unidades",
                "Unidades de negocio",
                "Preis pro Stück",
                "Codice articoli",
                "Anzahl Personen",
                "Guest count",
                "Quantity refunded",
                "Cantidad devuelta",
                "Items discount",
            )
        ),
    ],
)
def test_a_word_inside_a_header_names_no_money_id_chain_or_quantity(role: str, header: str) -> None:
    assert rank(role, header) is None


@pytest.mark.parametrize(
    ("role", "headers"),
    [
        ("order_id", ["Nº Ticket", "N° ticket", "№ ticket", "Núm. ticket", "Numero Ticket", "Número de ticket"]),
        ("order_id", ["Numéro de commande", "NUMERO DE COMMANDE", "Bonnummer", "Belegnr.", "Numero di scontrino"]),
        ("quantity", ["Artículos", "Articulos", "Nº artículos", "Unidades", "Anzahl Artikel", "Stück", "Nb. articles"]),
        ("timestamp", ["Bestellt am", "FECHA DEL PEDIDO", "Date de commande"]),
        ("quantity", ["Lineitem quantity", "Product Quantity", "Total items", "Item Qty", "Bestellte Menge"]),
        ("currency", ["Währung", "Wahrung", "Devise"]),
        ("item", ["Artículo", "articulo", "Artikel"]),
    ],
)
def test_headers_of_other_languages_are_known_with_and_without_accents(role: str, headers: list[str]) -> None:
    assert {header: rank(role, header) is not None for header in headers} == dict.fromkeys(headers, True)


def test_a_number_of_lines_is_not_taken_for_that_of_orders(tmp_path: Path) -> None:
    """Each line became an order, as "Nº" is also how an order's number may be headed."""
    header = ("Nº", "Nº Pedido", "Fecha y hora", "Tienda", "Producto", "Unidades", "Importe")
    rows = [
        (n, f"P{n // 3}", f"2025-08-{13 + n % 15} {12 + n // 3 % 10}:05", "Sol", "Margarita", 1, "8.50")
        for n in range(90)
    ]
    rows = [(*row[:2], rows[number // 3 * 3][2], *row[3:]) for number, row in enumerate(rows)]
    found = proposed(tmp_path, csv_text(header, rows))
    assert found.document["columns"]["order_id"] == "Nº Pedido"
    assert found.document["rows"] == "items"


def test_a_currency_in_brackets_and_a_path_do_not_hide_a_header() -> None:
    assert rank("total", "Amount (GBP)") == rank("total", "Amount")
    assert rank("total", "totals.total") == rank("total", "Total")


def restarting(days: int = 20, orders: int = 13) -> list[tuple]:
    return [
        (number, f"2025-08-{1 + day:02} {12 + number % 10}:{day:02}", "S1", f"{8 + number}.50")
        for day in range(days)
        for number in range(1, orders + 1)
    ]


RESTARTING = ("Order No", "Placed", "Store", "Total")


def test_numbers_that_restart_daily_are_asked_about_and_none_is_lost(tmp_path: Path) -> None:
    content = csv_text(RESTARTING, restarting())
    assert asked(proposed(tmp_path, content)) == ["--id"]
    proposal = proposed(tmp_path, content, order_id=("Placed", "Order No"))
    assert asked(proposal) == []
    chosen = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    assert order_files(tmp_path / "in", chosen).facts.lines["accepted"] == 260


def test_numbers_that_restart_daily_are_refused_where_nobody_was_asked(tmp_path: Path) -> None:
    rows = [("1", f"2025-08-{day} 19:00", "9.00", "1", "Leeds", "s1") for day in (15, 17)]
    rows += [
        ("2", "2025-08-15 19:30", "7.00", "1", "Leeds", "s1"),
        ("3", "2025-08-15 19:30", "7.00", "1", "Leeds", "s1"),
    ]
    rows += [("3", "2025-08-15 19:30", "7.00", "1", "Leeds", "s2")]
    write(tmp_path / "in", "1.csv", csv_text(("id", "placed", "paid", "pizzas", "city", "store"), rows))
    source = order_files(tmp_path / "in")
    assert (source.facts.lines["accepted"], source.facts.lines["rejected"]) == (1, 4)
    assert "order id 1 is used on different days" in source.orders(AUGUST).rejected["reason"].iloc[0]


@pytest.mark.parametrize("column", [3, 5], ids=["middle", "last"])
@pytest.mark.parametrize("opened", [(60,), (60, 128)], ids=["one", "two"])
def test_a_stray_quote_is_named_and_no_order_vanishes(tmp_path: Path, column: int, opened: tuple[int, ...]) -> None:
    rows = [[f"a{n}", "2025-08-15 19:00", "5.00", "1", "Leeds", "s1"] for n in range(206)]
    lines = [",".join(row) for row in rows]
    for number in opened:
        cells = rows[number]
        lines[number] = ",".join([*cells[:column], f'"{cells[column]}', *cells[column + 1 :]])
    write(tmp_path / "in", "1.csv", "\n".join(["id,placed,paid,pizzas,city,store", *lines]) + "\n")
    facts = order_files(tmp_path / "in").facts
    assert facts.coverage == ()
    assert f"line {opened[0] + 2}: a quote" in facts.bad_files["1.csv"]


def test_without_a_stray_quote_all_are_accepted_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    rows = [(f"a{n}", "2025-08-15 19:00", "5.00", "1", "Leeds", "s1", 'no\nonion, "please"') for n in range(205)]
    rows.append(("bad", "never", "5.00", "1", "Leeds", "s1", ""))
    write(tmp_path / "in", "1.csv", csv_text(("id", "placed", "paid", "pizzas", "city", "store", "note"), rows))
    source = order_files(tmp_path / "in")
    assert source.facts.lines["accepted"] == 205
    assert source.orders(AUGUST).rejected["line_number"].tolist() == [2 + 2 * 205]


def test_totals_repeated_headers_and_other_sections_are_counted_aloud(tmp_path: Path) -> None:
    header = "id,placed,paid,pizzas,city,store"
    order = "{},2025-08-15 19:00,5.00,1,Leeds,s1"
    lines = ["Report,autumn", "", header, order.format("a"), header, order.format("b"), "Total,,10.00,2,,"]
    lines += ["", "Fees", "name,amount", "rent,5", order.format("no order: of another section")]
    write(tmp_path / "in", "1.csv", "\n".join(lines))
    facts = order_files(tmp_path / "in").facts
    assert (facts.lines["accepted"], facts.lines["no_order"], facts.lines["rejected"]) == (2, 6, 0)
    assert facts.aside[:2] == ("1.csv line 5: the header again", "1.csv line 7: neither an order id nor a time")
    assert sum(facts.lines.values()) == facts.lines_read["1.csv"]


def test_orders_below_the_end_of_the_table_are_a_doubt_at_any_share(tmp_path: Path) -> None:
    order = "{},2025-08-15 19:00,5.00,1,Leeds,s1"
    lines = ["id,placed,paid,pizzas,city,store", *(order.format(f"a{n}") for n in range(300))]
    lines += ["", "page 2", *(order.format(f"b{n}") for n in range(2)), "no time,soon,5.00,1,Leeds,s1"]
    write(tmp_path / "in", "1.csv", "\n".join(lines) + "\n")
    chosen = mapping()
    source = order_files(tmp_path / "in", chosen)
    assert (source.facts.lines["accepted"], source.facts.lines["no_order"]) == (300, 4)
    assert "2 lines below the end of the table look like orders" in (source.orders(AUGUST).reason or "")
    [doubt] = doubts_of(source.facts, chosen, source.rejected(AUGUST), ())
    assert doubt.startswith("2 lines look like orders, but stand below the end of the table (1.csv line 304: ")


def test_lines_of_unknown_kinds_are_named_with_counts_in_their_week(tmp_path: Path) -> None:
    rows = [(f"a{n}", "2025-08-15 19:00", "4.00", 1, "x", "Sale") for n in range(20)]
    rows += [("", "2025-08-15 20:00", "-2.00", "", "", "Fee"), ("", "2025-08-22 20:00", "-2.00", "", "", "Payout")]
    rows += [("", "2025-08-15 21:00", "-1.00", "", "", "Fee"), ("b", "2025-08-23 19:00", "4.00", 1, "x", "Sale")]
    write(tmp_path / "in", "1.csv", csv_text((*REFUNDED, "what"), rows))
    text = ITEM_ROWS.replace('item = "item"', 'item = "item"\nkind = "what"')
    chosen = mapping(text + '[kinds]\norders = ["Sale"]\n')
    source = order_files(tmp_path / "in", chosen)
    assert source.orders(AUGUST).reason == "2 lines of kinds that are not orders left out: 'Fee' 2"
    assert source.orders(AUGUST.shifted(1)).reason == "1 line of a kind that is not an order left out: 'Payout' 1"
    [doubt] = doubts_of(source.facts, chosen, source.rejected(AUGUST), ())
    assert "such as 2 of kind 'Fee', 1 of kind 'Payout'" in doubt


def test_a_line_cut_off_at_the_end_is_refused(tmp_path: Path) -> None:
    lines = ["id,placed,paid,pizzas,city,store", "a,2025-08-15 19:00,5.00,1,Leeds,s1", "b,2025-08-15 19:0"]
    write(tmp_path / "in", "1.csv", "\n".join(lines))
    assert order_files(tmp_path / "in").facts.lines["rejected"] == 1


REFUNDED = ("id", "placed", "price", "count", "item")


@pytest.mark.parametrize(
    ("refunds", "revenue", "lone"), [("net", [1500], 1), ("exclude", [1000, 2000], 1)], ids=["net", "exclude"]
)
def test_refunds_are_netted_or_left_out_and_counted(
    tmp_path: Path, refunds: str, revenue: list[int], lone: int
) -> None:
    rows = [("a", "2025-08-15 19:00", "10.00", 1, "x"), ("b", "2025-08-15 19:05", "20.00", 2, "x")]
    rows += [("a", "2025-08-15 20:00", "-10.00", -1, "x"), ("b", "2025-08-16 19:05", "-5.00", -1, "x")]
    rows += [("c", "2025-08-16 19:05", "-5.00", -1, "x")]
    for name in ("1.csv", "2.csv"):  # the same export twice: refunds count once
        write(tmp_path / "in", name, csv_text(REFUNDED, rows))
    chosen = mapping(ITEM_ROWS.replace('currency = "GBP"', f'currency = "GBP"\nrefunds = "{refunds}"'))
    source = order_files(tmp_path / "in", chosen)
    assert sorted(source.orders(AUGUST).rows["revenue_cents"]) == revenue
    assert source.facts.lines["lone_refund"] == lone
    assert sum(source.facts.lines.values()) == 10


SALE = ("a", "2025-08-15 19:00", "10.00", 1, "x")


@pytest.mark.parametrize(
    ("first", "later", "revenue", "kinds"),
    [
        ([SALE, (*SALE[:2], "-2.00", 0, "x")], [SALE, (*SALE[:2], "-3.00", 0, "x")], 700, {"superseded": 1}),
        ([SALE, ("a", "2025-08-16 12:00", "-2.00", 0, "x")], [SALE, ("a", "2025-08-16 12:00", "-3.00", 0, "x")], 700,
         {"superseded": 1}),
        ([SALE, (*SALE[:2], "-2.00", 0, "x")], [SALE], 1000, {"superseded": 1}),
        ([SALE, ("a", "2025-08-16 12:00", "-2.00", 0, "x")], [SALE], 800, {"refund": 1}),
        ([SALE, ("a", "2025-08-16 12:00", "-2.00", 0, "x")], [("a", "2025-08-17 12:00", "-3.00", 0, "x")], 500,
         {"refund": 2}),
    ],
    ids=["same time", "later time", "taken back", "the later file ends before the refund", "one refund each"],
)  # fmt: skip
def test_a_later_file_replaces_the_whole_version_with_its_negative_lines(
    tmp_path: Path, first: list[tuple], later: list[tuple], revenue: int, kinds: dict[str, int]
) -> None:
    write(tmp_path / "in", "1.csv", csv_text(REFUNDED, first))
    write(tmp_path / "in", "2.csv", csv_text(REFUNDED, later))
    chosen = mapping(ITEM_ROWS.replace('currency = "GBP"', 'currency = "GBP"\nrefunds = "net"'))
    source = order_files(tmp_path / "in", chosen)
    assert source.orders(AUGUST).rows["revenue_cents"].tolist() == [revenue]
    assert {kind: source.facts.lines[kind] for kind in kinds} == kinds
    assert sum(source.facts.lines.values()) == len(first) + len(later)


def test_a_workbook_saved_under_another_name_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="unknown kind of file"):
        read_sample(write(tmp_path, "orders.doc", b"x"))


def test_many_stores_are_not_made_markets_unasked(tmp_path: Path) -> None:
    rows = [(n, "2025-08-15 19:00", f"S{n % 60}", "8.50") for n in range(600)]
    assert asked(proposed(tmp_path, csv_text(RESTARTING, rows))) == ["--market"]


@pytest.mark.parametrize("name", ["line_number", "defect", "kind", "order_id", "order_id_part_1", "timestamp", "c0"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_header_that_is_also_a_name_of_the_importer_is_read(tmp_path: Path, name: str, kind: str) -> None:
    header = ("Order No", "Placed", "Store", "Total", name)
    rows = [(f"A{n}", f"2025-08-15 {10 + n % 10}:05", "S1", "8.50", f"note {n % 3}") for n in range(40)]
    lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    content = csv_text(header, rows) if kind == "csv" else "\n".join(lines) + "\n"
    sample = read_sample(write(tmp_path, f"1.{kind}", content))
    assert sample.lines[name].tolist() == [row[4] for row in rows]
    proposal = propose([sample], SAID, "Europe/London")
    assert asked(proposal) == []
    assert proposal.unused == (name,)


UNITS_WITH_REFUNDS = [
    ("a", "2025-08-15 19:00", "10.00", 2, "x"),
    ("b", "2025-08-15 19:05", "10.00", 3, "x"),
    ("c", "2025-08-15 19:10", "10.00", 3, "x"),
    ("d", "2025-08-15 19:15", "10.00", 3, "x"),
]


@pytest.mark.parametrize(("price", "count"), [("-10.00", -1), ("10.00", -1), ("-10.00", 1)])
def test_a_unit_price_is_paid_back_whichever_of_price_and_quantity_is_negative(
    tmp_path: Path, price: str, count: int
) -> None:
    rows = [*UNITS_WITH_REFUNDS, ("a", "2025-08-15 20:00", price, count, "x")]
    write(tmp_path / "in", "1.csv", csv_text(REFUNDED, rows))
    chosen = mapping(ITEM_ROWS.replace('currency = "GBP"', 'currency = "GBP"\nrefunds = "net"\nprice_is = "unit"'))
    source = order_files(tmp_path / "in", chosen)
    assert sorted(source.orders(AUGUST).rows["revenue_cents"]) == [1000, 3000, 3000, 3000]
    assert source.facts.lines["refund"] == 1


def test_a_unit_price_paid_back_without_a_quantity_is_refused_and_not_worth_nothing(tmp_path: Path) -> None:
    rows = [*UNITS_WITH_REFUNDS, ("e", "2025-08-15 20:00", "-10.00", "", "x")]
    write(tmp_path / "in", "1.csv", csv_text(REFUNDED, rows))
    chosen = mapping(ITEM_ROWS.replace('currency = "GBP"', 'currency = "GBP"\nrefunds = "net"\nprice_is = "unit"'))
    assert order_files(tmp_path / "in", chosen).facts.lines["rejected"] == 1


@pytest.mark.parametrize(("kind", "fate"), [("Sale", "rejected"), ("Return", "refund")])
def test_a_line_amount_that_contradicts_its_negative_quantity_is_no_sale(tmp_path: Path, kind: str, fate: str) -> None:
    rows = [(*row, "Sale") for row in UNITS_WITH_REFUNDS]
    rows.append(("b", "2025-08-15 19:05", "4.00", -1, "x", kind))
    write(tmp_path / "in", "1.csv", csv_text((*REFUNDED, "what"), rows))
    text = ITEM_ROWS.replace('currency = "GBP"', 'currency = "GBP"\nrefunds = "net"')
    text = text.replace('item = "item"', 'item = "item"\nkind = "what"')
    chosen = mapping(text + '[kinds]\norders = ["Sale"]\nrefunds = ["Return"]\n')
    assert order_files(tmp_path / "in", chosen).facts.lines[fate] >= 1


def test_negative_quantities_are_asked_about_like_negative_amounts(tmp_path: Path) -> None:
    header = ("Order ID", "Order Date", "Store", "Product", "Quantity", "Unit price")
    rows = unit_prices()
    rows += [(f"A{n}", f"2025-08-15 {12 + n % 10}:45", "S1", "Cola", -2, "2.20") for n in range(3)]
    proposal = proposed(tmp_path, csv_text(header, rows))
    assert asked(proposal) == ["--refunds"]
    assert proposal.questions[0].about.startswith("3 amounts or quantities are negative")


@pytest.mark.parametrize("rows", [None, "items"])
def test_the_amount_that_is_named_is_the_price_of_item_lines(tmp_path: Path, rows: str | None) -> None:
    lines = [(*row[:4], 1, row[5]) for row in unit_prices()]
    content = csv_text((*HEADER[:5], "Preis"), lines)
    assert asked(proposed(tmp_path, content, rows=rows)) == ["--amount"]
    proposal = proposed(tmp_path, content, rows=rows, amount="Preis")
    assert asked(proposal) == []
    assert (proposal.document["rows"], proposal.document["columns"]["price"]) == ("items", "Preis")


@pytest.mark.parametrize("repeats", [1, 2], ids=["orders", "items"])
def test_the_amount_that_is_named_replaces_the_usual_one(tmp_path: Path, repeats: int) -> None:
    header = (*HEADER[:4], "Line Total", "Net")
    lines = [(f"A{n}", "2025-08-15 19:00", "S1", f"x{k}", "9.00", "8.00") for n in range(40) for k in range(repeats)]
    proposal = proposed(tmp_path, csv_text(header, lines), amount="Net")
    role = "price" if repeats > 1 else "total"
    assert proposal.document["columns"][role] == "Net"
    assert "Line Total" in proposal.unused


def test_an_amount_that_no_column_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--amount Preis: the export has no column 'Preis'"):
        proposed(tmp_path, csv_text(HEADER, unit_prices()), amount="Preis")


@pytest.mark.parametrize("said", [None, "items"], ids=["found", "said"])
def test_item_lines_of_numbers_that_restart_are_items_of_the_id_that_is_answered(
    tmp_path: Path, said: str | None
) -> None:
    header = ("Order No", "Placed", "Store", "Product", "Quantity", "Price")
    rows = [(*row[:3], f"Pizza {place}", 1, f"1{place}.00") for row in restarting() for place in range(3)]
    content = csv_text(header, rows)
    assert asked(proposed(tmp_path, content)) == ["--id"]
    proposal = proposed(tmp_path, content, order_id=("Placed", "Order No"), rows=said)
    assert asked(proposal) == []
    chosen = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    source = order_files(tmp_path / "in", chosen)
    assert (chosen.rows, source.facts.lines["accepted"], source.facts.lines["superseded"]) == ("items", 780, 0)
    assert source.orders(AUGUST).rows["revenue_cents"].unique().tolist() == [3300]


def lines_with_the_order_total(orders: int = 100, lines: int = 3) -> list[tuple]:
    return [
        (f"A{n}", f"2025-08-15 {12 + n % 10}:05", "S1", f"Pizza {place}", 1, f"{20 + n % 5}.00")
        for n in range(orders)
        for place in range(lines)
    ]


EVENTS = [(f"A{n}", "2025-08-15 19:00", "S1", event, "20.00") for n in range(50) for event in ("placed", "delivered")]


@pytest.mark.parametrize(
    ("header", "rows", "once"),
    [
        ((*HEADER[:5], "Total"), lines_with_the_order_total(), "2,200.00"),
        ((*HEADER[:5], "Price"), lines_with_the_order_total(), "2,200.00"),
        ((*HEADER[:3], "Event", "Total"), EVENTS, "1,000.00"),
    ],
    ids=["total", "price", "events"],
)
def test_an_amount_that_all_lines_of_an_order_have_is_asked_for_with_both_totals(
    tmp_path: Path, header: tuple[str, ...], rows: list[tuple], once: str
) -> None:
    content = csv_text(header, rows)
    [question] = proposed(tmp_path, content).questions
    assert question.option == "--amount-on each_line|repeated"
    each = sum(float(row[-1]) for row in rows)
    assert f"{each:,.2f} (each_line)" in question.about
    assert f"{once} (repeated)" in question.about
    for said, total in (("each_line", f"{each:,.2f}"), ("repeated", once)):
        proposal = proposed(tmp_path, content, amount_on=said)
        assert asked(proposal) == []
        chosen = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
        revenue = order_files(tmp_path / "in", chosen).orders(AUGUST).rows["revenue_cents"].sum()
        assert f"{revenue / 100:,.2f}" == total


def test_an_amount_outside_the_list_of_items_is_that_of_the_order(tmp_path: Path) -> None:
    records = [
        {
            "id": f"A{n}", "placed_at": f"2025-08-15 {12 + n % 10}:05", "store": "S1", "total": "20.00",
            "items": [{"name": "x", "qty": 1}, {"name": "y", "qty": 2}],
        }
        for n in range(100)
    ]  # fmt: skip
    file = write(tmp_path / "in", "1.jsonl", "\n".join(map(json.dumps, records)))
    proposal = propose([read_sample(file)], SAID, "Europe/London")
    assert asked(proposal) == []
    assert proposal.document["amount_on"] == "repeated"
    text = mapping_text({"files": "*.jsonl", **proposal.document}, proposal.notes)
    rows = order_files(tmp_path / "in", parse_mapping(text, "orders.toml")).orders(AUGUST).rows
    assert (len(rows), rows["revenue_cents"].sum(), rows["pizza_count"].sum()) == (100, 200_000, 300)


@pytest.mark.parametrize(
    ("header", "yes", "no"),
    [("Void", "VOID", ""), ("Voided", "X", ""), ("Cancelled", "Cancelled", "No"), ("Deleted", "deleted", "")],
)
def test_lines_that_a_column_calls_void_are_left_out(tmp_path: Path, header: str, yes: str, no: str) -> None:
    rows = [(f"A{n}", "2025-08-15 19:00", "S1", "8.50", no if n % 10 else yes) for n in range(40)]
    proposal = proposed(tmp_path, csv_text((*RESTARTING, header), rows))
    assert asked(proposal) == []
    assert proposal.document["columns"]["void"] == header
    chosen = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    lines = order_files(tmp_path / "in", chosen).facts.lines
    assert (lines["accepted"], lines["excluded"]) == (36, 4)


@pytest.mark.parametrize(
    ("rows", "is_refused"),
    [
        ([["c", "2025-08-16 19:00", "9.00", "1", "Leeds", "s1"]], True),
        ([["Total", "", "", "", "", ""]], False),
        ([["made by", "the till"]], False),
    ],
    ids=["continued", "totals", "note"],
)
def test_a_sheet_that_continues_the_orders_without_a_header_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], is_refused: bool
) -> None:
    """Old workbooks go on in another sheet after 65,536 rows, and what stood there was left out without a word."""
    orders = [list(MAPPED), ["a", "2025-08-15 19:00", "5.00", "1", "Leeds", "s1"]]
    pages = [("Orders", list(enumerate(orders, 1))), ("Sheet2", list(enumerate(rows, 1)))]
    monkeypatch.setattr(file_readers, "sheets", lambda _: iter(pages))
    file = write(tmp_path, "1.xlsx", workbook([]))
    if is_refused:
        with pytest.raises(BadFile, match="the sheet 'Sheet2' has rows such as those of the orders, but no header"):
            list(file_readers.read_batches(file, mapping(ORDER_ROWS)))
    else:
        [batch] = file_readers.read_batches(file, mapping(ORDER_ROWS))
        assert batch.lines["order_id"].tolist() == ["a"]
