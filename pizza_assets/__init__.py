"""pizza_assets: what does football do to pizza orders?"""

import os

__version__ = "0.1.0"

# Before numpy is imported: its linear algebra's threads sleep after each of many tiny tasks, instead of waiting for the
# next one at full load. (One thread instead of two would round differently.)
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
