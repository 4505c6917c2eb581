"""`pizza digest`."""

import click

_FORMATS = ("text", "markdown", "html", "json", "csv")


@click.command()
@click.option("--market", metavar="NAME", help="Only this market, in upper or lower case.")
@click.option("--team", metavar="NAME", help="Only markets that follow this team.")
@click.option("--chain", metavar="NAME", help="Only this chain.")
@click.option("--next-weekend", "is_next", is_flag=True, help="The weekend after this one, without a look back.")
@click.option("--format", "style", type=click.Choice(_FORMATS), help="How it is printed. Default: text.")
@click.option("--json", "is_json", is_flag=True, help="The same as --format json: also every shop and day.")
@click.option("--csv", "is_csv", is_flag=True, help="The same as --format csv: every shop and day, one row each.")
@click.option("--send", is_flag=True, help="Send it to all channels instead of printing it, once for each weekend.")
@click.option("--again", is_flag=True, help="With --send: even if it was sent before.")
def digest(
    market: str | None,
    team: str | None,
    chain: str | None,
    is_next: bool,
    style: str | None,
    is_json: bool,
    is_csv: bool,
    send: bool,
    again: bool,
) -> int:
    """Show the coming weekend in about ten lines, and how last weekend's forecast did; or send that to people.

    For each shop: its busiest hour, the orders to staff for, and what a match adds; the most unusual shops first.
    The channels are those of PIZZA_ALERT_TOPIC_ARN, PIZZA_ALERT_WEBHOOK and PIZZA_NOTIFY_URLS. The exit code is 1 if
    one of them failed; the others are not sent to again by the next call.
    """
    styles = {style} - {None} | ({"json"} if is_json else set()) | ({"csv"} if is_csv else set())
    if len(styles) > 1:
        raise click.UsageError("choose one of --format, --json and --csv")
    if again and not send:
        raise click.UsageError("--again is for --send; add it, or leave --again out")
    if send and is_next:
        raise click.UsageError("--send is for the coming weekend; leave --next-weekend out")
    if send and styles:
        raise click.UsageError("--send sends plain text; leave --format, --json and --csv out")
    from pizza_assets.cli import digesting

    if send:
        return digesting.send(market, team, chain, again)
    return digesting.show(market, team, chain, next(iter(styles), "text"), is_next=is_next)
