"""`python -m pizza_assets.cli` is `pizza`."""

import sys

from pizza_assets.cli.program import main

if __name__ == "__main__":
    sys.exit(main())
