"""Hit rates of recommended items, beside popularity, Markov chains and the optimum.

Customers are simulated: in seven purchases of ten, what comes next depends on the groups of the
last two items; the others are drawn by popularity. Items of a group are alike, which counts of
single items cannot see and vectors that stand for items can. The last item of each customer is
asked for. The network's settings are those that tell the item before it best, learned without both.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from printing import table, use_threads

from forecast.cli.arguments import count

ITEMS = 200
GROUPS = 10
FAVOURITES = 12  # items that are likely after two groups
HABIT = 0.7  # the share of purchases that follow from the groups
SHORTEST, LONGEST = 10, 30  # items of a customer
TOP = 10  # items that are recommended
COLUMNS = ("model", "hit rate@1", "hit rate@10", "NDCG@10", "of optimum", "CPU s")

FIXED = {"cell": "gru", "embedding": 16, "learning_rate": 0.005, "random_state": 0}
# What the validation part chooses from.
SETTINGS: tuple[dict[str, Any], ...] = (
    {"units": 64, "epochs": 15},
    {"units": 64, "epochs": 15, "dropout": 0.3},
    {"units": 64, "epochs": 30, "dropout": 0.3},
)
N_GRAMS = {"order": 3, "epochs": 0}

# Learns from histories (lists of items), and returns what it recommends after them.
Learner = Callable[[list[list[int]]], np.ndarray]


def main(argv: Sequence[str] | None = None) -> None:
    """Recommend by all models, print the table."""
    args = _arguments(argv)
    use_threads(1)
    world = simulated_world(np.random.default_rng(args.seed))
    purchases = world.purchases(args.customers, np.random.default_rng(args.seed + 1))
    settings = _chosen(purchases)
    print(f"{args.customers} customers, {ITEMS} items; network: {settings}")
    results = list(_results(world, purchases, settings))
    print(table(COLUMNS, _lines(results)))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=count, default=3000, help="default: 3000")
    parser.add_argument("--seed", type=count, default=1, help="of the customers (default: 1)")
    return parser.parse_args(argv)


# --- customers


class World(NamedTuple):
    """What customers buy next."""

    popularity: np.ndarray  # (items,) probabilities
    group: np.ndarray  # (items,)
    habits: np.ndarray  # (groups, groups, items) probabilities after two groups

    def following(self, before: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return the probabilities of the next item (n, items) after the last two (n,)."""
        habits = self.habits[self.group[before], self.group[last]]
        return HABIT * habits + (1 - HABIT) * self.popularity

    def purchases(self, n: int, rng: np.random.Generator) -> list[list[int]]:
        """Draw the items of n customers."""
        items = np.empty((n, LONGEST), int)
        items[:, :2] = rng.choice(ITEMS, (n, 2), p=self.popularity)
        for place in range(2, LONGEST):
            p = self.following(items[:, place - 2], items[:, place - 1])
            heights = rng.random((n, 1))
            drawn = (heights > p.cumsum(axis=1)).sum(axis=1)
            items[:, place] = drawn.clip(max=ITEMS - 1)
        lengths = rng.integers(SHORTEST, LONGEST + 1, n)
        return [row[:length].tolist() for row, length in zip(items, lengths, strict=True)]


def simulated_world(rng: np.random.Generator) -> World:
    """Draw groups, popularity (a power law of the rank) and habits."""
    popularity = 1 / np.arange(1, ITEMS + 1) ** 0.8
    popularity = rng.permutation(popularity / popularity.sum())
    habits = np.zeros((GROUPS, GROUPS, ITEMS))
    for row in habits.reshape(-1, ITEMS):
        favourites = rng.choice(ITEMS, FAVOURITES, replace=False)
        row[favourites] = rng.dirichlet(np.ones(FAVOURITES))
    return World(popularity, rng.integers(0, GROUPS, ITEMS), habits)


# --- models


def _chosen(purchases: list[list[int]]) -> dict[str, Any]:
    """Return the settings that hit the last but one item of most customers."""
    histories = [items[:-2] for items in purchases]
    following = np.array([items[-2] for items in purchases])
    rates = []
    for settings in SETTINGS:
        recommended = _generator(order=0, **settings)(histories)
        rates.append(_figures(recommended, following)[1])
    return SETTINGS[int(np.argmax(rates))]


def _results(
    world: World, purchases: list[list[int]], settings: dict[str, Any]
) -> Iterator[tuple[str, tuple[float, ...], float]]:
    """Yield the name, the figures and the CPU seconds of each model, the optimum at the end."""
    histories = [items[:-1] for items in purchases]
    following = np.array([items[-1] for items in purchases])

    def optimum(histories: list[list[int]]) -> np.ndarray:
        return _likeliest(world.following(*_last_two(histories)))

    learners: dict[str, Learner] = {
        "popularity": popular,
        "Markov chain, order 1": lambda histories: _likeliest(after_one(histories)),
        "Markov chain, order 2": lambda histories: _likeliest(after_two(histories)),
        "n-grams (Kneser-Ney)": _generator(**N_GRAMS),
        "network": _generator(order=0, **settings),
        "network and n-grams": _generator(order=N_GRAMS["order"], **settings),
        "optimum": optimum,
    }
    for name, learner in learners.items():
        begin = time.process_time()
        recommended = learner(histories)
        seconds = time.process_time() - begin
        yield name, _figures(recommended, following), seconds


def _generator(**settings: Any) -> Learner:
    """Return a learner by `SequenceGenerator`."""

    def learner(histories: list[list[int]]) -> np.ndarray:
        from forecast import SequenceGenerator

        generator = SequenceGenerator(**FIXED | settings).fit(histories)
        return generator.recommend(histories, n=TOP)

    return learner


def popular(histories: list[list[int]]) -> np.ndarray:
    """Recommend the most frequent items to all."""
    return _likeliest(np.tile(_shares(histories), (len(histories), 1)))


def after_one(histories: list[list[int]], prior: float = 10.0) -> np.ndarray:
    """Return the probabilities of the next item by the last one, smoothed by popularity."""
    counts = np.zeros((ITEMS, ITEMS))
    for items in histories:
        np.add.at(counts, (items[:-1], items[1:]), 1)
    _, last = _last_two(histories)
    return _smoothed(counts[last], _shares(histories), prior)


def after_two(histories: list[list[int]], prior: float = 5.0) -> np.ndarray:
    """Return the probabilities of the next item by the last two, smoothed by those by one."""
    counts = np.zeros((ITEMS, ITEMS, ITEMS), np.float32)
    for items in histories:
        np.add.at(counts, (items[:-2], items[1:-1], items[2:]), 1)
    return _smoothed(counts[_last_two(histories)], after_one(histories), prior)


def _smoothed(counts: np.ndarray, lower: np.ndarray, prior: float) -> np.ndarray:
    """Return probabilities by counts, and by a lower order as by so many counts more."""
    return (counts + prior * lower) / (counts.sum(axis=1, keepdims=True) + prior)


def _shares(histories: list[list[int]]) -> np.ndarray:
    """Return how often each item is bought, as a share."""
    counts = np.bincount(np.concatenate(histories), minlength=ITEMS)
    return counts / counts.sum()


def _last_two(histories: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the last item but one and the last item of each history."""
    before, last = np.array([items[-2:] for items in histories]).T
    return before, last


def _likeliest(p: np.ndarray) -> np.ndarray:
    """Return the likeliest items of each row."""
    return np.argsort(-p, axis=1, kind="stable")[:, :TOP]


# --- figures


def _figures(recommended: np.ndarray, following: np.ndarray) -> tuple[float, ...]:
    """Return hit rate@1, hit rate@10 and the normalised discounted cumulative gain@10."""
    hits = recommended == following[:, None]
    gains = 1 / np.log2(np.arange(TOP) + 2)
    return tuple(map(float, (hits[:, 0].mean(), hits.any(axis=1).mean(), (hits @ gains).mean())))


def _lines(results: list[tuple[str, tuple[float, ...], float]]) -> Iterator[list[str]]:
    """Yield the lines of the table; the last result is the optimum."""
    _, (_, best, _), _ = results[-1]
    for name, figures, seconds in results:
        share = figures[1] / best
        yield [name, *(f"{figure:.3f}" for figure in figures), f"{share:.0%}", f"{seconds:.1f}"]


if __name__ == "__main__":
    main()
