"""Loads hostile files of estimators and judges: refused in one sentence, answers, or a fault.

``python tests/fuzz/models.py --count 20000 --seed 0`` prints what became of so many files, by kind
of change; ``--show N`` shows file N and what its estimator raises.
"""

import argparse
import resource
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.append(str(Path(__file__).parents[1]))  # where this is a script
from cases import CASES, ROWS, fitted, fitted_panel, panel, table
from fixtures import make_fixtures
from hostile_models import mutant

from forecast import load, save
from forecast.exceptions import Refusal

LONGEST = 300  # characters of a refusal
SECONDS = 10  # after which a mutant hangs
MEMORY = 2**31  # bytes that a mutant may take beside what the process has
WORDS = ("refused by load", "answers", "refused later", "wrong")
# Networks learn in seconds, an SVR is not held by files; the fixtures have a network.
NAMES = [name for name in CASES if "LSTM" not in name and name[-3:] not in ("SVR", "ine")]
PANELS = ("NaiveForecaster-seasonal", "ETSForecaster", "WindowForecaster-Ridge-columns")


class Base(NamedTuple):
    """A whole file, and a table to ask its estimator about."""

    name: str
    content: bytes
    X: pd.DataFrame
    y: pd.Series
    learned: np.ndarray  # the rows of the table that were learned


class Hangs(BaseException):
    """A mutant takes too long."""


@cache
def bases():
    """Return the files that mutants are made of."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.seqcast")

        def written(model):
            return save(model, path).read_bytes()

        fixed = [_of_fixture(name) for name in make_fixtures.MODELS]
        single = [
            Base(name, written(fitted(name)), *table(CASES[name].columns), np.arange(44) < ROWS)
            for name in NAMES
        ]
        several = [
            Base(f"{name}, panel", written(fitted_panel(name)), *panel(CASES[name].columns))
            for name in PANELS
        ]
    return fixed + single + several


def _of_fixture(name):
    """Return a file of an earlier version."""
    content = (make_fixtures.FOLDER / f"{name}.seqcast").read_bytes()
    X, y = make_fixtures.table(name)
    learned = np.arange(len(X)) % make_fixtures.N_ROWS < make_fixtures.N_LEARNED
    return Base(f"{name}, fixture", content, X, y, learned)


# --- one mutant


def make(number, seed=0):
    """Return the base, the kind and the bytes of mutant `number` of the sample with this seed."""
    rng = np.random.default_rng([seed, number])
    base = bases()[rng.integers(len(bases()))]
    return base, *mutant(base.content, rng)


def judge(base, content, path):
    """Return what became of a mutant: a word and, of what is wrong, the reason."""
    path.write_bytes(content)
    try:
        with limited():
            model = load(path)
    except BaseException as error:
        return _word(error, path, "refused by load")
    # Each question by itself, as one refusal tells nothing of the next answer.
    words = [_asked(question, model, base, path) for question in QUESTIONS]
    return max(words, key=lambda word: WORDS.index(word[0]))


def _asked(question, model, base, path):
    """Return what became of one question."""
    try:
        with limited():
            question(model, base)
    except BaseException as error:
        word, reason = _word(error, path, "refused later")
        return word, f"{question.__name__}: {reason}"
    return "answers", ""


def _word(error, path, refused):
    """Judge what was raised."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    if not isinstance(error, Refusal):
        return "wrong", f"{type(error).__name__}: {error}".replace(str(path), "file")
    for sentence in (str(error), error.at_command_line()):
        sentence = sentence.replace(str(path), "file")
        if len(sentence) >= LONGEST or "\n" in sentence:
            return "wrong", f"a refusal of {len(sentence)} characters: {sentence}"
    return refused, str(error).replace(str(path), "file")


@contextmanager
def limited():
    """Raise Hangs after some seconds, MemoryError for much memory; pass over warnings."""

    def stop(*_):
        raise Hangs(f"more than {SECONDS} s")

    before = resource.getrlimit(resource.RLIMIT_AS)
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, before[1]))
    handler = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, before)


# --- what its estimator is asked


def predict(model, base):
    model.predict(base.X[~base.learned])


def predict_steps(model, _):
    model.predict(1)


def predict_quantiles(model, base):
    model.predict_quantiles(base.X[~base.learned], (0.2, 0.7))


def forecast(model, base):
    model.forecast(base.X[~base.learned], coverage=0.8)


def hindcast(model, base):
    model.hindcast(base.X, base.y, [20, 25], 3)


def update(model, base):
    model.update(base.X[~base.learned], base.y[~base.learned])
    model.predict_steps = model.predict(3) if not base.X.shape[1] else None


def written(model, _):
    repr(model)


QUESTIONS = (predict, predict_steps, predict_quantiles, forecast, hindcast, written, update)


# --- the sample


def main(arguments=None):
    """Judge a sample and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="how many (default: 20000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the first number (default: 0)")
    parser.add_argument("--show", type=int, metavar="N", help="show mutant N only")
    args = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.seqcast")
        if args.show is not None:
            return _show(args.show, args.seed, path)
        return _sample(range(args.first, args.first + args.count), args.seed, path)


def _sample(numbers, seed, path):
    """Judge these mutants, and print the counts by kind and what is wrong."""
    counts, wrong = {}, {}
    for number in numbers:
        base, kind, content = make(number, seed)
        word, reason = judge(base, content, path)
        counts.setdefault(kind, Counter())[word] += 1
        if word == "wrong":
            wrong.setdefault((base.name, reason[:160]), []).append(number)
    table = pd.DataFrame(counts).T.reindex(columns=WORDS).fillna(0).astype(int)
    table.loc["all"] = table.sum()
    sys.stdout.write(f"{table.to_string()}\n")
    for (name, reason), found in sorted(wrong.items(), key=lambda item: item[0][1]):
        sys.stdout.write(f"{len(found)} of {name} (mutant {found[0]}): {reason}\n")
    return int(bool(wrong))


def _show(number, seed, path):
    """Print a mutant and what became of it."""
    base, kind, content = make(number, seed)
    sys.stdout.write(f"{kind} of {base.name}, {len(content)} bytes\n")
    path.write_bytes(content)
    model = load(path)
    for question in QUESTIONS:
        sys.stdout.write(f"{question.__name__}\n")
        try:
            with limited():
                question(model, base)
        except (Exception, Hangs):
            sys.stdout.write(traceback.format_exc())
    return 0


if __name__ == "__main__":
    sys.exit(main())
