"""What each of 3 000 customers of a shop buys next, recommended from what they bought before.

The customers are simulated: in seven purchases of ten, the next item depends on the shelves of the
last two; the others are drawn by popularity. So one item before is not enough, and counts of pairs
of items are too rare: 200 items make 40 000 pairs. A network learns a vector for each item, and
items of one shelf get alike vectors. The last item of each customer is asked for: it is hit if it
is among the ten that are recommended. Beside the network stand popularity, a Markov chain of the
second order, and the optimum, which knows how the customers were simulated.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from showing import arguments, show

from forecast import SequenceGenerator

SHELVES = ("tea", "fish", "bread", "fruit", "soap", "wool", "paint", "tools", "toys", "seeds")
SHORTEST, LONGEST = 10, 30  # items of a customer
HABIT = 0.7  # the share of purchases that follow from the shelves
FAVOURITES = 12  # items that are likely after two shelves
TOP = 10  # items that are recommended

# Those that told the last item but one best, of three that benchmarks/recommendation.py tries with
# other customers. The vectors must be long: which of 100 pairs of shelves it was has to fit in.
SETTINGS = {
    "order": 0,  # no n-grams
    "cell": "gru",
    "units": 64,
    "embedding": 48,
    "dropout": 0.3,
    "learning_rate": 0.01,
    "epochs": 20,
}
QUICK = SETTINGS | {"units": 8, "embedding": 8, "epochs": 1}


def main(argv: Sequence[str] | None = None) -> None:
    """Simulate customers, recommend by all, print the hit rates."""
    args = arguments(__doc__, argv)
    items, customers, settings = (40, 200, QUICK) if args.quick else (200, 3000, SETTINGS)
    rng = np.random.default_rng(args.seed)
    shop = open_shop(items, rng)
    histories, following = without_last(shop.purchases(customers, rng))

    network = SequenceGenerator(**settings, random_state=args.seed).fit(histories)
    recommended = {
        "popularity": likeliest(np.tile(shares(histories, items), (customers, 1))),
        "Markov chain, order 2": likeliest(after_two(histories, items)),
        "network": network.recommend(histories, n=TOP),
        "optimum": likeliest(shop.following(*last_two(histories))),
    }
    for customer in range(3):
        _show_customer(shop, histories[customer], following[customer], network)
    show(f"hit rate@{TOP}", {who: hit_rate(rows, following) for who, rows in recommended.items()})


class Shop(NamedTuple):
    """What customers buy, by the number of the item."""

    popularity: np.ndarray  # (items,) probabilities
    shelf: np.ndarray  # (items,)
    habits: np.ndarray  # (shelves, shelves, items) probabilities after the last two shelves

    def following(self, before: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return the probabilities of the next item (n, items) after the last two (n,)."""
        habits = self.habits[self.shelf[before], self.shelf[last]]
        return HABIT * habits + (1 - HABIT) * self.popularity

    def purchases(self, n: int, rng: np.random.Generator) -> list[list[int]]:
        """Draw the items of n customers, one after the other."""
        items = rng.choice(len(self.popularity), (n, LONGEST), p=self.popularity)
        for place in range(2, LONGEST):
            p = self.following(items[:, place - 2], items[:, place - 1])
            heights = rng.random((n, 1)) * p.sum(axis=1, keepdims=True)
            items[:, place] = np.argmax(p.cumsum(axis=1) > heights, axis=1)
        lengths = rng.integers(SHORTEST, LONGEST + 1, n)
        return [row[:length].tolist() for row, length in zip(items, lengths, strict=True)]

    def names(self, items: Sequence[int]) -> str:
        """Return items as a reader knows them."""
        return ", ".join(f"{SHELVES[self.shelf[item]]} {item}" for item in items)


def open_shop(items: int, rng: np.random.Generator) -> Shop:
    """Draw popularity (a power law of the rank), shelves and habits."""
    popularity = rng.permutation(1 / np.arange(1, items + 1) ** 0.8)
    shelves = len(SHELVES)
    habits = np.zeros((shelves, shelves, items))
    for row in habits.reshape(-1, items):
        favourites = rng.choice(items, FAVOURITES, replace=False)
        row[favourites] = rng.dirichlet(np.ones(FAVOURITES))
    return Shop(popularity / popularity.sum(), rng.integers(0, shelves, items), habits)


def without_last(purchases: list[list[int]]) -> tuple[list[list[int]], np.ndarray]:
    """Part the last item of each customer, which is asked for, from those before."""
    return [items[:-1] for items in purchases], np.array([items[-1] for items in purchases])


# --- what stands beside the network


def shares(histories: list[list[int]], items: int) -> np.ndarray:
    """Return how often each item is bought, as a share, (items,)."""
    counts = np.bincount(np.concatenate(histories), minlength=items)
    return counts / counts.sum()


def after_two(histories: list[list[int]], items: int, prior: float = 5.0) -> np.ndarray:
    """Return the probabilities of the next item of each customer by the last two.

    Pairs are rare, so the frequencies after one item count like `prior` observations more, and
    beside those the frequencies of all items like twice as many.
    """
    pairs = np.zeros((items, items))
    triples = np.zeros((items, items, items), np.float32)
    for history in histories:
        np.add.at(pairs, (history[:-1], history[1:]), 1)
        np.add.at(triples, (history[:-2], history[1:-1], history[2:]), 1)
    before, last = last_two(histories)
    one = _smoothed(pairs[last], shares(histories, items), 2 * prior)
    return _smoothed(triples[before, last], one, prior)


def _smoothed(counts: np.ndarray, lower: np.ndarray, prior: float) -> np.ndarray:
    """Return probabilities by counts, and by a lower order as by so many counts more."""
    return (counts + prior * lower) / (counts.sum(axis=1, keepdims=True) + prior)


def last_two(histories: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the last item but one and the last item of each history."""
    before, last = np.array([history[-2:] for history in histories]).T
    return before, last


def likeliest(p: np.ndarray) -> np.ndarray:
    """Return the ten likeliest items of each row, (n, 10)."""
    return np.argsort(-p, axis=1, kind="stable")[:, :TOP]


def hit_rate(recommended: np.ndarray, following: np.ndarray) -> float:
    """Return the share of customers whose next item (n,) is among those recommended (n, 10)."""
    return float((recommended == following[:, None]).any(axis=1).mean())


def _show_customer(
    shop: Shop, history: list[int], following: int, network: SequenceGenerator
) -> None:
    """Print the last items of a customer, what is recommended and what is bought."""
    recommended = network.recommend(history, n=TOP)
    print("bought      …", shop.names(history[-4:]))
    print("recommended  ", shop.names(recommended[:5]), "…")
    hit = "a hit" if following in recommended else "no hit"
    print("bought next  ", shop.names([following]), f"({hit})\n")


if __name__ == "__main__":
    main()
