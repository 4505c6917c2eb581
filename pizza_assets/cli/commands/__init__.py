"""One file per command, with its options. Slow imports are inside the commands, so that `pizza --help`, shell
completion and errors about options are instant.

To add a command, add its file and name it in COMMANDS.
"""

from pizza_assets.cli.commands.backfill import backfill
from pizza_assets.cli.commands.check import check
from pizza_assets.cli.commands.digest import digest
from pizza_assets.cli.commands.forecast import forecast
from pizza_assets.cli.commands.open import open_page
from pizza_assets.cli.commands.quicksight import quicksight
from pizza_assets.cli.commands.restore import restore
from pizza_assets.cli.commands.run import run
from pizza_assets.cli.commands.status import status
from pizza_assets.cli.commands.teams import teams
from pizza_assets.cli.commands.ui import ui

COMMANDS = (check, run, backfill, status, teams, restore, forecast, digest, ui, open_page, quicksight)
