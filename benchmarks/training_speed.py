"""Windows per second in training: Keras, this package, and torch where it is installed.

Keras' `fit` against one compiled epoch of this package, with the same layers (LSTM, then a dense
layer to 24 steps), batch, optimizer and loss; epochs take turns in one process, and the median of
the rounds counts. Compiling is not counted: it is printed apart. Beside them stand the matrix
products of such an epoch alone, in loops that do nothing else: what no cell can be faster than.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from printing import machine, matmul_rate, table, use_threads

from forecast.cli.arguments import count

SHAPES = {
    "7x24-64": (7, 24, 64),
    "7x24-128": (7, 24, 128),
    "28x24-256": (28, 24, 256),
    "168x1-64": (168, 1, 64),
}
OUTPUTS = 24
BATCH = 128
Epoch = Callable[[], object]  # trains once on all windows
COLUMNS = (
    "shape",
    "keras/s",
    "seqcast/s",
    "torch/s",
    "to keras",
    "to torch",
    "products/s",
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
    """Measure all libraries on one shape; return their row."""
    shape = SHAPES[name]
    n = max(BATCH, args.windows // _shrink(shape[0]))
    epochs: dict[str, Epoch] = {"keras": _keras(*shape, n), "seqcast": _ours(*shape, n)}
    compiling = _seconds(epochs["seqcast"])
    torch = _torch(*shape, n, args.threads)
    if torch is not None:
        epochs["torch"] = torch
    epochs["products"] = _products(*shape, n)
    times = measure(epochs, args.rounds)
    speed = {each: n / statistics.median(seconds) for each, seconds in times.items()}
    ours = speed["seqcast"]
    return (
        name,
        f"{speed['keras']:.0f}",
        f"{ours:.0f}",
        f"{speed['torch']:.0f}" if torch else "-",
        f"{ours / speed['keras']:.2f}",
        f"{ours / speed['torch']:.2f}" if torch else "-",
        f"{speed['products']:.0f}",
        f"{ours * _work(*shape) / rate:.0%}",
        f"{compiling - n / ours:.1f}",
    )


def _shrink(steps: int) -> int:
    """Return by what the number of windows is divided, where windows are long."""
    if steps > 100:
        return 8
    return 2 if steps > 20 else 1


def measure(epochs: dict[str, Epoch], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of each library's epochs, which take turns."""
    # The first epoch compiles, and warms up.
    for epoch in epochs.values():
        epoch()
    times: dict[str, list[float]] = {name: [] for name in epochs}
    for _ in range(rounds):
        for name, epoch in epochs.items():
            times[name].append(_seconds(epoch))
    return times


def _seconds(epoch: Epoch) -> float:
    """Run an epoch; return its seconds."""
    started = time.perf_counter()
    epoch()
    return time.perf_counter() - started


def _work(steps: int, inputs: int, units: int) -> float:
    """Count the operations of a window's matrix products, forward and backward.

    The gradient with respect to the data is not among them: nobody needs it.
    """
    return 2 * (steps * 4 * units * (2 * inputs + 3 * units) + 3 * units * OUTPUTS)


def _series(steps: int, inputs: int, n: int) -> tuple:
    """Return a series that has so many windows with their targets, and the length of a window."""
    import numpy as np

    window = steps * inputs
    rows = n + window + OUTPUTS
    noise = np.random.default_rng(0).normal(0, 0.1, rows)
    return (np.sin(np.arange(rows) / 4) + noise).astype(np.float32), window


def _materialised(steps: int, inputs: int, n: int) -> tuple:
    """Return windows (n, steps, inputs) and targets (n, outputs), written out."""
    from numpy.lib.stride_tricks import sliding_window_view

    rows, window = _series(steps, inputs, n)
    windows = sliding_window_view(rows, window)[:n].reshape(n, steps, inputs)
    targets = sliding_window_view(rows, OUTPUTS)[window : window + n].copy()
    return windows.copy(), targets


def _keras(steps: int, inputs: int, units: int, n: int) -> Epoch:
    """Return an epoch of Keras."""
    import keras

    x, y = _materialised(steps, inputs, n)
    layers = [keras.Input((steps, inputs)), keras.layers.LSTM(units), keras.layers.Dense(OUTPUTS)]
    model = keras.Sequential(layers)
    model.compile("adam", "mae")
    return lambda: model.fit(x, y, batch_size=BATCH, epochs=1, verbose=0)


def _ours(steps: int, inputs: int, units: int, n: int) -> Epoch:
    """Return an epoch of this package, compiled however short it is."""
    import numpy as np

    from forecast.recurrent.architecture import Architecture
    from forecast.recurrent.network import WindowNetwork
    from forecast.recurrent.samples import Samples
    from forecast.recurrent.schedule import Schedule
    from forecast.recurrent.sources import Loaded
    from forecast.recurrent.trainer import trainer_of
    from forecast.tables.windows import Slices

    rows, window = _series(steps, inputs, n)
    table = rows[:, None]
    starts = np.arange(n)
    samples = Samples((Slices(table, starts, window),), Slices(table, starts + window, OUTPUTS))
    architecture = Architecture("lstm", units, 1, window, 1, OUTPUTS, patch=inputs)
    network = WindowNetwork(architecture, "mae", 0.0)
    trainer = trainer_of(network, 0.0, True)
    trainer.reset([network.initial_weights(np.random.default_rng(0))])
    source = Loaded(samples.parts(), None)
    plan = Schedule(5, BATCH, 0.001, None)
    rng = np.random.default_rng(0)
    return lambda: trainer.epoch(source, rng.permutation(n), n, plan, 0, 0)


def _products(steps: int, inputs: int, units: int, n: int) -> Epoch:
    """Return an epoch of nothing but the LSTM's matrix products, compiled as ours are."""
    import tensorflow as tf

    draw = tf.random.stateless_normal
    columns = 4 * units
    x = draw((steps * BATCH, inputs), (0, 0))
    W, U = draw((inputs, columns), (0, 1), 0, 0.01), draw((units, columns), (0, 2), 0, 0.01)

    def batch(k: Any, hidden: Any, kernel: Any, recurrent: Any) -> tuple[Any, ...]:
        # Each product reads what the one before has written: none can be left out, or moved.
        projected = tf.reshape(x @ kernel, (steps, BATCH, columns))
        _, hidden = tf.while_loop(
            lambda t, _: t < steps,
            lambda t, h: (t + 1, (projected[t] + h @ recurrent)[:, :units]),
            (0, hidden),
        )
        gates = tf.tile(hidden, (1, 4))
        _, gates = tf.while_loop(
            lambda t, _: t < steps,
            lambda t, g: (t + 1, projected[t] + tf.tile(g @ tf.transpose(recurrent), (1, 4))),
            (0, gates),
        )
        rows = projected + gates
        flat = tf.reshape(rows, (-1, columns))
        by_kernel = tf.matmul(x, flat, transpose_a=True)
        by_recurrent = tf.matmul(flat[:, :units], flat, transpose_a=True)
        return k + 1, hidden, kernel + 1e-9 * by_kernel, recurrent + 1e-9 * by_recurrent

    @tf.function(jit_compile=True, autograph=False)
    def epoch() -> Any:
        first = (0, tf.zeros((BATCH, units)), W, U)
        return tf.while_loop(lambda k, *_: k < -(-n // BATCH), batch, first)[1:]

    return lambda: [part.numpy() for part in epoch()]


def _torch(steps: int, inputs: int, units: int, n: int, threads: int) -> Epoch | None:
    """Return an epoch of torch; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
    x, y = map(torch.from_numpy, _materialised(steps, inputs, n))
    recurrent = torch.nn.LSTM(inputs, units, batch_first=True)
    dense = torch.nn.Linear(units, OUTPUTS)
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
