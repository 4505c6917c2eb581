"""Proposes a markets table for an export, inferring each market's teams from its name."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pizza_assets.models.market import Market
from pizza_assets.sources.matches.team_names import slug
from pizza_assets.sources.orders.proposal.mapping_text import toml_value


@dataclass(frozen=True)
class ProposedMarket:
    """A proposed entry. why: where its teams come from."""

    market: Market
    why: str


def propose_markets(
    names: Sequence[str], team_names: Sequence[str], known: Mapping[str, Market], timezone: str
) -> list[ProposedMarket]:
    """One per name: the entry in `known`, else that of the known market with whose name it begins ("Leeds Headrow"),
    else the teams whose name begins with the market's, else no team.

    A market without a team is a control market: it is exposed to no match.
    """
    towns = {known_beginning(name, known) for name in names}
    [town] = towns if len(towns) == 1 else [None]
    hint = "" if town is None else f"; --market {shlex.quote(town)} makes all orders orders of that market"
    return [_proposed(name, team_names, known, timezone, hint) for name in sorted(names)]


def known_beginning(name: str, known: Collection[str]) -> str | None:
    """The known market with whose words a name begins, the longest one; None if there is none, or it is that one."""
    words = f"{slug(name)}-"
    found = [town for town in known if words.startswith(f"{slug(town)}-") and words != f"{slug(town)}-"]
    return max(found, key=len, default=None)


def _proposed(
    name: str, team_names: Sequence[str], known: Mapping[str, Market], timezone: str, hint: str
) -> ProposedMarket:
    if name in known:
        return ProposedMarket(known[name], "as in the table in force")
    town = known_beginning(name, known)
    if town is not None:
        why = f"like {town}, with which its name begins: correct it if that is another place{hint}"
        return ProposedMarket(replace(known[town], name=name), why)
    words = f"{slug(name)}-"
    teams = tuple(team for team in team_names if f"{slug(team)}-".startswith(words))
    why = "a team of the same name: correct it if people there follow another" if teams else "no team of this name"
    return ProposedMarket(Market(name, timezone, teams), why)


def markets_text(proposed: Sequence[ProposedMarket]) -> str:
    """The table as TOML."""
    tables = [
        f"# {entry.why}\n[[market]]\nname = {toml_value(entry.market.name)}\n"
        f"timezone = {toml_value(entry.market.timezone)}\nteams = {toml_value(list(entry.market.teams))}\n"
        for entry in proposed
    ]
    head = (
        "# Whose matches each market follows. A market without teams is exposed to none and serves as a control.\n"
        "# Effects are measured against markets whose own team does not play at that time: keep some of both.\n"
    )
    return "\n".join([head, *tables])
