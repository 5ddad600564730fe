"""Dropout by a hash: which units are left out depends on numbers alone, not on who draws.

XLA and TensorFlow have random generators of their own, which draw differently. An integer hash of
seed, epoch, batch, network and place draws the same on both roads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from forecast.recurrent.network import tf


def dropout_mask(shape: tuple[Any, int], rate: float, seeds: Any, batch: Any, member: int) -> Any:
    """Draw which units are kept: 0, or 1 / (1 - rate), so that the mean is 1.

    Parameters
    ----------
    shape : (samples, units)
    rate : float
        The share of units that is left out.
    seeds : tensor of shape (2,), uint32
        The seed of the fit and the number of the epoch.
    batch : tensor, int32
        The number of the batch.
    member : int
        The number of the network.

    Returns
    -------
    tensor of shape (samples, units), or 1.0 where the rate is 0
    """
    if not rate:
        return 1.0
    samples, units = shape
    # Each number goes into the hash of those before it.
    key = _hash(seeds[0])
    key = _hash(key + seeds[1])
    key = _hash(key + tf.cast(batch, tf.uint32))
    key = _hash(key + np.uint32(member))
    places = tf.cast(tf.range(samples * units), tf.uint32)
    # The 24 upper bits, which a float32 holds exactly, are a number from 0 to below 1.
    bits = tf.bitwise.right_shift(_hash(places + key), np.uint32(8))
    draws = tf.reshape(tf.cast(bits, tf.float32) / 2**24, (samples, units))
    return tf.cast(draws >= rate, tf.float32) / (1 - rate)


def _hash(x: Any) -> Any:
    """Mix the bits of unsigned integers: the hash "lowbias32" by C. Wellons."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, np.uint32(shift)))
        x = x * np.uint32(factor)
    return tf.bitwise.bitwise_xor(x, tf.bitwise.right_shift(x, np.uint32(16)))
