"""pizza_assets: what does football do to pizza orders?"""

__version__ = "0.1.0"
