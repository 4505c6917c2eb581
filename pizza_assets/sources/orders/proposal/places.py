"""The questions about where orders come from, shared by all proposals."""

MOST_MARKETS = 20
"""With more stores than this, a market per store is not proposed: effects would be measured on single shops."""
MARKET_QUESTION = "which market (town, area) are the orders from? Markets are compared with each other"
STORE_QUESTION = "which store are they from?"
CHAIN_QUESTION = "which chain do they belong to, e.g. dominos?"
