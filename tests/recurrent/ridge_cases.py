"""Ridge cases: samples of a table, and the same as regressors and values, one row each."""

import naive
import numpy as np
import pytest

from forecast.recurrent.architecture import Architecture
from forecast.recurrent.samples import Samples
from forecast.tables.windows import Slices

LOOKBACK, OUTPUTS = 6, 3
PLAIN = Architecture("lstm", 2, 1, LOOKBACK, 2, OUTPUTS, anchor=(1,))
KNOWING = Architecture(
    "lstm", 2, 1, LOOKBACK, 2, OUTPUTS, anchor=(2, 3), known_channels=(1,), calendar_columns=2
)
LOOSE = Architecture("lstm", 2, 1, LOOKBACK, 2, OUTPUTS)
ARCHITECTURES = pytest.mark.parametrize(
    "a", [PLAIN, KNOWING, LOOSE], ids=["plain", "knowing", "loose"]
)


def samples_of(a, n=40, seed=0, factor=1.0):
    """Return samples of a table whose target follows its own past and what is known ahead."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n + LOOKBACK + OUTPUTS, 2))
    for t in range(1, len(rows)):
        rows[t, 0] = 0.7 * factor * rows[t - 1, 0] + 0.8 * rows[t, 1] + 0.2 * rows[t, 0]
    rows = rows.astype(np.float32)
    starts = np.arange(n)
    ahead = None
    if a.columns_ahead:
        hours = rng.normal(size=(len(rows), a.calendar_columns)).astype(np.float32)
        ahead = Slices(np.concatenate([rows[:, 1:], hours], axis=1), starts + LOOKBACK, OUTPUTS)
    targets = Slices(rows[:, :1].copy(), starts + LOOKBACK, OUTPUTS)
    return Samples((Slices(rows, starts, LOOKBACK),), targets, ahead)


def table_of(a, samples, lookback=LOOKBACK):
    """Return regressors (outputs, samples, columns) and values (outputs, samples)."""
    windows, ahead, _ = samples.inputs()
    actual = samples.actual().astype(float)
    regressors, values = np.empty((OUTPUTS, len(samples), 0)).tolist(), []
    for h in range(OUTPUTS):
        rows, targets = [], []
        for i, window in enumerate(windows.astype(float)):
            row = window[-lookback:] - (window[-1] if a.anchor else 0)
            row = [*row.ravel(), 1.0]
            if ahead is not None:
                row += [*ahead[i, h], ahead[i, h, 0] - window[-1, 1]]
            base = [naive.seasonal_naive(window[:, 0], m, OUTPUTS)[h] for m in a.anchor]
            rows.append(row)
            targets.append(actual[i, h] - (np.mean(base) if base else 0))
        regressors[h] = rows
        values.append(targets)
    return np.array(regressors), np.array(values)
