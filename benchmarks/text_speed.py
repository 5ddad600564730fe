"""Characters per second in training: Keras, this package, and torch where it is installed.

One network everywhere: tokens are rows of the kernel of an LSTM (an embedding in Keras and torch),
whose states go on from batch to batch, and a softmax tells the next token. Epochs take turns in one
process, and the median of the rounds counts. Compiling is not counted.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from typing import Any

from printing import machine, matmul_rate, table, use_threads
from training_speed import Epoch, measure

from forecast.cli.arguments import count

TOKENS = 96
STEPS = 64  # through which errors are propagated back
COLUMNS = ("library", "characters/s", "of matmul")


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all libraries and print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    rate = matmul_rate()
    print(f"{machine(args.threads)}; float32 matrix product {rate / 1e9:.0f} GFLOP/s")
    codes = _codes(args)
    epochs: dict[str, Epoch | None] = {
        "keras": _keras(codes, args),
        "seqcast": _ours(codes, args),
        "torch": _torch(codes, args),
    }
    found = {name: epoch for name, epoch in epochs.items() if epoch is not None}
    times = measure(found, args.rounds)
    # Products of one character forward and, twice as many, backward.
    work = 6 * args.units * (4 * args.units + TOKENS)
    rows = []
    for name, seconds in times.items():
        speed = args.batches * args.batch_size * STEPS / statistics.median(seconds)
        rows.append([name, f"{speed:.0f}", f"{speed * work / rate:.0%}"])
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=count, default=256, help="default: 256")
    parser.add_argument("--batch-size", type=count, default=32, help="streams (default: 32)")
    parser.add_argument("--batches", type=count, default=40, help="in an epoch (default: 40)")
    parser.add_argument("--rounds", type=count, default=5, help="epochs of each (default: 5)")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def _codes(args: argparse.Namespace) -> Any:
    """Return tokens by chance, (streams, tokens of each): what they say costs no time."""
    import numpy as np

    length = args.batches * STEPS + 1
    drawn = np.random.default_rng(0).integers(4, TOKENS, (args.batch_size, length))
    return drawn.astype(np.int32)


def _pieces(codes: Any) -> list[tuple[Any, Any]]:
    """Return what is read and what is to be told in each batch."""
    starts = range(0, codes.shape[1] - 1, STEPS)
    return [
        (codes[:, start : start + STEPS], codes[:, start + 1 : start + STEPS + 1])
        for start in starts
    ]


def _keras(codes: Any, args: argparse.Namespace) -> Epoch:
    """Return an epoch of Keras, compiled by XLA as its `fit` compiles it."""
    import keras
    import numpy as np

    layers = [
        keras.Input((STEPS,), batch_size=args.batch_size),
        keras.layers.Embedding(TOKENS, args.units),
        keras.layers.LSTM(args.units, return_sequences=True, stateful=True),
        keras.layers.Dense(TOKENS),
    ]
    model = keras.Sequential(layers)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    x, y = (np.concatenate(part) for part in zip(*_pieces(codes), strict=True))
    return lambda: model.fit(x, y, batch_size=args.batch_size, epochs=1, shuffle=False, verbose=0)


def _ours(codes: Any, args: argparse.Namespace) -> Epoch:
    """Return an epoch of this package, compiled however short it is."""
    import numpy as np

    from forecast.recurrent.schedule import Schedule
    from forecast.recurrent.sources import Loaded
    from forecast.recurrent.trainer import trainer_of
    from forecast.sequences.generator_network import TokenNetwork
    from forecast.sequences.generator_training import NextToken, material

    stream = np.append(codes[:, :-1].ravel(), codes[-1, -1])
    nothing = np.zeros((1, 0))
    cut = material(stream, np.array([len(stream)]), nothing, STEPS, args.batch_size)
    network = TokenNetwork("lstm", args.units, 1, tokens=TOKENS, embedding=0, features=0)
    objective = NextToken(network, STEPS, True, 0.0, np.zeros(TOKENS, np.float32))
    trainer = trainer_of(objective, 0.0, True)
    trainer.reset([objective.initial_weights(np.random.default_rng(0))])
    source = Loaded(cut.parts, cut.weights)
    plan = Schedule(5, cut.batch_size, 0.001, None)
    order = np.arange(len(cut.parts[0]))
    return lambda: trainer.epoch(source, order, len(order), plan, 0, 0)


def _torch(codes: Any, args: argparse.Namespace) -> Epoch | None:
    """Return an epoch of torch; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(args.threads)
    embedding = torch.nn.Embedding(TOKENS, args.units)
    recurrent = torch.nn.LSTM(args.units, args.units, batch_first=True)
    dense = torch.nn.Linear(args.units, TOKENS)
    layers = (embedding, recurrent, dense)
    optimizer = torch.optim.Adam([weight for layer in layers for weight in layer.parameters()])
    pieces = [
        (torch.from_numpy(read.copy()).long(), torch.from_numpy(told.copy()).long())
        for read, told in _pieces(codes)
    ]

    def epoch() -> None:
        states = None
        for read, told in pieces:
            optimizer.zero_grad()
            hidden, states = recurrent(embedding(read), states)
            logits = dense(hidden).reshape(-1, TOKENS)
            torch.nn.functional.cross_entropy(logits, told.reshape(-1)).backward()
            optimizer.step()
            states = tuple(state.detach() for state in states)

    return epoch


if __name__ == "__main__":
    main()
