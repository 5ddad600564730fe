"""Make the weights that `PretrainedForecaster` ships, from a seed: learn from simulated series.

One process learns while others simulate and read series for it. What has been learned is kept every
few rounds beside the file of the weights; the same command goes on from there. Each round has the
same series whoever makes it, so that a run may be stopped as often as wanted.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from printing import use_threads

from forecast.cli.arguments import count

if TYPE_CHECKING:
    from forecast.pretrained.learning_batch import Batch

_SEASONS = (1, 1, 1, 4, 5, 7, 7, 12, 12, 13, 24, 24, 24, 24, 48, 52, 96)
_TIMES = (7, 7, 7, 2, 3, 4, 5, 12)  # of a season in a longer one
_LONGEST_SEASON = 366
_HORIZONS = (48, 48, 48, 96, 192)
_STEPS = 24  # of the horizon that are learned from
_TOGETHER = 512  # series of one length and the same seasons
_KINDS = 8  # of them in a round
_BATCH = 256
_RATE = 2e-3
_KEPT_EVERY = 20  # rounds
_SHOWN = 320  # batches, over which the loss is averaged


def one_round(seed: int, number: int) -> Batch:
    """Simulate what is learned from in one round: a few lengths and seasons, well mixed."""
    from forecast.pretrained.learning_batch import joined, taken

    rng = np.random.default_rng((seed, number))
    together = joined([_part(rng) for _ in range(_KINDS)])
    return taken(together, rng.permutation(len(together["target"])))


def _part(rng: np.random.Generator) -> Batch:
    """Simulate series of one length, and read them."""
    from forecast.forecasters.box_cox import prefers_logarithm
    from forecast.pretrained.histories import lines_through
    from forecast.pretrained.inputs import network_inputs
    from forecast.pretrained.learning_batch import learning_batch
    from forecast.simulation.series import simulate_series

    short = int(rng.choice(_SEASONS))
    if rng.random() < 0.15:
        short = int(np.exp(rng.uniform(np.log(2), np.log(200))))
    long = short * int(rng.choice(_TIMES)) if short > 1 and rng.random() < 0.35 else short
    if long > _LONGEST_SEASON:
        long = short
    horizon = int(rng.choice(_HORIZONS))
    n_rows = _length(rng, long)
    lengths = sorted({season for season in (short, long) if season > 1})
    y = simulate_series(_TOGETHER, n_rows + horizon, lengths, rng)
    history = lines_through(y[:, :n_rows])
    # Nothing is learned from a series that stood still.
    moving = np.ptp(history, axis=1) > 0
    history = history[moving]
    future = y[moving, n_rows:]
    # Some seasons nobody has told of; and a season of which there are no two cycles is none.
    if n_rows < 2 * long or rng.random() < 0.1:
        long = short
    if n_rows < 2 * short or rng.random() < 0.08:
        short = long = 1
    is_log = prefers_logarithm(history, short)
    history[is_log] = np.log(history[is_log])
    steps = np.sort(rng.integers(0, horizon, _STEPS))
    inputs = network_inputs(history, (short, long), horizon)
    return learning_batch(inputs, future, is_log, steps)


def _length(rng: np.random.Generator, season: int) -> int:
    """Draw a number of rows: a few cycles or many, or any number."""
    longest = max(1024, 4 * season)
    if rng.random() < 0.6:
        n_rows = max(season, 8) * np.exp(rng.uniform(np.log(2), np.log(16)))
    else:
        n_rows = np.exp(rng.uniform(np.log(8), np.log(longest)))
    return int(np.clip(n_rows, 8, longest))


def learn(out: Path, seed: int, rounds: int, workers: int) -> None:
    """Learn, and keep what has been learned beside `out`, from where it is gone on with."""
    from forecast.pretrained.learning import Learner, initial_weights
    from forecast.pretrained.learning_batch import taken

    kept = out.with_suffix(".kept.npz")
    learner = Learner(initial_weights(seed))
    first = 0
    if kept.exists():
        with np.load(kept) as file:
            learner.restore({name: file[name] for name in file.files})
            first = int(file["rounds"])
    losses = []
    began = time.monotonic()
    for number, batch in enumerate(_simulated(seed, first, rounds, workers), first + 1):
        rate = _rate((number - 1) / rounds)
        for begin in range(0, len(batch["target"]) + 1 - _BATCH, _BATCH):
            piece = taken(batch, slice(begin, begin + _BATCH))
            losses.append(learner.step(piece, rate))
        if number % _KEPT_EVERY == 0 or number == rounds:
            _replace(kept, rounds=number, **learner.state())
            _replace(out, **{k: v.astype(np.float16) for k, v in learner.weights().items()})
            seconds = time.monotonic() - began
            loss = np.mean(losses[-_SHOWN:])
            print(f"{number} of {rounds} rounds, loss {loss:.4f}, {seconds:.0f} s", flush=True)


def _simulated(seed: int, first: int, rounds: int, workers: int) -> Iterator[Batch]:
    """Yield one round after the other, made by other processes a few rounds ahead."""
    if not workers:
        yield from (one_round(seed, number) for number in range(first, rounds))
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context) as pool:
        ahead: deque[Future[Batch]] = deque()
        for number in range(first, rounds):
            ahead.append(pool.submit(one_round, seed, number))
            if len(ahead) > 2 * workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _rate(share: float) -> float:
    """Return the learning rate after a share of all rounds: up, then down half a cosine."""
    return _RATE * min(1, share / 0.01 + 0.01) * (0.01 + 0.99 * (1 + np.cos(np.pi * share)) / 2)


def _replace(path: Path, **arrays: np.ndarray) -> None:
    """Write a file that is there as a whole or not at all."""
    written = path.with_suffix(".new.npz")
    np.savez(written, **arrays)
    written.replace(path)


def main(argv: Sequence[str] | None = None) -> None:
    """Learn, and say every few rounds how well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("weights.npz"), help="weights.npz")
    parser.add_argument("--seed", type=int, default=0, help="default: 0")
    parser.add_argument("--rounds", type=count, default=1900, help="of 4096 series (default: 1900)")
    parser.add_argument("--workers", type=int, default=2, help="that simulate (default: 2)")
    args = parser.parse_args(argv)
    use_threads(1)
    learn(args.out, args.seed, args.rounds, args.workers)


if __name__ == "__main__":
    main()
