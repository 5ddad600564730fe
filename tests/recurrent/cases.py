"""Tables, small networks and fitted models that the tests of this room share."""

import sys
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from forecast import LSTMRegressor, SlidingWindow, lead
from forecast.recurrent.architecture import Architecture, initial_weights
from forecast.recurrent.samples import Samples
from forecast.tables.windows import Slices

CELLS = ("lstm", "gru", "simple")
TINY = {"units": 3, "epochs": 2, "random_state": 0}
NETWORK = Architecture("lstm", units=3, layers=1, timesteps=4, channels=1, outputs=2)
SMALL = Architecture("lstm", 2, 1, timesteps=6, channels=2, outputs=3, patch=2)
VARIATIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "stacked": {"layers": 2},
    "anchored": {"anchor": (2, 3)},
    "known ahead": {"known_channels": (1,), "calendar_columns": 2, "anchor": (1,)},
    "bidirectional": {"layers": 2, "bidirectional": True},
    "embedding": {"series": 2, "embedding": 3, "calendar_columns": 1},
    "quantiles": {"quantiles": (0.1, 0.25, 0.5, 0.75, 0.9)},
    "single steps": {"patch": 1, "units": 3},
}


def wave(n=120, period=11.3, noise=0.1, seed=0):
    rng = np.random.default_rng(seed)
    return np.sin(2 * np.pi * np.arange(n) / period) + noise * rng.normal(size=n)


def windows_and_targets(n=60, lookback=4, horizon=2):
    """Return complete windows, each with its own memory, and their targets."""
    y = wave(n)
    whole = slice(lookback - 1, n - horizon)
    windows = SlidingWindow(lookback).fit_transform(y[:, None])[whole]
    return windows.copy(), lead(y, horizon)[whole].copy()


def hourly(n=120, seed=0, start="2024-01-05"):
    """Return columns known and seen, and a series that follows the hour and both of them."""
    index = pd.date_range(start, periods=n, freq="h")
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"known": rng.normal(size=n), "seen": rng.normal(size=n)}, index)
    y = 20 + 3 * np.sin(2 * np.pi * index.hour / 24) + X["known"] + np.roll(X["seen"], 1)
    return X, y.rename("temp")


def panel(n=60, keys=("a", "b", "c")):
    """Return such tables of several series, one above the other."""
    tables = [hourly(n, seed) for seed in range(len(keys))]
    return tuple(pd.concat(parts, keys=keys) for parts in zip(*tables, strict=True))


def wave_samples(n=60, lookback=4, horizon=2):
    """Return the samples of a wave, for `NETWORK`."""
    table = wave(n).astype(np.float32)[:, None]
    starts = np.arange(n - lookback - horizon + 1)
    return Samples((Slices(table, starts, lookback),), Slices(table, starts + lookback, horizon))


def random_weights(architecture, rng, kind=np.float32):
    shapes = architecture.shapes
    return {name: rng.normal(0, 0.6, shape).astype(kind) for name, shape in shapes.items()}


class Inputs(NamedTuple):
    """What `forward` takes."""

    windows: np.ndarray
    ahead: np.ndarray | None
    series: np.ndarray


def random_inputs(architecture, rng, samples=4, kind=np.float64):
    a = architecture
    windows = rng.normal(1, 2, (samples, a.timesteps, a.channels)).astype(kind)
    ahead = rng.normal(size=(samples, a.outputs, a.columns_ahead)).astype(kind)
    series = np.arange(samples) % max(1, a.series)
    return Inputs(windows, ahead if a.columns_ahead else None, series)


class Call(NamedTuple):
    """What an estimator has handed to `train`."""

    architecture: Architecture
    samples: Samples
    loss: str
    dropout: float
    schedule: Any
    seed: int
    validate: Any
    places: np.ndarray | None

    @property
    def settings(self):
        """All that says how to learn."""
        return self.architecture, self.loss, self.dropout, self.schedule, self.seed

    @property
    def learned(self):
        """The samples that are learned from."""
        return self.samples if self.places is None else self.samples.keep(self.places)


def untrained(monkeypatch, losses=(1.0,), complete=True):
    """Let fits leave the training out, and with it TensorFlow; return the calls they make.

    Networks keep the weights they begin with, are believed in all the same, and the history holds
    these validation losses.
    """
    calls = []

    def train_windows(
        architecture, samples, loss, dropout, schedule, seed, validate=None, places=None
    ):
        calls.append(Call(architecture, samples, loss, dropout, schedule, seed, validate, places))
        generators = [np.random.default_rng([seed, m]) for m in range(architecture.members)]
        members = [initial_weights(architecture, generator) for generator in generators]
        validation = {} if validate is None else {"validation": validate(members)}
        history = [{"loss": 1.0, "validation_loss": loss, **validation} for loss in losses]
        return members, history, complete

    name = "forecast.recurrent.network"
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(train_windows=train_windows))
    monkeypatch.setattr("forecast.recurrent.forecaster.departs", lambda *_: True)
    return calls


@cache
def fitted_regressor():
    """Return a regressor and what it has learned from."""
    X, y = windows_and_targets()
    return LSTMRegressor(**TINY).fit(X, y), X, y
