"""scikit-learn's transformers: which of them may transform a target, and where."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
)

from forecast.forecasters.transformers import learn_transformer


def positive(n=48, seed=0):
    """Return values above 0 of which each is another."""
    return np.exp(np.random.default_rng(seed).normal(size=n))


@pytest.mark.parametrize("transformer", [MinMaxScaler(), PowerTransformer(), QuantileTransformer()])
def test_a_transformer_is_fitted_to_the_values_that_are_known(transformer):
    y = positive()
    y[3] = np.nan
    learned = learn_transformer(transformer, y)
    assert_allclose(learned.backward(learned.forward(y)), y, rtol=1e-6)
    assert not hasattr(transformer, "n_features_in_")


def test_a_transformer_that_decreases_is_turned():
    y = positive()
    learned = learn_transformer(FunctionTransformer(np.reciprocal, np.reciprocal), y)
    assert_allclose(learned.forward(y), -1 / y)
    assert_allclose(learned.backward(-1 / y), y)
    with pytest.raises(ValueError, match="does not increase over all forecasts"):
        learned.backward(np.array([-0.1, 0.1]))


def test_values_that_a_transformer_cuts_off_become_nan():
    y = positive()
    learned = learn_transformer(QuantileTransformer(), y)
    beyond = np.array([y.min() / 2, y[3], y.max() * 2])
    assert_array_equal(np.isnan(learned.forward(beyond)), [True, False, True])


def test_one_value_that_a_transformer_refuses_spoils_no_other():
    y = positive()
    learned = learn_transformer(PowerTransformer("box-cox"), y)
    image = learned.forward(np.array([y[0], -1.0]))
    assert_allclose(image, [learned.forward(y)[0], np.nan])


def test_an_inverse_without_a_value_is_refused():
    y = positive()
    learned = learn_transformer(FunctionTransformer(np.square, np.sqrt), y)
    with pytest.raises(ValueError, match="does not increase over all forecasts"):
        learned.backward(np.array([4.0, -4.0]))


def test_what_is_not_monotone_or_refuses_the_values_is_refused():
    with pytest.raises(ValueError, match=r"KBinsDiscretizer.* is not monotone"):
        learn_transformer(KBinsDiscretizer(encode="ordinal"), positive())
    with pytest.raises(ValueError, match=r"does not take these values of y .*strictly positive"):
        learn_transformer(PowerTransformer("box-cox"), positive() - 2)
