"""Normal equations of samples: ridge regression and its error in closed form."""

from dataclasses import fields

import naive
import numpy as np
import pytest
from numpy.testing import assert_allclose
from recurrent.ridge_cases import ARCHITECTURES, LOOKBACK, OUTPUTS, samples_of, table_of

from forecast.recurrent import samples as samples_module
from forecast.recurrent.normal_equations import NormalEquations


@ARCHITECTURES
@pytest.mark.parametrize("lookback", [LOOKBACK, LOOKBACK // 2])
@pytest.mark.parametrize("penalty", [0.01, 3.0])
def test_the_solution_is_that_of_ridge_regression(a, lookback, penalty):
    samples = samples_of(a)
    equations = NormalEquations.of(a, samples)
    inputs = LOOKBACK * 2 + 1
    read = np.arange(inputs - 1 - lookback * 2, inputs)
    kernel, known = equations.solve(penalty, read)
    tables, values = table_of(a, samples, lookback)
    window = 2 * lookback
    scale = penalty * (tables[0][:, :window] ** 2).sum() / window
    for h in range(OUTPUTS):
        drawn = np.full(tables.shape[2], scale)
        expected = naive.ridge(tables[h], values[h], drawn)
        assert_allclose(kernel[read, h], expected[: window + 1], rtol=1e-5, atol=1e-6)
        assert_allclose(known[h], expected[window + 1 :], rtol=1e-5, atol=1e-6)
    assert_allclose(np.delete(kernel, read, axis=0), 0)


@ARCHITECTURES
def test_the_loss_is_the_mean_squared_error_on_other_samples(a):
    rows = np.arange(LOOKBACK * 2 + 1)
    solution, other = (
        NormalEquations.of(a, samples_of(a)).solve(0.1, rows),
        samples_of(a, 30, seed=1),
    )
    tables, values = table_of(a, other)
    error = values - np.einsum(
        "hsi,hi->hs", tables, np.concatenate([solution[0].T, solution[1]], axis=1)
    )
    assert_allclose(NormalEquations.of(a, other).loss(*solution), np.mean(error**2), rtol=1e-5)


@ARCHITECTURES
def test_blocks_and_sums_of_parts_make_the_same_moments(a, monkeypatch):
    samples = samples_of(a)
    whole = NormalEquations.of(a, samples)
    monkeypatch.setattr(samples_module, "_BLOCK", 500)
    assert len(list(samples.blocks())) > 3
    for equations in (
        NormalEquations.of(a, samples),
        sum_of(a, samples.keep(slice(0, 7)), samples.keep(slice(7, None))),
    ):
        for field in fields(NormalEquations):
            one, other = getattr(equations, field.name), getattr(whole, field.name)
            assert_allclose(one, other, rtol=1e-6, atol=1e-6)


def sum_of(a, *parts):
    first, *others = (NormalEquations.of(a, part) for part in parts)
    return sum(others, first)
