"""What regressors take and answer, as scikit-learn's tags and parameters say."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, StackingRegressor
from sklearn.linear_model import GammaRegressor, LinearRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from forecast import LSTMRegressor, SlidingWindow
from forecast.forecasters.regressors import (
    check_regressor,
    needs_own_unit,
    parted_at_window,
    predicted,
    takes_several_outputs,
    takes_tensors,
)


@pytest.mark.parametrize(
    ("regressor", "several"),
    [
        (Ridge(), True),
        (SVR(), False),
        (MultiOutputRegressor(SVR()), True),
        (make_pipeline(StandardScaler(), SVR()), False),
        (TransformedTargetRegressor(), True),
        (TransformedTargetRegressor(SVR()), False),
        (make_pipeline(StandardScaler(), TransformedTargetRegressor(SVR())), False),
    ],
    ids=str,
)
def test_some_answer_several_outputs(regressor, several):
    assert takes_several_outputs(regressor) is several


@pytest.mark.parametrize(
    ("regressor", "own"),
    [
        (Ridge(), False),
        (GammaRegressor(), True),
        (HistGradientBoostingRegressor(loss="poisson"), True),
        (HistGradientBoostingRegressor(), False),
        (make_pipeline(StandardScaler(), TransformedTargetRegressor(SVR())), True),
        (MultiOutputRegressor(GammaRegressor()), True),
    ],
    ids=str,
)
def test_some_take_targets_as_they_are(regressor, own):
    assert needs_own_unit(regressor) is own


@pytest.mark.parametrize(
    ("regressor", "tensors"),
    [
        (None, False),
        (Ridge(), False),
        (LSTMRegressor(), True),
        (TransformedTargetRegressor(LSTMRegressor()), True),
        (make_pipeline(StandardScaler(), SlidingWindow(3), LSTMRegressor()), True),
    ],
    ids=str,
)
def test_some_take_tensors(regressor, tensors):
    assert takes_tensors(regressor) is tensors


def test_what_will_predict_is_a_regressor():
    check_regressor(StackingRegressor([("ridge", Ridge())]))
    for other in ("ridge", Ridge, StandardScaler()):
        with pytest.raises(TypeError, match="regressor must be a scikit-learn regressor, such as"):
            check_regressor(other)


def test_a_pipeline_is_parted_at_its_window():
    scaler, ridge = StandardScaler(), Ridge()
    before, behind = parted_at_window(make_pipeline(scaler, SlidingWindow(3), ridge), 3)
    assert before[0] is scaler
    assert behind is ridge
    assert parted_at_window(make_pipeline(SlidingWindow(3), ridge), 3) == (None, ridge)
    with pytest.raises(ValueError, match=r"lookback=4, but the pipeline has SlidingWindow\(3\)"):
        parted_at_window(make_pipeline(SlidingWindow(3), ridge), 4)


def test_incomplete_inputs_are_not_answered():
    regressor = LinearRegression().fit([[0.0], [1.0]], [[0.0, 1.0], [2.0, 3.0]])
    found = predicted(regressor, np.array([[2.0], [np.nan]]), 2)
    assert_array_equal(found.round(9), [[4.0, 5.0], [np.nan, np.nan]])
