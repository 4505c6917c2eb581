"""docs/command-line.md: every command and option, as the program describes them."""

import inspect
from collections.abc import Iterator

import click

from pizza_assets.cli.program import pizza

COMPLETION = """\
## Completion

Your shell can complete commands, options and file names. Once, for the shell you use:

```sh
_PIZZA_COMPLETE=bash_source pizza > ~/.pizza-complete.bash && echo '. ~/.pizza-complete.bash' >> ~/.bashrc
_PIZZA_COMPLETE=zsh_source pizza > ~/.pizza-complete.zsh && echo '. ~/.pizza-complete.zsh' >> ~/.zshrc
_PIZZA_COMPLETE=fish_source pizza > ~/.config/fish/completions/pizza.fish
```

It works where `pizza` is on your `PATH`, for example after `. .venv/bin/activate`.
"""


def command_line_page() -> str:
    lines = [
        "# The command line",
        "",
        "`pizza --help` lists the commands, `pizza COMMAND --help` (or `-h`) explains one. This page is made from",
        "`pizza_assets/cli/commands/` by `make docs`.",
        "",
        str(pizza.epilog),
        "",
        COMPLETION,
    ]
    for path, command in _commands(pizza, "pizza"):
        lines += _section(path, command)
    return "\n".join(lines).rstrip() + "\n"


def _commands(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")


def _section(path: str, command: click.Command) -> list[str]:
    arguments = [param.make_metavar(click.Context(command)) for param in command.params if _is_argument(param)]
    options = [param for param in command.params if isinstance(param, click.Option)]
    lines = [f"## {' '.join([path, *arguments])}", "", inspect.cleandoc(command.help or ""), ""]
    if options:
        lines += ["| option | meaning |", "|---|---|", *(_row(option, command) for option in options), ""]
    return lines


def _is_argument(param: click.Parameter) -> bool:
    return isinstance(param, click.Argument)


def _row(option: click.Option, command: click.Command) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(click.Context(command))}"
    default = "" if option.is_flag or not isinstance(option.default, int) else f" Default: {option.default}."
    typed = f"{option.opts[0]}{value}".replace("|", "\\|")
    return f"| `{typed}` | {option.help}{default} |"
