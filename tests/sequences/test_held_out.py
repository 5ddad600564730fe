import numpy as np
import pytest
from numpy.testing import assert_array_equal

from forecast.sequences.held_out import parted


def numbered(lengths):
    """Return sequences whose tokens are all different: the place of each in the one row."""
    return np.arange(sum(lengths)), np.array(lengths)


def runs_of(pieces):
    return np.split(pieces.codes, np.cumsum(pieces.lengths)[:-1])


@pytest.mark.parametrize("lengths", [[5] * 400, [3, 7, 4] * 50, [40], [2, 9], [3000, 2500]])
@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_every_token_after_the_first_is_judged_once(lengths, fraction):
    codes, lengths = numbered(lengths)
    learned, held = parted(codes, lengths, fraction, np.random.default_rng(0))
    judged = np.concatenate([part.codes[part.judged] for part in (learned, held)])
    firsts = np.cumsum(lengths) - lengths
    assert_array_equal(np.sort(judged), np.setdiff1d(codes, firsts))


def test_many_sequences_are_held_out_whole_in_runs_of_neighbours():
    codes, lengths = numbered([4] * 1000)
    learned, held = parted(codes, lengths, 0.1, np.random.default_rng(0))
    assert len(held.sequences) == 100
    assert not set(held.sequences) & set(learned.sequences)
    assert len(np.split(held.sequences, np.flatnonzero(np.diff(held.sequences) > 1) + 1)) <= 10


def test_few_sequences_give_their_ends():
    codes, lengths = numbered([100, 50])
    learned, held = parted(codes, lengths, 0.1, np.random.default_rng(0))
    assert_array_equal(learned.lengths, [90, 45])
    assert_array_equal(held.codes[held.judged], [*range(90, 100), *range(145, 150)])
    # What stands before is read first.
    assert_array_equal(held.lengths, [100, 50])


def test_pieces_are_short_and_read_what_stands_before_them():
    codes, lengths = numbered([30_000])
    _, held = parted(codes, lengths, 0.3, np.random.default_rng(0))
    assert held.lengths.max() == 1_200
    for run in runs_of(held):
        assert_array_equal(np.diff(run), 1)


def test_no_more_than_is_enough_is_held_out():
    codes, lengths = numbered([20] * 100_000)
    _, held = parted(codes, lengths, 0.5, np.random.default_rng(0))
    assert len(held.codes) == 100_000


@pytest.mark.parametrize("n", [1, 2, 3])
def test_something_is_learned_and_something_held_out_of_the_fewest_sequences(n):
    codes, lengths = numbered([3] * n)
    learned, held = parted(codes, lengths, 0.9, np.random.default_rng(0))
    assert learned.judged.any()
    assert held.judged.any()
