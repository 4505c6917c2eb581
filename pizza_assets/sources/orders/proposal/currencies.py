"""The currency of the amounts: proposed where their sign or code means only one, otherwise asked for."""

from pizza_assets.models.currency import NO_CURRENCY
from pizza_assets.models.holiday_calendar import place_of
from pizza_assets.models.market import Market
from pizza_assets.sources.orders.proposal.amount_style import AmountStyle
from pizza_assets.sources.orders.proposal.draft import Draft


def propose_currency(draft: Draft, style: AmountStyle | None, otherwise: str) -> None:
    """Note the currency that the amounts are written with, or ask for it. otherwise: the question if no sign helps.

    The time zone of the export only helps to answer the question: a shop may sell in another country's currency.
    """
    found = () if style is None else style.currencies
    if style is not None and len(found) == 1:
        draft.document["currency"] = found[0]
        draft.notes["currency"] = f"the amounts are written with {style.sign}"
        return
    about = otherwise
    if style is not None and found:
        about = f"the amounts are written with {style.sign}: is it {', '.join(found)} or another one? An ISO 4217 code"
        likely = {code: zone for zone in _zones(draft) for code in found if code[:2] == _country(zone)}
        if len(likely) == 1:
            [(code, zone)] = likely.items()
            about += f"; the time zone {zone} suggests {code}"
    draft.document["currency"] = draft.ask("--currency CODE", about, NO_CURRENCY)


def _zones(draft: Draft) -> list[str]:
    """The time zones that the export or its owner names."""
    if draft.answers.timezone is not None:
        return [draft.answers.timezone]
    if (column := draft.document.get("timezone_column")) is None:
        return []
    names = {name for sample in draft.samples if column in sample.lines for name in sample.lines[column].unique()}
    return [draft.zones.get(name, name) for name in sorted(names)]


def _country(zone: str) -> str | None:
    """The ISO code of the zone's country, with which its currency's code begins: CA and CAD."""
    place = place_of(Market("", zone))
    return None if place is None else place.country
