"""What the default of `WindowForecaster` is worth beside a plain ridge regression.

One forecast of each series, from its end: simulated series, random walks, autoregressions with a
coefficient of 0.8, and white noise. The errors are the mean over series of the mean absolute error
in units of the mean change, 50 at most.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

if TYPE_CHECKING:
    import numpy as np

COLUMNS = ("series", "rows", "lookback", "horizon", "last value", "Ridge()", "default", "no log")
SETS = (
    ("simulated", 60, 12, 6),
    ("simulated", 100, 24, 12),
    ("simulated", 200, 24, 1),
    ("simulated", 400, 48, 24),
    ("random walks", 144, 24, 12),
    ("random walks", 400, 48, 24),
    ("autoregressions", 144, 24, 12),
    ("white noise", 300, 20, 5),
)
MOST = 50.0  # of an error: some simulated series explode


def main(argv: Sequence[str] | None = None) -> None:
    """Forecast each set by each model and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=count, default=200, help="of each set (default: 200)")
    args = parser.parse_args(argv)
    use_threads(1)
    import numpy as np

    rows = []
    for kind, n_rows, lookback, horizon in SETS:
        errors = [
            _errors(y, lookback, horizon) for y in _series(kind, args.series, n_rows + horizon)
        ]
        means = np.mean(errors, axis=0)
        cells = [f"{mean:.3f}" for mean in means]
        rows.append((kind, str(n_rows), str(lookback), str(horizon), *cells))
    print(machine(1))
    print(table(COLUMNS, rows))


def _series(kind: str, n_series: int, n_rows: int) -> Iterator[np.ndarray]:
    """Draw series of one kind; holes of the simulated ones are bridged."""
    import numpy as np
    from scipy.signal import lfilter

    from forecast import simulate_series

    if kind == "simulated":
        season = 12 if n_rows < 300 else 24
        drawn = simulate_series(n_series, n_rows, season, random_state=2**20 + n_rows)
        row = np.arange(n_rows)
        for y in drawn:
            known = np.isfinite(y)
            yield np.interp(row, row[known], y[known])
        return
    noise = np.random.default_rng(n_rows).normal(size=(n_series, n_rows))
    root = {"random walks": 1.0, "autoregressions": 0.8, "white noise": 0.0}[kind]
    yield from lfilter([1.0], [1.0, -root], noise, axis=1)


def _errors(y: np.ndarray, lookback: int, horizon: int) -> list[float]:
    """Return the error of each model on the last rows, in units of the mean change before them."""
    import numpy as np
    from sklearn.linear_model import Ridge

    from forecast import NaiveForecaster, WindowForecaster

    models: list[Any] = [
        NaiveForecaster(),
        WindowForecaster(Ridge(), lookback, horizon, log=False),
        WindowForecaster(lookback=lookback, horizon=horizon),
        WindowForecaster(lookback=lookback, horizon=horizon, log=False),
    ]
    past, ahead = y[:-horizon], y[-horizon:]
    unit = np.abs(np.diff(past)).mean() or 1.0
    found = [np.abs(model.fit(past).predict(horizon) - ahead).mean() / unit for model in models]
    return [min(float(error), MOST) for error in found]


if __name__ == "__main__":
    main()
