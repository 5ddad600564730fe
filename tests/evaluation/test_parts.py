"""A part follows from its task alone, and says why it has no forecasts."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import NaiveForecaster, RollingOrigin
from forecast.evaluation.parts import Task, make_part
from forecast.evaluation.source import Source
from forecast.exceptions import InputError

CV = RollingOrigin(horizon=2, origins=2)
SOURCE = Source.of(None, pd.Series([1.0, 2.0, 4.0, 7.0, 11.0, 16.0, 22.0]))
TASK = Task("m", NaiveForecaster(), SOURCE, CV.cuts(7), CV, 2, np.array([0.5]))


class Raising(NaiveForecaster):
    """A forecaster that raises what it got."""

    def __init__(self, error=None):
        super().__init__()
        self.error = error

    def _learn(self, panel):
        raise self.error


def test_a_part_holds_the_forecasts_of_its_origins():
    table = make_part(TASK).table
    assert table["origin"].tolist() == [2, 2, 4, 4]
    assert table["step"].tolist() == [1, 2, 1, 2]
    assert_allclose(table["actual"], [7.0, 11.0, 16.0, 22.0])
    assert_allclose(table["forecast"], [4.0, 4.0, 11.0, 11.0])
    assert_allclose(table["q0.5"], table["forecast"])


def test_the_same_task_elsewhere_gives_the_same_part():
    there = make_part(pickle.loads(pickle.dumps(TASK)))
    pd.testing.assert_frame_equal(there.table, make_part(TASK).table, check_exact=True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (InputError("no", "Do.", "--do"), InputError("m: no", "Do.", "--do")),
        (TypeError("no"), TypeError("m: no")),
        (MemoryError(), ValueError("m: MemoryError")),
        (np.linalg.LinAlgError("singular"), ValueError("m: singular")),
    ],
)
def test_what_fails_has_no_forecasts_and_says_why(error, expected):
    part = make_part(TASK._replace(forecaster=Raising(error)))
    assert type(part.told.error) is type(expected)
    assert part.told.error.args == expected.args
    assert part.table[["forecast", "q0.5"]].isna().all(axis=None)
    ours = make_part(TASK).table.drop(columns=["forecast", "q0.5"])
    pd.testing.assert_frame_equal(part.table[ours.columns], ours)
    # It crosses processes.
    assert pickle.loads(pickle.dumps(part)).told.error.args == expected.args


def test_a_block_without_a_series_that_has_begun_is_empty():
    y = pd.Series([1.0, 2.0], pd.MultiIndex.from_product([["late"], [5, 6]]))
    part = make_part(TASK._replace(source=Source.of(None, y), cuts=[(0, 0)]))
    assert part.told.error is None
    assert len(part.table) == 0
