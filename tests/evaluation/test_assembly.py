"""Parts that come in any order are one table, in memory and in a file."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from forecast import NaiveForecaster, RollingOrigin, ThetaForecaster, backtest
from forecast.evaluation import source
from forecast.evaluation.assembly import held_table, stored_table
from forecast.evaluation.kept import HeldParts
from forecast.evaluation.parts import make_part
from forecast.evaluation.plan import Plan, fits_of
from forecast.evaluation.source import Source

CV = RollingOrigin(horizon=3, origins=4, step=2)
TIMES = pd.date_range("2024-01-01", periods=30, freq="D")
MODELS = {"naive": NaiveForecaster(), "theta": ThetaForecaster(1)}


def table(n_targets):
    rng = np.random.default_rng(0)
    series = {name: pd.DataFrame(rng.normal(size=(30, n_targets)), TIMES) for name in "bac"}
    return pd.concat(series | {"late": series["a"][-3:]})


@pytest.mark.parametrize("n_targets", [1, 2])
@pytest.mark.parametrize("refit", ["never", 3, "always"])
def test_the_order_in_which_parts_come_does_not_matter(n_targets, refit, tmp_path, monkeypatch):
    y = table(n_targets)
    expected = backtest(MODELS, None, y, CV, refit).forecasts
    monkeypatch.setattr(source, "_ROWS_OF_A_BLOCK", 40)
    plan = Plan(MODELS, Source.of(None, y), fits_of(CV, 30, refit), CV, np.empty(0))
    assert len(plan.source.blocks) == 3
    keys = [key for model in MODELS for key in plan.keys(model)]
    parts = HeldParts()
    for number in np.random.default_rng(1).permutation(len(keys)):
        parts.keep(keys[number], make_part(plan.task(keys[number])))
    held, names = held_table(plan, list(MODELS), parts)
    assert_frame_equal(held, expected)
    stored, same_names = stored_table(plan, list(MODELS), parts, tmp_path / "a.parquet")
    assert_frame_equal(stored.read(), expected)
    assert names == same_names == set(expected["series"])
    assert not any("late" in name for name in names)
