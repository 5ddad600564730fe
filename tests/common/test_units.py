"""Units: Celsius or Fahrenheit, pieces or millions, forecasts are the same but for the unit.

``y → a·y + b`` makes ``a·forecast + b`` of every forecast and quantile, and ``X → c·X + d`` leaves
them as they are, for each series of a panel apart.
"""

import numpy as np
import pytest
from cases import CASES, ROWS, for_cases, fresh, panel, table, without
from numpy.testing import assert_allclose

QUANTILES = [0.1, 0.5, 0.9]
CLOSE = 1e-3  # in deviations of y: networks compute with seven digits

# Not invariant to b, because zero has a meaning.
NO_SHIFT = {
    "PretrainedForecaster": "the network sees where zero is, and may read logarithms",
    "PretrainedForecaster-columns": "the network sees where zero is, and may read logarithms",
    "ETSForecaster": "its forms may be multiplicative: errors and seasons are shares of the level",
    "ETSForecaster-multiplicative": "errors and seasons are shares of the level",
    "ThetaForecaster": "the season multiplies where all values are above 0: it is a share",
    "Naive2Forecaster": "the season multiplies where all values are above 0: it is a share",
    "GARCHForecaster": "y is a variance: forecasts are multiples of its mean",
    "CrostonForecaster-sba": "y is a demand: 0 is none",
    "CrostonForecaster-tsb": "y is a demand: 0 is none",
    "TransformedTargetForecaster-log": "a logarithm is of shares of the level",
    "TransformedTargetForecaster-yeo-johnson": "its powers are those of the distance from 0",
}
# Networks compile for seconds: one of them stands for all.
WITHOUT_NETWORKS = [name for name in CASES if "LSTM" not in name and "pipeline" not in name]
TRIED = [*WITHOUT_NETWORKS, "LSTMForecaster-gru"]


def answers(name, X, y):
    """Return forecasts, quantiles and hindcasts of a forecaster that learns this table."""
    model = fresh(name).fit(X[:ROWS], y[:ROWS])
    ahead = X[ROWS : ROWS + 4]
    point = model.predict(ahead)
    quantiles = model.predict_quantiles(ahead, QUANTILES)
    past = model.hindcast(X, y, [ROWS - 8, ROWS + 4], 3, QUANTILES)
    return np.concatenate([point, quantiles.ravel(), past.ravel()])


@pytest.fixture(scope="module")
def expected(name):
    """Return the answers for the table as it is."""
    return answers(name, *table(CASES[name].columns))


@for_cases(TRIED)
@pytest.mark.parametrize(("a", "c"), [(1e-12, 1e12), (1e12, 1e-12)])
def test_factors_of_y_and_of_columns_do_not_matter(name, expected, a, c):
    X, y = table(CASES[name].columns)
    found = answers(name, c * X, a * y) / a
    assert_allclose(found, expected, rtol=0, atol=CLOSE * y.std())


@for_cases([name for name in TRIED if name not in NO_SHIFT])
def test_zeros_of_y_and_of_columns_do_not_matter(name, expected):
    X, y = table(CASES[name].columns)
    a, b, c, d = 1e6, -3e9, 1e-3, 2.0
    found = (answers(name, c * X + d, a * y + b) - b) / a
    assert_allclose(found, expected, rtol=0, atol=CLOSE * y.std())


@for_cases(["WindowForecaster-Ridge-columns", "ARIMAForecaster-css"])
def test_small_steps_on_a_large_level_are_learned(name):
    """Whole numbers of 2⁻¹⁸ on 2³⁰ are exact, and their deviation is 1e-13 of the level."""
    X, y = table(CASES[name].columns)
    steps = np.round(y / y.std() * 32) * 2.0**-18
    expected = answers(name, X, steps)
    found = answers(name, X, steps + 2.0**30) - 2.0**30
    # The level leaves some twenty thousandths of a deviation of room.
    assert_allclose(found, expected, rtol=0, atol=0.02 * steps.std())


@for_cases(without("ETSForecaster", TRIED))  # slow, and one of its forms stands for all
def test_each_series_of_a_panel_has_a_unit_of_its_own(name):
    X, y, train = panel(CASES[name].columns)
    factor = y.index.get_level_values(0).map({"a": 1e-12, "b": 1.0, "c": 1e12}).to_numpy()

    def in_units(a, c):
        model = fresh(name).fit(c * X[train], a[train] * y[train])
        quantiles = model.predict_quantiles(c * X[~train], QUANTILES)
        return quantiles / a[~train, None]

    expected = in_units(np.ones(len(y)), 1.0)
    assert_allclose(in_units(factor, 1e6), expected, rtol=0, atol=CLOSE * y.std())
