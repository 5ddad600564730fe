"""Regressors in a basis of their own: the same space, whatever the units."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from forecast.forecasters.regression_basis import difference, orthogonal_basis
from forecast.forecasters.sarima import Orders


def columns(n=50):
    rng = np.random.default_rng(0)
    return np.column_stack([np.ones(n), rng.normal(3, 2, n), rng.uniform(-1, 0, n)])


def test_the_basis_is_orthogonal_and_spans_the_regressors():
    X = columns()
    basis = orthogonal_basis(X)
    assert_allclose(basis.columns.T @ basis.columns / 50, np.eye(3), atol=1e-12)
    assert_allclose(basis.columns, X @ basis.to_beta, atol=1e-12)
    assert_allclose(X, basis.columns @ basis.from_beta, atol=1e-12)


def test_the_basis_does_not_know_units():
    expected = orthogonal_basis(columns()).columns
    for factor, shift in [(1e-12, 0), (1e12, 0), (1e6, -3e7), (1, 1e4)]:
        X = columns() * [1, factor, 1] + [0, shift, 0]
        assert_allclose(orthogonal_basis(X).columns, expected, atol=1e-9)


def test_least_squares_by_the_basis_are_those_of_the_regressors():
    X = columns()
    y = np.sin(np.arange(50.0))
    basis = orthogonal_basis(X)
    beta = np.linalg.solve(X.T @ X, X.T @ y)
    assert_allclose(basis.to_beta @ (basis.columns.T @ y / 50), beta, atol=1e-12)
    assert_allclose(basis.residual(y), y - X @ beta, atol=1e-12)


def test_a_column_that_says_nothing_new_has_no_part():
    X = columns()
    more = np.column_stack([X[:, 0], 0.1 * X[:, 0], X[:, 1:], 2 * X[:, 1] - 7, 0 * X[:, 0]])
    basis = orthogonal_basis(more)
    assert_allclose(basis.columns, orthogonal_basis(X).columns, atol=1e-9)
    assert_array_equal(basis.to_beta.any(axis=1), [True, False, True, True, False, False])


def test_more_columns_than_rows_have_as_many_parts_as_rows():
    basis = orthogonal_basis(np.random.default_rng(0).normal(size=(3, 5)))
    assert basis.columns.shape == (3, 3)
    assert_array_equal(basis.to_beta.any(axis=1), [True, True, True, False, False])


def test_differences_are_those_of_numpy():
    X = columns()[:, 1:]
    y = np.cumsum(X[:, 0])
    found = difference(y, X, Orders((0, 1, 0), (0, 1, 0, 4), "n"))
    season = np.column_stack([y, X])
    expected = np.diff(season[4:] - season[:-4], axis=0)
    assert_allclose(found.y, expected[:, 0], atol=1e-12)
    assert_allclose(found.basis.columns @ found.basis.from_beta, expected[:, 1:], atol=1e-12)


def test_what_differences_leave_of_a_line_but_for_rounding_is_nothing():
    line = 0.1 * np.arange(50.0)[:, None] + 1 / 3
    found = difference(line[:, 0], line, Orders((0, 2, 0), (0, 0, 0, 0), "n"))
    assert found.columns.shape == (48, 1)
