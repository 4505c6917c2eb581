"""The program `pizza`: its commands, its exit codes, and how errors are shown. Each command is a file in commands/."""

import errno
import gc
import sys
from collections.abc import Sequence
from io import StringIO

import click

from pizza_assets import __version__
from pizza_assets.cli.commands import COMMANDS
from pizza_assets.cli.options import ARGUMENTS
from pizza_assets.cli.terminal import give_up_output, open_closed_streams, say
from pizza_assets.errors import ConfigurationError, PizzaAssetsError

_SPACE, _PERMISSIONS = "free space on the disk", "correct the permissions, or choose another place"
_SURROUNDINGS = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EROFS: _PERMISSIONS,
    errno.EACCES: _PERMISSIONS,
    errno.EPERM: _PERMISSIONS,
}
"""What is wrong with the machine rather than with the code, such as a full disk below standard output or TMPDIR."""

NEW_OBJECTS_BETWEEN_COLLECTIONS = (50_000, 20, 50)
"""Of the garbage collector's three generations; Python's 700 new objects make it go through all modules again and again
while they are imported, a fifth of the time that a command needs to start."""


class _Program(click.Group):
    """Turns errors of this project and of the machine into a line on stderr and an exit code.

    A bug still shows its traceback.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse arguments that are not valid UTF-8, because a command could not print them."""
        for argument in args:
            if not argument.isascii() and argument.encode(errors="replace").decode() != argument:
                raise click.UsageError(f"{argument!r} is not valid UTF-8", ctx)
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> int:
        try:
            exit_code = super().invoke(ctx)
            sys.stdout.flush()  # here, where a closed pipe is no error
            return exit_code
        except ConfigurationError as error:
            return _fail(error, 2)
        except PizzaAssetsError as error:
            return _fail(error, 1)
        except BrokenPipeError:
            give_up_output()  # the reader, such as `head`, has closed the pipe, which is not an error
            return 0
        except KeyboardInterrupt:
            return _fail("interrupted; everything stored so far is complete, run the same command again to resume", 130)


@click.group(
    cls=_Program,
    commands=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog="Exit codes: 0 success, 1 something failed or needs your attention, 2 not started because an option, "
    "a setting or one of its files is wrong, 130 interrupted before its work was done.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def pizza(ctx: click.Context) -> None:
    """What does football do to pizza orders?"""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    open_closed_streams()
    gc.set_threshold(*NEW_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        return pizza.main(arguments, prog_name="pizza", standalone_mode=False) or 0
    except click.ClickException as error:
        shown = StringIO()
        error.show(shown)
        say(shown.getvalue().rstrip("\n"), is_problem=True)
        return error.exit_code
    except OSError as error:
        if error.errno not in _SURROUNDINGS:
            raise
        if error.filename is None:  # what could not be written is a stream
            give_up_output()
        return _fail(f"{error}; {_SURROUNDINGS[error.errno]}, and run the same command again", 1)


def _fail(message: object, exit_code: int) -> int:
    say(f"pizza: {message}", is_problem=True)
    return exit_code
