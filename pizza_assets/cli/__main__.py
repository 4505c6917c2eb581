"""`python -m pizza_assets.cli` is `pizza`."""

import sys

from pizza_assets.cli.parser import main

sys.exit(main())
