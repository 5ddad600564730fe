"""The forecasters that are held to the contract (tests/common), and the tables that they get.

A case is a forecaster and the columns of X that it gets: "seen" is observed like y, "known" is
known ahead. The windowed forecasters learn two steps and are asked for three: what holds, holds
beyond the trained horizon too.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from forecast import (
    ARIMAForecaster,
    AutoARIMAForecaster,
    ConformalForecaster,
    CrostonForecaster,
    EnsembleForecaster,
    ETSForecaster,
    FallbackForecaster,
    Forecaster,
    GARCHForecaster,
    HARForecaster,
    LSTMForecaster,
    LSTMRegressor,
    Naive2Forecaster,
    NaiveForecaster,
    PerSeriesForecaster,
    PretrainedForecaster,
    SlidingWindow,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
)

ROWS = 32  # of training
HORIZON = 3  # of forecasts; the windowed forecasters learn 2
NETWORK = {"units": 3, "epochs": 2, "random_state": 0}
WINDOW = {"lookback": 4, "horizon": 2}


class Case(NamedTuple):
    """A forecaster, the columns that it gets, and values of its parameters to search."""

    forecaster: Forecaster
    columns: list[str]
    grid: dict


CASES = {
    "NaiveForecaster-seasonal": Case(
        NaiveForecaster(season_length=3), [], {"season_length": [1, 3]}
    ),
    "NaiveForecaster-drift": Case(NaiveForecaster(drift=True), ["known"], {"drift": [False, True]}),
    "ARIMAForecaster": Case(ARIMAForecaster((1, 0, 0)), [], {"trend": ["n", "c"]}),
    "ARIMAForecaster-seasonal": Case(
        ARIMAForecaster((1, 0, 0), (0, 1, 0, 3)), ["known"], {"order": [(1, 0, 0), (0, 0, 1)]}
    ),
    "ARIMAForecaster-css": Case(
        ARIMAForecaster((1, 0, 1), (0, 1, 0, 3), method="css"),
        ["known"],
        {"method": ["css", "exact"]},
    ),
    "AutoARIMAForecaster": Case(
        AutoARIMAForecaster(3, max_order=(1, 1, 1)),
        ["known"],
        {"max_seasonal_order": [(0, 0, 0), (1, 1, 1)]},
    ),
    "ETSForecaster": Case(ETSForecaster(3), [], {"form": [None, "AAdA"]}),
    "ETSForecaster-multiplicative": Case(
        ETSForecaster(3, form="MAdM"), [], {"form": ["MNM", "MAM"]}
    ),
    "ThetaForecaster": Case(ThetaForecaster(3), [], {"theta": [1.0, 2.0]}),
    "Naive2Forecaster": Case(Naive2Forecaster(3), [], {"season_length": [1, 3]}),
    "CrostonForecaster-sba": Case(CrostonForecaster(), [], {"variant": ["sba", "croston"]}),
    "CrostonForecaster-tsb": Case(CrostonForecaster("tsb", alpha=0.3), [], {"alpha": [0.3, None]}),
    "WindowForecaster-Ridge": Case(WindowForecaster(Ridge(), **WINDOW), [], {"lookback": [3, 4]}),
    "WindowForecaster-Ridge-columns": Case(
        WindowForecaster(Ridge(), **WINDOW, past_features=["seen"]),
        ["seen", "known"],
        {"regressor__alpha": [0.1, 1.0]},
    ),
    "WindowForecaster-SVR": Case(
        WindowForecaster(SVR(), **WINDOW), ["known"], {"regressor": [SVR(C=0.5), Ridge()]}
    ),
    "WindowForecaster-LSTMRegressor": Case(
        WindowForecaster(LSTMRegressor(**NETWORK), **WINDOW, past_features=["seen"]),
        ["seen"],
        {"regressor__cell": ["gru", "simple"]},
    ),
    "WindowForecaster-pipeline": Case(
        WindowForecaster(
            make_pipeline(StandardScaler(), SlidingWindow(4), LSTMRegressor(**NETWORK)), **WINDOW
        ),
        [],
        {"regressor__lstmregressor__learning_rate": [0.001, 0.01]},
    ),
    "HARForecaster": Case(HARForecaster((4,), 2), [], {"spans": [(4,), (1, 2)]}),
    "GARCHForecaster": Case(GARCHForecaster(), ["seen"], {"returns": [0, -1]}),
    "EnsembleForecaster": Case(
        EnsembleForecaster(
            [NaiveForecaster(3), ARIMAForecaster((1, 0, 0)), ETSForecaster(1, "ANN")]
        ),
        ["known"],
        {"combine": ["mean", "median"]},
    ),
    "FallbackForecaster": Case(
        # The second of the panel's series is too short for the first one.
        FallbackForecaster([WindowForecaster(Ridge(), 4, 22), NaiveForecaster(3)]),
        [],
        {"forecasters": [[NaiveForecaster(3)], [ARIMAForecaster((1, 0, 0))]]},
    ),
    "PerSeriesForecaster": Case(
        PerSeriesForecaster(
            {"ridge": WindowForecaster(Ridge(), **WINDOW), "naive": NaiveForecaster(3)}
        ),
        [],
        {"choices": [{}, None]},
    ),
    "ConformalForecaster-adaptive": Case(
        ConformalForecaster(
            WindowForecaster(Ridge(), **WINDOW, past_features=["seen"]), 12, "adaptive", 0.6, 0.2
        ),
        ["seen", "known"],
        {"forecaster__lookback": [3, 4]},
    ),
    "ConformalForecaster-refit": Case(
        ConformalForecaster(
            WindowForecaster(Ridge(), **WINDOW), 12, "adaptive", 0.6, refit=True, fewest_errors=1
        ),
        [],
        {"refit": [True, False]},
    ),
    "TransformedTargetForecaster-log": Case(
        TransformedTargetForecaster(ARIMAForecaster((1, 0, 0)), "log"),
        [],
        {"transformer": ["log", "box-cox", None]},
    ),
    "TransformedTargetForecaster-yeo-johnson": Case(
        TransformedTargetForecaster(
            WindowForecaster(Ridge(), **WINDOW, past_features=["seen"]), "yeo-johnson", lower=0
        ),
        ["seen", "known"],
        {"forecaster__lookback": [3, 4], "lower": [None, 0]},
    ),
    "PretrainedForecaster": Case(PretrainedForecaster(3), [], {"season_lengths": [1, 3]}),
    "PretrainedForecaster-columns": Case(
        PretrainedForecaster(3), ["known"], {"season_lengths": [1, [3, 6]]}
    ),
    "LSTMForecaster-lstm": Case(
        LSTMForecaster(**WINDOW, **NETWORK), [], {"learning_rate": [0.001, 0.01]}
    ),
    "LSTMForecaster-gru": Case(
        LSTMForecaster(**WINDOW, **NETWORK, cell="gru", patience=1),
        ["known"],
        {"cell": ["gru", "simple"]},
    ),
    "LSTMForecaster-options": Case(
        LSTMForecaster(
            **WINDOW,
            **NETWORK,
            past_features=["seen"],
            anchor=[1, 3],
            bidirectional=True,
            ensemble=2,
            loss="quantile",
        ),
        ["seen", "known"],
        {"anchor": [None, 3]},
    ),
}

# One of each kind: for what the base class and the intake of tables do for all forecasters alike.
REPRESENTATIVES = [
    "NaiveForecaster-seasonal",
    "ARIMAForecaster-css",
    "WindowForecaster-Ridge-columns",
    "ConformalForecaster-adaptive",
    "LSTMForecaster-lstm",
]
WITHOUT_COLUMNS = [name for name, case in CASES.items() if not case.columns]
WITH_COLUMNS = [name for name, case in CASES.items() if case.columns]
WINDOWED = [
    *(name for name in CASES if name.startswith(("Window", "LSTM", "HAR"))),
    "TransformedTargetForecaster-yeo-johnson",  # of a windowed one
    "FallbackForecaster",
    "PerSeriesForecaster",
]
COMPOSITE = [name for name in CASES if name.startswith(("Ensemble", "Conformal"))]
PRETRAINED = [name for name in CASES if name.startswith("Pretrained")]
NO_PROCESS = [*WINDOWED, *PRETRAINED, "EnsembleForecaster"]
PROCESSES = [name for name in CASES if name not in (*NO_PROCESS, *COMPOSITE, "GARCHForecaster")]
NETWORKS = [name for name in CASES if name.startswith("LSTM")]
# Each series and each target has parameters of its own.
LOCAL = [name for name in CASES if name.startswith(("Naive", "ARIMA"))]
# The others take y of both signs.
ANY_SIGN = [
    name
    for name in CASES
    if name
    not in (
        "ETSForecaster-multiplicative",
        "GARCHForecaster",
        "CrostonForecaster-sba",
        "CrostonForecaster-tsb",
        "TransformedTargetForecaster-log",
        "TransformedTargetForecaster-yeo-johnson",
    )
]
TAKE_GAPS = [
    *PRETRAINED,
    "ARIMAForecaster",
    "ARIMAForecaster-seasonal",
    "TransformedTargetForecaster-log",
]
NOT_READING = "NaiveForecaster-drift"  # takes columns of X and ignores them


def without(name, names=CASES):
    """Return all cases but one."""
    return [each for each in names if each != name]


def for_cases(names):
    """Run a test for some of the cases only, still case by case, as the fixture `name` does."""
    return pytest.mark.parametrize("name", names, indirect=True)


def hours(n):
    """Return so many hours, one after the other."""
    return pd.date_range("2024-03-01", periods=n, freq="h", tz="UTC")


def table(columns, n=ROWS + 12, index=None, seed=0):
    """Return X and y: an autocorrelated, seasonal series that follows both columns."""
    rng = np.random.default_rng(seed)
    index = hours(n) if index is None else index
    X = pd.DataFrame(
        {"seen": rng.normal(3, 2, len(index)), "known": rng.normal(-1, 1, len(index))}, index
    )
    walk = np.cumsum(rng.normal(0, 0.5, len(index)))
    season = 2 * np.sin(2 * np.pi * np.arange(len(index)) / 3)
    y = pd.Series(
        30 + walk - 0.8 * walk.mean() + season + X["known"] + 0.3 * X["seen"], index, name="temp"
    )
    return X[columns], y


def panel(columns, lengths=(30, 24, 27), future=4):
    """Return X and y of three series, hour by hour, and which rows belong to the training part."""
    parts = [table(columns, n + future, seed=s) for s, n in enumerate(lengths)]
    keys = ["a", "b", "c"]
    X = pd.concat([X for X, _ in parts], keys=keys, names=["series", "timestamp"])
    y = pd.concat([y for _, y in parts], keys=keys, names=["series", "timestamp"])
    train = np.concatenate([np.arange(n + future) < n for n in lengths])
    order = np.argsort(X.index.get_level_values(1), kind="stable")
    return X.iloc[order], y.iloc[order], train[order]


def fresh(name):
    """Return the forecaster of a case, not fitted."""
    return clone(CASES[name].forecaster)


@cache
def fitted(name):
    """Return the forecaster of a case after it has learned the table; nobody may change it."""
    X, y = table(CASES[name].columns)
    return fresh(name).fit(X[:ROWS], y[:ROWS])


@cache
def fitted_panel(name):
    """Return the forecaster of a case after it has learned the panel; nobody may change it."""
    X, y, train = panel(CASES[name].columns)
    return fresh(name).fit(X[train], y[train])


def near(actual, desired):
    """Assert equality up to the rounding of a network, which may follow the batch's shape."""
    assert_allclose(actual, desired, rtol=1e-6, atol=1e-6)
