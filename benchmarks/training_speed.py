"""Windows per second in training: Keras' `fit`, one compiled epoch of this package, and torch where
it is installed.

The same layers (LSTM, then a dense layer to 24 steps), batch, optimizer and loss; epochs take turns
in one process, and the median of the rounds counts. Compiling is not counted: it is printed apart.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

from printing import count, machine, matmul_rate, table, use_threads

SHAPES = {
    "7x24-64": (7, 24, 64),
    "7x24-128": (7, 24, 128),
    "28x24-256": (28, 24, 256),
    "168x1-64": (168, 1, 64),
}
OUTPUTS, BATCH = 24, 128
COLUMNS = (
    "shape",
    "keras/s",
    "seqcast/s",
    "torch/s",
    "to keras",
    "to torch",
    "of matmul",
    "compile s",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure every shape and print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    rate = matmul_rate()
    print(f"{machine(args.threads)}; float32 matrix product {rate / 1e9:.0f} GFLOP/s")
    rows = [_row(name, args, rate) for name in args.shapes.split(",")]
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shapes", default=",".join(SHAPES), help="patches x rows in a patch - units"
    )
    parser.add_argument(
        "--windows", type=count, default=12_800, help="in an epoch (default: 12800)"
    )
    parser.add_argument("--rounds", type=count, default=5, help="epochs of each (default: 5)")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    args = parser.parse_args(argv)
    for name in args.shapes.split(","):
        if name not in SHAPES:
            parser.error(f"there is no shape {name!r}; there are: {', '.join(SHAPES)}")
    return args


def _row(name: str, args: argparse.Namespace, rate: float) -> tuple[str, ...]:
    shape = SHAPES[name]
    n = max(BATCH, args.windows // (8 if shape[0] > 100 else 2 if shape[0] > 20 else 1))
    epochs: dict[str, Callable[[], None]] = {
        "keras": _keras(*shape, n),
        "seqcast": _ours(*shape, n),
    }
    started = time.perf_counter()
    epochs["seqcast"]()
    compiling = time.perf_counter() - started
    torch = _torch(*shape, n, args.threads)
    if torch is not None:
        epochs["torch"] = torch
    seconds: dict[str, list[float]] = {each: [] for each in epochs}
    for each in epochs:
        epochs[each]()  # compiles, and warms up
    for _ in range(args.rounds):
        for each, epoch in epochs.items():
            started = time.perf_counter()
            epoch()
            seconds[each].append(time.perf_counter() - started)
    speed = {each: n / statistics.median(times) for each, times in seconds.items()}
    ours = speed["seqcast"]
    return (
        name,
        f"{speed['keras']:.0f}",
        f"{ours:.0f}",
        f"{speed['torch']:.0f}" if torch else "-",
        f"{ours / speed['keras']:.2f}",
        f"{ours / speed['torch']:.2f}" if torch else "-",
        f"{ours * _work(*shape) / rate:.0%}",
        f"{compiling - n / ours:.1f}",
    )


def _work(steps: int, inputs: int, units: int) -> float:
    """Count the operations that a window's matrix products need: forward, and backward but for the data's gradient."""
    return 2 * (steps * 4 * units * (2 * inputs + 3 * units) + 3 * units * OUTPUTS)


def _series(steps: int, inputs: int, n: int) -> tuple:
    import numpy as np

    length = n + steps * inputs + OUTPUTS
    rows = np.sin(np.arange(length) / 4) + np.random.default_rng(0).normal(0, 0.1, length)
    return rows.astype(np.float32), steps * inputs


def _materialised(steps: int, inputs: int, n: int) -> tuple:
    import numpy as np

    rows, length = _series(steps, inputs, n)
    windows = np.lib.stride_tricks.sliding_window_view(rows, length)[:n].reshape(n, steps, inputs)
    return windows, np.lib.stride_tricks.sliding_window_view(rows, OUTPUTS)[
        length : length + n
    ].copy()


def _keras(steps: int, inputs: int, units: int, n: int) -> Callable[[], None]:
    import keras

    x, y = _materialised(steps, inputs, n)
    layers = [keras.Input((steps, inputs)), keras.layers.LSTM(units), keras.layers.Dense(OUTPUTS)]
    model = keras.Sequential(layers)
    model.compile("adam", "mae")
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


def _ours(steps: int, inputs: int, units: int, n: int) -> Callable[[], None]:
    import numpy as np

    from forecast.recurrent.architecture import Architecture, initial_weights
    from forecast.recurrent.samples import Samples
    from forecast.recurrent.schedule import Schedule
    from forecast.recurrent.trainer import trainer_of
    from forecast.tables.windows import Slices

    rows, length = _series(steps, inputs, n)
    table = rows[:, None]
    samples = Samples(
        (Slices(table, np.arange(n), length),), Slices(table, np.arange(n) + length, OUTPUTS)
    )
    architecture = Architecture("lstm", units, 1, length, 1, OUTPUTS, patch=inputs)
    trainer = trainer_of(architecture, "mae", 0.0, True)
    trainer.reset([initial_weights(architecture, np.random.default_rng(0))])
    resident = trainer.resident(samples)
    plan = Schedule("mae", 0.0, 5, BATCH, 0.001, None)
    rng = np.random.default_rng(0)
    return lambda: trainer.epoch(resident, rng.permutation(n), n, plan, 0, 0)


def _torch(steps: int, inputs: int, units: int, n: int, threads: int) -> Callable[[], None] | None:
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
    x, y = map(torch.from_numpy, _materialised(steps, inputs, n))
    recurrent, dense = (
        torch.nn.LSTM(inputs, units, batch_first=True),
        torch.nn.Linear(units, OUTPUTS),
    )
    optimizer = torch.optim.Adam([*recurrent.parameters(), *dense.parameters()])

    def epoch() -> None:
        for batch in torch.randperm(n).split(BATCH):
            optimizer.zero_grad()
            states, _ = recurrent(x[batch])
            torch.nn.functional.l1_loss(dense(states[:, -1]), y[batch]).backward()
            optimizer.step()

    return epoch


if __name__ == "__main__":
    main()
