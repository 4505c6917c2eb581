"""Implements `pizza digest`: print the coming weekend, or send it to the channels."""

from pizza_assets.analysis.forecast.digest_formats import FORMATS
from pizza_assets.cli.clock import refuse_forecast_from_later
from pizza_assets.cli.names import chosen_markets, known_name
from pizza_assets.cli.terminal import say
from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.errors import ConfigurationError
from pizza_assets.escaping import printable_json
from pizza_assets.models.demand import DemandForecast
from pizza_assets.orchestration.automation.channels import NO_CHANNEL, channels
from pizza_assets.orchestration.automation.weekend_digest import Selection, send_digest, stored_digest
from pizza_assets.orchestration.resources import utc_now
from pizza_assets.workbench import Workbench


def show(market: str | None, team: str | None, chain: str | None, style: str, *, is_next: bool = False) -> int:
    """Print the digest as text, markdown, html, json or csv; of the weekend after this one if `is_next`.

    Raises PizzaAssetsError if no forecast is stored, ConfigurationError for an unknown market, team or chain.
    """
    bench = Workbench()
    selection = _selection(bench, market, team, chain)
    found = stored_digest(bench.tables, bench.now, bench.settings.timezone, selection, is_next=is_next)
    if style == "csv":
        say(to_csv(found.rows, DemandForecast).decode().rstrip("\n"))
    elif style == "json":
        say(printable_json(FORMATS["json"](found)))
    else:
        say(FORMATS[style](found))
    return 0


def send(market: str | None, team: str | None, chain: str | None, again: bool) -> int:
    """Send the digest to all channels, and print what became of it; 1 if a channel failed.

    Raises what `show` raises, and ConfigurationError without a channel.
    """
    bench = Workbench()
    chosen = channels(bench.settings)
    if not chosen:
        raise ConfigurationError(NO_CHANNEL)
    selection = _selection(bench, market, team, chain)
    found = stored_digest(bench.tables, bench.now, bench.settings.timezone, selection)
    done = send_digest(bench.tables, utc_now, chosen, found, selection, again=again)
    lines = [found.title, *(f"{name}: sent" for name in done.sent)]
    lines += [f"{name}: {why}; --again sends it once more" for name, why in done.earlier.items()]
    lines += [f"{name}: failed: {why}" for name, why in done.failed.items()]
    say("\n".join(lines))
    return 1 if done.failed else 0


def _selection(bench: Workbench, market: str | None, team: str | None, chain: str | None) -> Selection:
    demand = bench.tables.read_whole("demand_forecast")
    if demand is not None:
        refuse_forecast_from_later(demand, bench.now)
    markets = bench.settings.markets()
    stored = set() if demand is None else set(demand["market"].dropna())
    chosen = None
    if market is not None or team is not None:
        chosen = frozenset(chosen_markets(markets, {*stored, *(one.name for one in markets)}, market, team))
    chains = [] if demand is None else demand["chain"]
    return Selection(chosen, None if chain is None or demand is None else known_name("chain", chain, chains))
