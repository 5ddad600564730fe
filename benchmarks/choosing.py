"""Which rule chooses the model that is best afterwards.

Each series is backtested from two blocks of origins, one after the other. A rule chooses by the
first block; the table shows the error of its choice in the second one, in units of the mean error
of all models there, averaged over the series. The series are simulated months (random walks,
autoregressions, trends, seasons that drift); `--m4` and `--etth1` add every eighth series of the
M4 hours, and three parts of each variable of ETTh1.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from printing import machine, table, use_threads

from forecast.cli.arguments import count

if TYPE_CHECKING:
    import pandas as pd

    from forecast import Backtest

MODELS = ("naive", "seasonal", "ets", "theta", "ridge")  # the simplest first
COLUMNS = ("rule", "data", "series", "error afterwards")
LEVEL = 0.05


def main(argv: Sequence[str] | None = None) -> None:
    """Backtest all series, let each rule choose, print the table."""
    args = _arguments(argv)
    use_threads(args.threads)
    from forecast import backtest, preset
    from forecast.evaluation.origins import RollingOrigin

    errors: dict[tuple[str, str], list[float]] = {}
    for data, y, horizon in _series(args):
        n_origins = 2 * min(28, len(y) // 4 // horizon)
        cv = RollingOrigin(horizon, n_origins)
        known = y[: len(y) - n_origins * horizon]
        models = {name: preset(name, known, horizon=horizon) for name in MODELS}
        result = backtest(models, y, cv=cv, failed=lambda _: None)
        for rule, error in _errors_afterwards(result).items():
            errors.setdefault((rule, data), []).append(error)
    rows = [
        (rule, data, str(len(found)), f"{sum(found) / len(found):.3f}")
        for (rule, data), found in sorted(errors.items(), key=lambda item: item[0][1])
    ]
    print(machine(args.threads))
    print(table(COLUMNS, rows))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulated", type=count, default=60, help="series (default: 60)")
    parser.add_argument("--m4", type=Path, metavar="CSV", help="the training part of M4 Hourly")
    parser.add_argument("--etth1", type=Path, metavar="CSV", help="the file of ETTh1")
    parser.add_argument("--threads", type=count, default=2, help="default: 2")
    return parser.parse_args(argv)


def _series(args: argparse.Namespace) -> Iterator[tuple[str, pd.Series, int]]:
    """Yield series with the name of their data and the horizon."""
    import pandas as pd

    for number in range(args.simulated):
        yield "simulated months", _simulated(number), 3
    if args.m4 is not None:
        for _, values in pd.read_csv(args.m4, index_col=0).iloc[::8].iterrows():
            y = values.dropna().astype(float)
            hours = pd.date_range("2020-01-01", periods=len(y), freq="h")
            yield "M4 hours", y.set_axis(hours), 24
    if args.etth1 is not None:
        frame = pd.read_csv(args.etth1, index_col=0, parse_dates=True)
        for name in frame:
            for begin in (0, 4000, 8000):
                yield "ETTh1", frame[name].iloc[begin : begin + 5400], 24


def _simulated(number: int, n: int = 180) -> pd.Series:
    """Return one of four kinds of monthly series."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(number)
    noise = rng.normal(size=n)
    month = np.arange(n)
    wave = np.sin(2 * np.pi * month / 12)
    persistent = np.zeros(n)
    for row in range(1, n):
        persistent[row] = 0.7 * persistent[row - 1] + noise[row]
    values = (
        np.cumsum(noise),
        persistent + 2 * wave,
        0.05 * month + 3 * wave + noise,
        np.cumsum(0.3 * noise) + noise[::-1] + 1.5 * np.tile(rng.normal(size=12), n // 12),
    )[number % 4]
    return pd.Series(50 + values, pd.date_range("2005-01-31", periods=n, freq="ME"))


def _errors_afterwards(result: Backtest) -> dict[str, float]:
    """Return the relative error in the second block of what each rule chooses in the first."""
    from forecast import Backtest

    origins = sorted(result.forecasts["origin"].unique())
    is_first = result.forecasts["origin"] < origins[len(origins) // 2]
    before = Backtest(result.forecasts[is_first], result.settings)
    after = Backtest(result.forecasts[~is_first], result.settings).scores()["mae"]
    chosen = {
        "smallest error": before.scores()["mae"].idxmin(),
        "choose": before.choose().model,
        "simplest that the test lets pass": _simplest_passing(before),
        "always theta": "theta",
        "the best afterwards": after.idxmin(),
    }
    return {rule: float(after[model] / after.mean()) for rule, model in chosen.items()}


def _simplest_passing(result: Any) -> str:
    """Return the simplest model that the test does not tell apart from the best."""
    scores = result.scores()["mae"]
    best = scores.idxmin()
    p_values = result.compare(reference=best).set_index("model")["p_value"]
    return next(name for name in scores.index if name == best or p_values[name] >= LEVEL)


if __name__ == "__main__":
    main()
