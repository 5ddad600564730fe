"""A table cut in time: rows to learn from, origins, and the rows ahead of them, against loops."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from forecast import RollingOrigin, seasonal_scale
from forecast.evaluation.folds import Fold
from forecast.evaluation.source import Source


def long_table():
    """Return y of four series: all hours; the late one; the one that ends early; every other."""
    hours = pd.date_range("2024-01-01", periods=12, freq="h")
    spans = {"all": hours, "late": hours[9:], "early": hours[:4], "middle": hours[2:11]}
    index = pd.MultiIndex.from_tuples([(name, t) for name, own in spans.items() for t in own])
    y = pd.Series(np.random.default_rng(0).normal(size=len(index)), index, name="y")
    return y.iloc[np.random.default_rng(1).permutation(len(y))].sort_index(level=1, kind="stable")


def fold_of(source, cv):
    return Fold.of(source, cv.cuts(len(source.moments)), cv)


@pytest.mark.parametrize("gap", [0, 1])
def test_rows_ahead_are_those_of_the_same_series_in_the_order_of_time(gap):
    y = long_table()
    source = Source.of(None, y)
    cv = RollingOrigin(horizon=2, origins=3, step=1, gap=gap)
    fold = fold_of(source, cv)
    moments = sorted(set(y.index.get_level_values(1)))
    cuts = cv.cuts(len(moments))
    begun = {s for s, t in y.index if t <= moments[cuts[0][1]]}
    expected = {
        (name, moments[origin], step): y.loc[name, moments[origin] + pd.Timedelta(hours=step)]
        for _, origin in cuts
        for name in begun
        for step in range(1 + gap, 3 + gap)
        if (name, moments[origin]) in y.index
        and (name, moments[origin] + pd.Timedelta(hours=step)) in y.index
    }
    origin, step = fold.scored
    found = {
        (
            source.names[source.series[fold.origins[o]]],
            source.moments[source.moment[fold.origins[o]]],
            h + 1,
        ): source.actual[fold.ahead[o, h], 0]
        for o, h in zip(origin, step, strict=True)
    }
    assert found == expected
    assert {name for name, _, _ in found} == {"all", "middle"}


def test_nothing_after_the_cutoff_is_learned_from():
    source = Source.of(None, long_table())
    fold = fold_of(source, RollingOrigin(horizon=2, origins=3))
    cutoff = RollingOrigin(horizon=2, origins=3).cuts(12)[0][1]
    assert_array_equal(np.sort(fold.training), np.flatnonzero(source.moment <= cutoff))


def test_scales_are_those_of_each_series_up_to_the_cutoff():
    y = long_table()
    scales = Source.of(None, y).scales(cutoff=8, season=2)
    cutoff = sorted(set(y.index.get_level_values(1)))[8]
    for name in ("all", "early", "middle"):
        own = y.loc[name].sort_index()
        assert_allclose(scales[name], seasonal_scale(own[own.index <= cutoff], 2))
    assert scales["late"] is None  # nothing of it is known


def test_a_constant_series_has_no_scale():
    assert Source.of(None, np.ones(9)).scales(cutoff=8, season=1) == {"y": None}


def test_labels_name_series_targets_or_both():
    assert Source.of(None, np.zeros(3)).labels() == ["y"]
    assert Source.of(None, np.zeros((3, 2))).labels() == ["0", "1"]
    both = pd.concat({"a": pd.DataFrame({"u": [1.0, 2.0], "v": [3.0, 4.0]})})
    assert Source.of(None, both).labels() == ["a/u", "a/v"]
    index = pd.MultiIndex.from_product([[1, "1"], range(3)])
    with pytest.raises(ValueError, match="two series are both called '1' as a text"):
        Source.of(None, pd.Series(np.zeros(6), index)).labels()


def test_the_same_data_have_the_same_hash():
    y = long_table()
    assert Source.of(None, y).digest() == Source.of(None, y.copy()).digest()
    assert Source.of(None, y).digest() != Source.of(None, y + 1).digest()
