"""Series that break assumptions: a finite answer, or a sentence that refuses them.

Warnings are errors here, those of other libraries too.
"""

import numpy as np
import pandas as pd
import pytest
from cases import CASES, ROWS, for_cases, fresh, panel, table, without
from numpy.testing import assert_allclose

from forecast.exceptions import InputError

RNG = np.random.default_rng(0)
CONSTANTS = {"constant": 12.5, "zero": 0.0, "tiny": 7e-6, "tiny negative": -7e-6, "huge": 1e15}
SERIES = {
    "nearly constant": 12.5 * (1 + 1e-13 * RNG.normal(size=ROWS)),
    "alternating": np.tile([1.0, -1.0], ROWS // 2),
    "line": np.arange(1.0, ROWS + 1),
    "spike": np.where(np.arange(ROWS) == 20, 5.0, 0.0),
    "trailing zeros": np.append(RNG.poisson(3, 30), np.zeros(50)),
    "intermittent": np.where(RNG.random(ROWS) < 0.3, RNG.poisson(4, ROWS), 0.0),
    "integers": RNG.integers(1, 9, ROWS),
    "float32": RNG.normal(5, 1, ROWS).astype(np.float32),
}
# What needs positive values refuses others in a sentence; all else has to answer.
REFUSED = {
    "ETSForecaster-multiplicative": lambda y: y.min() <= 0,
    "GARCHForecaster": lambda y: y.min() < 0 or not y.any(),
    "CrostonForecaster-sba": lambda y: y.min() < 0,
    "CrostonForecaster-tsb": lambda y: y.min() < 0,
    "TransformedTargetForecaster-log": lambda y: y.min() <= 0,
    "TransformedTargetForecaster-yeo-johnson": lambda y: y.min() < 0,  # its lower bound is 0
}
# Networks compile for seconds: one of them stands for all, with tables of one length.
WITHOUT_NETWORKS = [name for name in CASES if "LSTM" not in name and "pipeline" not in name]
TRIED = [*WITHOUT_NETWORKS, "LSTMForecaster-lstm"]


def columns(name, index):
    """Return what a case sees beside the series."""
    return table(CASES[name].columns, index=index)[0]


def check_answers(model, X):
    """Assert that forecasts and quantiles are finite, and quantiles in order."""
    assert np.isfinite(model.predict(X)).all()
    quantiles = model.predict_quantiles(X, [0.2, 0.5, 0.8])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=1) >= 0).all()


@for_cases(TRIED)
@pytest.mark.parametrize("kind", SERIES)
def test_degenerate_series_have_a_finite_answer(name, kind):
    if kind == "trailing zeros" and name not in WITHOUT_NETWORKS:
        pytest.skip("a table of another length")
    y = SERIES[kind]
    n = len(y)
    X = columns(name, pd.RangeIndex(n + 3))
    if name in REFUSED and REFUSED[name](y):
        with pytest.raises(
            InputError,
            match=r"needs positive values|below 0|needs values above 0|below the lower bound",
        ):
            fresh(name).fit(X[:n], pd.Series(y))
        return
    model = fresh(name).fit(X[:n], pd.Series(y))
    check_answers(model, X[n:])


@for_cases([name for name in TRIED if name not in REFUSED])
@pytest.mark.parametrize("value", CONSTANTS.values(), ids=CONSTANTS)
def test_a_constant_is_forecast_as_itself(name, value):
    X = columns(name, pd.RangeIndex(ROWS + 3))
    model = fresh(name).fit(X[:ROWS], pd.Series(np.full(ROWS, value)))
    quantiles = model.predict_quantiles(X[ROWS:], [0.05, 0.5, 0.95])
    assert_allclose(quantiles, value, rtol=1e-9, atol=1e-100)


@for_cases(without("ETSForecaster", WITHOUT_NETWORKS))  # slow, and one of its forms stands for all
def test_a_constant_series_in_a_panel_is_forecast_as_itself(name):
    X, y, train = panel(CASES[name].columns)
    is_constant = y.index.get_level_values(0) == "b"
    y = y.where(~is_constant, 7e-6)
    model = fresh(name).fit(X[train], y[train])
    check_answers(model, X[~train])
    if name != "GARCHForecaster":  # multiples of a variance that follows the returns
        quantiles = model.predict_quantiles(X[~train], [0.05, 0.95])
        assert_allclose(quantiles[is_constant[~train]], 7e-6, rtol=1e-6)


@for_cases(WITHOUT_NETWORKS)
@pytest.mark.filterwarnings("ignore::forecast.exceptions.NotConverged")  # it is one of ours
def test_the_shortest_series_has_an_answer_and_one_row_less_a_sentence(name):
    X, y = table(CASES[name].columns, index=pd.RangeIndex(1, ROWS + 9))
    needed, _ = fresh(name)._needs()
    model = fresh(name).fit(X[:needed], y[:needed])
    check_answers(model, X[needed : needed + 2])
    if needed > 2:
        with pytest.raises(InputError, match=rf"has {needed - 1} rows?; .* at least {needed}"):
            fresh(name).fit(X[: needed - 1], y[: needed - 1])


@for_cases(TRIED)
def test_a_series_of_a_panel_without_a_value_is_refused_by_name(name):
    X, y, train = panel(CASES[name].columns)
    y = y.where(y.index.get_level_values(0) != "b")
    with pytest.raises(InputError, match=r"series 'b'|\('b', "):
        fresh(name).fit(X[train], y[train])


@for_cases(without("TransformedTargetForecaster-log", TRIED))  # zeros have no logarithm
def test_zeros_after_the_training_part_have_an_answer(name):
    X, y = table(CASES[name].columns)
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    later = y.copy()
    later.iloc[ROWS + 2 : ROWS + 6] = 0.0
    answer = model.hindcast(X, later, [ROWS + 3, ROWS + 8], 3, [0.1, 0.9])
    assert np.isfinite(answer).all()
    model.update(X[ROWS : ROWS + 4], later[ROWS : ROWS + 4])
    check_answers(model, X[ROWS + 4 : ROWS + 7])
