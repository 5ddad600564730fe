"""Causal: no forecast reads what its origin could not know."""

import numpy as np
import pytest
from cases import HORIZON, NOT_READING, ROWS, WITH_COLUMNS, for_cases, near, without


def overwritten(X, y, origin, horizon, value):
    X, y = X.copy(), y.copy()
    y.iloc[origin + 1 :] = value
    if "seen" in X:
        X.iloc[origin + 1 :, X.columns.get_loc("seen")] = value
    if "known" in X:
        X.iloc[origin + horizon + 1 :, X.columns.get_loc("known")] = value
    return X, y


@pytest.mark.parametrize("value", [777.0, np.nan])
@pytest.mark.parametrize("origin", [20, ROWS + 2])
def test_hindcast_does_not_read_what_follows_the_origin(model, X, y, origin, value):
    before = model.hindcast(X, y, [origin], HORIZON, quantiles=[0.1, 0.7])
    after = model.hindcast(
        *overwritten(X, y, origin, HORIZON, value), [origin], HORIZON, quantiles=[0.1, 0.7]
    )
    assert np.isfinite(before).all()
    near(after, before)


@for_cases(without("GARCHForecaster"))  # it finds no clusters in this noise
def test_hindcast_of_an_earlier_origin_does_not_read_what_a_later_one_does(model, X, y):
    origins = [34, 20, 27]
    before = model.hindcast(X, y, origins, HORIZON)
    after = model.hindcast(*overwritten(X, y, 20, HORIZON, 777.0), origins, HORIZON)
    near(after[1], before[1])
    assert (np.abs(after[[0, 2]] - before[[0, 2]]) > 1e-3).any(axis=1).all()  # these do read it


def test_every_origin_is_answered_as_if_it_were_alone(model, X, y):
    origins = np.arange(8, 40)
    together = model.hindcast(X, y, origins, HORIZON)
    near(np.concatenate([model.hindcast(X, y, [origin], HORIZON) for origin in origins]), together)
    near(model.hindcast(X, y, origins[::-1], HORIZON), together[::-1])
    near(model.hindcast(X, y, [20, 20], HORIZON), together[[12, 12]])


@for_cases([n for n in WITH_COLUMNS if n not in (NOT_READING, "GARCHForecaster")])
def test_columns_are_read_where_they_may_be(model, X, y):
    before = model.hindcast(X, y, [20], HORIZON)
    if "known" in X:
        changed = X.copy()
        changed.iloc[21, changed.columns.get_loc("known")] += 3.0
        assert abs(model.hindcast(changed, y, [20], HORIZON)[0, 0] - before[0, 0]) > 1e-4
    if "seen" in X:
        changed = X.copy()
        changed.iloc[20, changed.columns.get_loc("seen")] += 3.0
        assert abs(model.hindcast(changed, y, [20], HORIZON)[0, 0] - before[0, 0]) > 1e-4
