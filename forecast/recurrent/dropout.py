"""Dropout by a hash: which units are left out depends on numbers alone, not on who draws.

XLA and TensorFlow have random generators of their own, which draw differently. An integer hash of
seed, epoch, batch, network and place draws the same on both roads.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from forecast.recurrent.backend import tf


class Draws(NamedTuple):
    """The numbers that fix what is left to chance in a batch.

    Parameters
    ----------
    seeds : tensor of shape (2,), uint32
        The seed of the fit and the number of the epoch.
    batch : tensor, int32
        The number of the batch.
    member : int
        The number of the network.
    """

    seeds: Any
    batch: Any
    member: int

    def mask(self, shape: tuple[int, ...], rate: float, place: int = 0) -> Any:
        """Draw which units are kept: 0, or 1 / (1 - rate), so that the mean is 1.

        Parameters
        ----------
        shape : tuple of int
            That of what is masked.
        rate : float
            The share of units that is left out.
        place : int
            The number of the mask, where a network has several.

        Returns
        -------
        tensor of this shape, or 1.0 where the rate is 0
        """
        if not rate:
            return 1.0
        kept = tf.cast(self.uniform(shape, place) >= rate, tf.float32)
        return kept / (1 - rate)

    def uniform(self, shape: tuple[int, ...], place: int = 0) -> Any:
        """Draw numbers from 0 to below 1, uniformly."""
        # Each number goes into the hash of those before it.
        key = _hash(self.seeds[0])
        key = _hash(key + self.seeds[1])
        key = _hash(key + tf.cast(self.batch, tf.uint32))
        key = _hash(key + np.uint32(self.member))
        if place:
            key = _hash(key + np.uint32(place))
        # The last number is the place in the mask, one hash for each.
        places = tf.range(int(np.prod(shape)))
        hashes = _hash(tf.cast(places, tf.uint32) + key)
        # The 24 upper bits, which a float32 holds exactly, are a number from 0 to below 1.
        bits = tf.bitwise.right_shift(hashes, np.uint32(8))
        draws = tf.cast(bits, tf.float32) / 2**24
        return tf.reshape(draws, shape)


def _hash(x: Any) -> Any:
    """Mix the bits of unsigned integers: the hash "lowbias32" by C. Wellons."""
    x = _xor_shifted(x, 16)
    x = x * np.uint32(0x7FEB352D)
    x = _xor_shifted(x, 15)
    x = x * np.uint32(0x846CA68B)
    return _xor_shifted(x, 16)


def _xor_shifted(x: Any, shift: int) -> Any:
    """Mix the upper bits of unsigned integers into the lower ones."""
    shifted = tf.bitwise.right_shift(x, np.uint32(shift))
    return tf.bitwise.bitwise_xor(x, shifted)
