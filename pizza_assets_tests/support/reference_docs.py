"""Generates the reference pages from the code: `make docs`. A test fails while they are out of date."""

import textwrap
from dataclasses import fields
from pathlib import Path

from pizza_assets.models import TABLES
from pizza_assets.models.place import Place
from pizza_assets.models.table import Table
from pizza_assets.settings import Settings
from pizza_assets.sources.orders import file_mapping
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.athena_tables import (
    ATHENA_TABLES,
    WEEKLY_STATEMENTS,
    WEEKLY_TABLES,
    athena_tables,
    weekly_statements,
    weekly_tables,
)
from pizza_assets_tests.support.command_reference import command_line_page

DOCS = Path(__file__).parents[2] / "docs"


def configuration_page() -> str:
    """docs/configuration.md: every setting."""
    lines = [
        "# Configuration",
        "",
        "Every setting is an environment variable. An unset or empty one keeps its default. A wrong value is refused",
        "by name, and so is an unknown variable that starts with `PIZZA_` or `QUICKSIGHT_`. This page is generated",
        "from `settings.py` and `sources.py` in `pizza_assets/settings/` by `make docs`.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for setting in fields(Settings):
        default = f"`{setting.metadata['default']}`" if setting.metadata["default"] else "(none)"
        lines.append(f"| `{setting.metadata['variable']}` | {default} | {setting.metadata['meaning']} |")
    lines += [
        "",
        "`DAGSTER_HOME` is a variable of Dagster. Without it, `pizza`, `dagster dev`, `dagster asset materialize` and",
        "`dagster job execute` use `dagster.yaml` in the current folder and keep runs under `.dagster/`; commands that",
        "connect to a running instance (`dagster job launch`) require it, for example `$PWD`. If there is no",
        "`dagster.yaml`, `pizza run`, `pizza backfill` and `pizza ui` create one.",
        "",
        "Changing `PIZZA_STORAGE` alone is enough for `pizza`: what is stored, stale, done or checked is decided by",
        "the storage, and one instance can serve several. The Dagster UI marks a week as materialized whichever",
        "storage has it: to look at two storages there, or to run the daemon for both, give each a `DAGSTER_HOME` of",
        "its own.",
        "",
        "Dagster's code server reads the file `.env` in the current folder, and its values override the environment;",
        "`pizza run` and the other commands do not read it. So that the UI and the commands use the same settings,",
        "export its variables before either: `set -a; . ./.env; set +a`. Git ignores `.env`, as it may contain keys.",
        "",
        "## The markets table",
        "",
        "`PIZZA_MARKETS` names a TOML file. A market is exposed to the matches of its teams. A market that is not",
        "listed is exposed to no match and serves only as a control.",
        "",
        "```toml",
        "[[market]]",
        'name = "Leeds"                 # as in the orders',
        'timezone = "Europe/London"     # the local time zone',
        'teams = ["Leeds United"]       # as in raw_matches (canonical club names)',
        'chain = "dominos"              # optional: the chain of its orders, if an export has none',
        'country = "GB"                 # optional: whose bank holidays it has (ISO 3166-1); the zone usually says',
        'region = "SCT"                 # optional: the region of the country (ISO 3166-2); Europe/London means ENG',
        "orders_per_person = 7.5        # optional: orders that one person makes in an hour there",
        "",
        "[[chain]]                      # optional: what holds for all shops of a chain",
        'name = "dominos"               # as in the orders',
        "orders_per_person = 9",
        "```",
        "",
        "People to staff are orders to staff for, divided by the market's `orders_per_person`, else by its chain's,",
        "else by `PIZZA_ORDERS_PER_PERSON`. If any market has its own, the sums of whole chains have no number of",
        "people. A change makes the forecast anew; nothing is collected again.",
        "",
        "## Special days",
        "",
        "`PIZZA_SPECIAL_DAYS` names a list of days that are not like others. Orders on them are left out: of every",
        "baseline, of the answers about matches, of the curve around kick-off, and of alarms. A match on such a day is",
        "refused with the reason `special_day`, and results name what was left out. For a coming day the forecast",
        "gives the usual mean without a range, and nothing if it is closed. Changing the list analyses again;",
        "nothing is collected again.",
        "",
        "A CSV has a column of dates (`date`, `day`, `ds`, `start`, ...) and, optionally, the last date (`to`, `end`),",
        "`market` (several with semicolons between them; empty for all), `kind` and `note`. Kinds are closed,",
        "promotion, outage, concert and snow; other words count as `other`. Lists with one row per day and columns",
        "such as `closed`, `open` or `promo`, holidays as Prophet reads them (`lower_window`, `upper_window`) and",
        "tables with semicolons or tabs are read, too. Dates are best written as 2026-12-05. The same as TOML:",
        "",
        "```toml",
        "[[day]]",
        "date = 2026-12-05",
        "to = 2026-12-07                # optional: the last day",
        'kind = "closed"                # optional',
        'markets = ["Leeds"]            # optional: all markets without it',
        'note = "new oven"              # optional: these words are used instead of the kind',
        "```",
    ]
    return "\n".join(lines) + "\n"


def order_mapping_page() -> str:
    """docs/order-mapping.md: every key of a mapping file."""
    _, _, rest = (file_mapping.__doc__ or "").partition("\n\n")
    keys = [line for line in rest.splitlines() if line.startswith("    ") or not line]
    example = textwrap.dedent("\n".join(keys)).strip()
    lines = [
        "# The mapping of an order export",
        "",
        "A small TOML file that defines the columns of an export. `pizza check FILE` proposes one and",
        "`pizza check FILE --write` saves it. Unmapped columns (names, phones, addresses) are never read. An unknown",
        "key is refused by name. This page is generated from `pizza_assets/sources/orders/file_mapping.py` by",
        "`make docs`.",
        "",
        "```toml",
        example,
        "```",
    ]
    return "\n".join(lines) + "\n"


def data_dictionary_page() -> str:
    """docs/data-dictionary.md: every table and column."""
    lines = [
        "# Data dictionary",
        "",
        "Every stored table and column. Times are UTC, money is in integer minor units, `key` columns make a row",
        "unique and give its order. This page is made from `pizza_assets/models/` by `make docs`.",
        "",
        "`data_source`, `order_source` and `match_source` say whether a row is *real*, *mock* or *mixed*; which source",
        "it came from (files, openfootball, …) is in `source_name`.",
    ]
    for name, model in TABLES.items():
        lines += [
            "",
            f"## {name}",
            "",
            (model.__doc__ or "").strip(),
            "",
            *_places(name),
            f"Key: {_code(model.key())}.",
            "",
        ]
        lines += ["| column | type | may be empty | meaning |", "|---|---|---|---|"]
        lines += [_row(model, column.name) for column in model.columns()]
    return "\n".join(lines) + "\n"


def _places(table: str) -> list[str]:
    stored = [place for place in PLACES.values() if place.is_table and place.table == table]
    found = [place for place in stored if place.labels != ("mock",)]
    return [f"Stored at {' and '.join(sorted({_key(place) for place in found}))}.", ""] if found else []


def _key(place: Place) -> str:
    label = f"{{{','.join(place.labels)}}}/" if len(place.labels) > 1 else "".join(f"{name}/" for name in place.labels)
    week = "week=…/" if place.weekly else ""
    return f"`{place.weeks_prefix}/{label}{week}{place.table}.{place.suffix}`"


def _row(model: type[Table], name: str) -> str:
    column = next(column for column in model.columns() if column.name == name)
    return f"| `{name}` | {column.dtype.split('[p')[0]} | {'yes' if column.nullable else 'no'} | {column.description} |"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


PAGES = {
    "command-line.md": command_line_page,
    "configuration.md": configuration_page,
    "data-dictionary.md": data_dictionary_page,
    "order-mapping.md": order_mapping_page,
}


if __name__ == "__main__":
    for file_name, page in PAGES.items():
        (DOCS / file_name).write_text(page(), encoding="utf-8")
    ATHENA_TABLES.write_text(athena_tables(), encoding="utf-8")
    WEEKLY_TABLES.write_text(weekly_tables(), encoding="utf-8")
    WEEKLY_STATEMENTS.write_text(weekly_statements(), encoding="utf-8")
