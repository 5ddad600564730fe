"""Dropout by a hash: the same draws on every road."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal


def lowbias32(x):
    """Hash one number, by Python's integers."""
    x = ((x ^ (x >> 16)) * 0x7FEB352D) % 2**32
    x = ((x ^ (x >> 15)) * 0x846CA68B) % 2**32
    return x ^ (x >> 16)


def mask_of(shape, rate, seed, epoch, batch, member):
    from forecast.recurrent.backend import tf
    from forecast.recurrent.dropout import Draws

    seeds = tf.constant(np.array([seed, epoch], np.uint32))
    mask = Draws(seeds, tf.constant(batch), member).mask(shape, rate)
    return np.broadcast_to(np.asarray(mask), shape)


def test_a_unit_is_kept_where_the_hash_of_all_numbers_is_at_least_the_rate():
    mask = mask_of((4, 3), 0.4, 7, 2, 5, 1)
    key = lowbias32(7)
    for number in (2, 5, 1):
        key = lowbias32((key + number) % 2**32)
    draws = [(lowbias32((place + key) % 2**32) >> 8) / 2**24 for place in range(12)]
    expected = [draw >= 0.4 for draw in draws]
    assert_array_equal(mask.ravel() > 0, expected)
    assert 0 < sum(expected) < 12
    assert_allclose(mask.max(), 1 / 0.6, rtol=1e-6)


def test_the_mean_of_a_mask_is_one_and_every_number_changes_it():
    base = mask_of((500, 8), 0.3, 0, 0, 0, 0)
    assert_allclose(base.mean(), 1, atol=0.03)
    for change in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)):
        assert (mask_of((500, 8), 0.3, *change) != base).mean() > 0.3


def test_a_rate_of_zero_keeps_all():
    assert_array_equal(mask_of((4, 3), 0.0, 0, 0, 0, 0), np.ones((4, 3)))
