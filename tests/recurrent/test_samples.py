"""Samples: slices of tables, gathered, parted and read in blocks."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.recurrent import samples as samples_module
from forecast.recurrent.samples import Samples, subsample
from forecast.tables.windows import Slices


def two_tables(n=12):
    """Return samples of windows in two parts, with everything that samples may have."""
    rng = np.random.default_rng(0)
    target, features = rng.normal(size=(n + 5, 1)), rng.normal(size=(n + 5, 2))
    starts = np.arange(n)
    return Samples(
        windows=(Slices(target, starts, 3), Slices(features, starts, 3)),
        targets=Slices(target, starts + 3, 2),
        ahead=Slices(features, starts + 3, 2),
        series=starts % 3,
        weights=starts + 0.5,
    )


def test_the_parts_of_a_window_stand_beside_one_another():
    samples = two_tables()
    windows, ahead, series = samples.inputs()
    target, features = samples.windows
    assert windows.shape == (12, 3, 3)
    assert_array_equal(windows[4, :, 0], target.rows[4:7, 0])
    assert_array_equal(windows[4, :, 1:], features.rows[4:7])
    assert_array_equal(ahead[4], features.rows[7:9])
    assert series[4] == 1
    assert_array_equal(samples.actual()[4], target.rows[7:9, 0])


def test_some_samples_are_those_of_the_same_tables():
    samples = two_tables()
    places = np.array([7, 2, 2])
    kept = samples.keep(places)
    assert len(kept) == 3
    assert kept.windows[0].rows is samples.windows[0].rows
    for one, all_of_them in zip(kept.inputs(), samples.inputs(), strict=True):
        assert_array_equal(one, all_of_them[places])
    assert_array_equal(kept.actual(), samples.actual()[places])
    assert_array_equal(kept.weights, samples.weights[places])


def test_blocks_are_the_samples_in_their_order(monkeypatch):
    samples = two_tables()
    monkeypatch.setattr(samples_module, "_BLOCK", 200)
    blocks = list(samples.blocks())
    assert [len(block) for block in blocks] == [4, 4, 4]  # each sample reads 9 + 2 + 4 numbers
    gathered = np.concatenate([block.inputs()[0] for block in blocks])
    assert_array_equal(gathered, samples.inputs()[0])
    assert len(list(samples.blocks(extra=1000))) == 12


def test_samples_to_predict_need_no_targets():
    samples = two_tables()
    asked = Samples(samples.windows)
    assert len(asked) == 12
    assert asked.inputs()[1:] == (None, None)
    assert asked.keep(slice(3)).targets is None
    with pytest.raises(ValueError, match="these samples have no targets"):
        asked.actual()


def test_a_subsample_is_always_the_same_and_in_order():
    assert subsample(5, 5) == slice(None)
    places = subsample(1000, 50)
    assert_array_equal(places, subsample(1000, 50))
    assert len(places) == 50
    assert (np.diff(places) > 0).all()
    assert len(set(places % 24)) > 12  # no hour of the day is left out
