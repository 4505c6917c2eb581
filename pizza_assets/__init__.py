"""pizza_assets: what does football do to pizza orders?"""

import os

# Sums of several threads round differently on machines with other numbers of processors, and the matrices here are too
# small to gain from them. It is read when numpy is imported, so it is set before (decision 0071).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
