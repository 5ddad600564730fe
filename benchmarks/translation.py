"""Exact answers of sequence to sequence to samples never seen: sums, dates, sorting, programs.

All samples are made here. No sample that is judged has been learned from. Beside the share of exact
answers stands the mean number of tokens that are wrong (edit distance).
"""

from __future__ import annotations

import argparse
import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from printing import table, use_threads

from forecast.cli.arguments import count

JUDGED = 1000  # samples
COLUMNS = ("task", "seed", "samples", "epochs", "judged", "exact", "edits", "CPU s")

Pair = tuple[str, str]


class Task(NamedTuple):
    """What is to be learned, and how."""

    draw: Callable[[np.random.Generator], Pair]
    samples: int
    settings: dict[str, Any]


# --- tasks


def sums(digits: int) -> Callable[[np.random.Generator], Pair]:
    """Return what draws sums of numbers of up to so many digits, such as "12+345" and "357"."""

    def draw(rng: np.random.Generator) -> Pair:
        lengths = rng.integers(1, digits + 1, 2)
        one, other = (int(rng.integers(0, 10**length)) for length in lengths)
        return f"{one}+{other}", str(one + other)

    return draw


def letters(rng: np.random.Generator) -> Pair:
    """Draw three to ten letters, to be sorted."""
    drawn = rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(3, 11))
    return "".join(drawn), "".join(sorted(drawn))


ENGLISH = ["January", "February", "March", "April", "May", "June", "July", "August", "September"]
ENGLISH += ["October", "November", "December"]
FRENCH = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"]
FRENCH += ["octobre", "novembre", "décembre"]


def dates(rng: np.random.Generator) -> Pair:
    """Draw a date of the years from 1900 in one of six forms, to be written as ISO 8601 has it."""
    date = datetime.date(1900, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 73_000)))
    day, month, year = date.day, date.month, date.year
    english, french = ENGLISH[month - 1], FRENCH[month - 1]
    ordinal = "er" if day == 1 else ""
    forms = [
        f"{day} {english} {year}",
        f"{english} {day}, {year}",
        f"{english[:3]} {day} {year}",
        f"{day} {french} {year}",
        f"le {day}{ordinal} {french} {year}",
        f"{day:02}/{month:02}/{year}",
    ]
    return forms[rng.integers(0, 6)], date.isoformat()


def programs(rng: np.random.Generator) -> Pair:
    """Draw a short program of Python and what it prints."""
    a, b, c = (int(number) for number in rng.integers(0, 100, 3))
    repeats, step = int(rng.integers(2, 6)), c % 10
    programs = [
        (f"print({a}+{b}-{c})", a + b - c),
        (f"x={a};x+={b};print(x)", a + b),
        (f"x={a}\nfor i in range({repeats}):x+={step}\nprint(x)", a + repeats * step),
        (f"print({a} if {b}>{c} else {c})", a if b > c else c),
    ]
    program, printed = programs[rng.integers(0, 4)]
    return program, str(printed)


SUMS = {"last_first": True}  # as sums are done by hand
TASKS = {
    "sums of 3 digits": Task(sums(3), 20_000, SUMS | {"epochs": 8}),
    "sums of 4 digits": Task(sums(4), 20_000, SUMS | {"epochs": 8}),
    "dates": Task(dates, 10_000, {"epochs": 5}),
    "sorting": Task(letters, 20_000, {"epochs": 5}),
    "sums of 5 digits": Task(sums(5), 30_000, SUMS | {"epochs": 8}),
    "programs": Task(programs, 30_000, SUMS | {"epochs": 20}),
}
DEFAULT = ("sums of 4 digits", "dates", "sorting")


# --- the benchmark


def main(argv: Sequence[str] | None = None) -> None:
    """Learn each task, print the table."""
    args = _arguments(argv)
    use_threads(1)
    print(table(COLUMNS, list(_rows(args))))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--task", action="append", choices=list(TASKS), help=f"default: {', '.join(DEFAULT)}"
    )
    parser.add_argument("--samples", type=count, help="to learn from (default: those of the task)")
    parser.add_argument("--epochs", type=count, help="default: those of the task")
    parser.add_argument("--units", type=count, default=128, help="default: 128")
    parser.add_argument("--seeds", type=count, default=1, help="how many (default: 1)")
    return parser.parse_args(argv)


def _rows(args: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the lines of the table."""
    for name in args.task or DEFAULT:
        for seed in range(args.seeds):
            yield _row(name, seed, args)


def _row(name: str, seed: int, args: argparse.Namespace) -> list[str]:
    """Learn one task with one seed; return its line."""
    from forecast import SequenceToSequence

    task = TASKS[name]
    samples = args.samples or task.samples
    settings = task.settings | ({"epochs": args.epochs} if args.epochs else {})
    learned, judged = drawn(task, samples, np.random.default_rng(seed))
    begin = time.process_time()
    model = SequenceToSequence(units=args.units, random_state=seed, **settings)
    model.fit(*_parted(learned))
    seconds = time.process_time() - begin
    X, y = _parted(judged)
    figures = [f"{model.score(X, y):.3f}", f"{model.edit_distance(X, y):.3f}", f"{seconds:.0f}"]
    counts = [seed, samples, settings["epochs"], len(judged)]
    return [name, *map(str, counts), *figures]


def drawn(task: Task, samples: int, rng: np.random.Generator) -> tuple[list[Pair], list[Pair]]:
    """Draw what is learned, and what is judged: nothing that has been learned."""
    learned = [task.draw(rng) for _ in range(samples)]
    seen = {source for source, _ in learned}
    others = [task.draw(rng) for _ in range(JUDGED)]
    return learned, [pair for pair in others if pair[0] not in seen]


def _parted(pairs: list[Pair]) -> tuple[list[str], list[str]]:
    """Return sources and targets."""
    sources, targets = zip(*pairs, strict=True)
    return list(sources), list(targets)


if __name__ == "__main__":
    main()
