"""The contents of mock orders: a few dozen baskets that customers repeat."""

import json
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
import pyarrow as pa

PIZZA_PENCE = {
    "Margherita": 1099,
    "Pepperoni": 1299,
    "Vegi Supreme": 1249,
    "Hawaiian": 1249,
    "Meat Feast": 1449,
    "Hot & Spicy": 1399,
}
EXTRA_PENCE = {"": 0, "Garlic Bread": 499, "Chicken Wings": 649, "Cola": 299}


@dataclass(frozen=True)
class Baskets:
    """Each basket's JSON items, number of pizzas and price in pence, and the cumulative probabilities."""

    items: pa.Array
    pizza_counts: np.ndarray
    pence: np.ndarray
    cumulative: np.ndarray


@cache
def baskets() -> Baskets:
    pairs = [(first,) for first in PIZZA_PENCE] + list(
        zip(PIZZA_PENCE, [*list(PIZZA_PENCE)[2:], *list(PIZZA_PENCE)[:2]], strict=True)
    )
    parties = [tuple(list(PIZZA_PENCE)[n : n + 3]) for n in range(4)] + [tuple(PIZZA_PENCE)[:5]]
    chosen = [*product(pairs, EXTRA_PENCE), *product(parties, ("", "Cola"))]
    weights = np.array(
        [{1: 1.0, 2: 0.7, 3: 0.35, 5: 0.1}[len(pizzas)] * (1.0 if not extra else 0.45) for pizzas, extra in chosen]
    )
    items = [
        json.dumps(
            [{"category": "pizza", "name": name, "quantity": 1} for name in pizzas]
            + ([{"category": "side", "name": extra, "quantity": 1}] if extra else []),
            separators=(",", ":"),
        )
        for pizzas, extra in chosen
    ]
    return Baskets(
        pa.array(items, pa.large_string()),
        np.array([len(pizzas) for pizzas, _ in chosen]),
        np.array([sum(PIZZA_PENCE[name] for name in pizzas) + EXTRA_PENCE[extra] for pizzas, extra in chosen]),
        np.cumsum(weights) / weights.sum(),
    )
