"""Windows that move over sequences of numbers, and the k-th smallest number in each."""

from __future__ import annotations

import numpy as np


class OrderedWindows:
    """Moving windows of which the numbers can be read in ascending order.

    Each sequence is put in order once. A Fenwick tree [1]_ over this order counts which of its
    numbers are in the window: to move the window by a number, and to find the k-th smallest one in
    it, takes as many steps as the length of the sequence has binary digits.

    Parameters
    ----------
    values : array of shape (n_sequences, n_columns, n_values)
        Each column of each sequence is ordered for itself. NaN behind shorter sequences.
    sizes : array of shape (n_sequences,)
        Of the windows, which begin with the first number.

    References
    ----------
    .. [1] Fenwick (1994), A new data structure for cumulative frequency tables, Software: Practice
       and Experience 24(3), 327-336.

    Examples
    --------
    >>> windows = OrderedWindows(np.array([[[3.0, 1.0, 2.0, 5.0]]]), np.array([3]))
    >>> windows.smallest(np.array([0]), np.array([[[0, 1, 2]]]))
    array([[[1., 2., 3.]]])
    >>> windows.move(np.array([0]))
    >>> windows.smallest(np.array([0]), np.array([[[0, 1, 2]]]))
    array([[[1., 2., 5.]]])
    """

    def __init__(self, values: np.ndarray, sizes: np.ndarray):
        self.values = values
        self.sizes = sizes
        self.first = np.zeros(len(values), dtype=np.intp)  # the first number in each window
        # NaN is sorted to the end.
        order = np.argsort(values, axis=-1, kind="stable")
        self._ascending = np.take_along_axis(values, order, axis=-1)
        self._ranks = np.empty(values.shape, dtype=np.int32)
        rank = np.arange(values.shape[-1], dtype=np.int32)
        np.put_along_axis(self._ranks, order, rank[None, None], axis=-1)
        # Nodes are numbered from 1; node 0 counts nothing.
        self._digits = values.shape[-1].bit_length()
        is_inside = order < sizes[:, None, None]
        self._trees = _fenwick_trees(is_inside, 1 << self._digits)

    def current(self) -> np.ndarray:
        """Return the numbers in the windows, NaN behind smaller ones, as `values` has them."""
        place = np.arange(self.sizes.max())
        number = np.minimum(self.first[:, None] + place, self.values.shape[-1] - 1)
        inside = np.take_along_axis(self.values, number[:, None], axis=-1)
        return np.where(place < self.sizes[:, None, None], inside, np.nan)

    def numbers(self, sequences: np.ndarray, places: np.ndarray) -> np.ndarray:
        """Return numbers by their places in the windows (n, n_asked): (n, n_asked, n_columns)."""
        number = self.first[sequences, None] + places
        return np.asarray(self.values[sequences[:, None], :, number])

    def move(self, sequences: np.ndarray) -> None:
        """Move the windows of some sequences by one number."""
        oldest = self.first[sequences]
        newest = oldest + self.sizes[sequences]
        self._count(sequences, self._ranks[sequences, :, oldest], -1)
        self._count(sequences, self._ranks[sequences, :, newest], 1)
        self.first[sequences] += 1

    def _count(self, sequences: np.ndarray, ranks: np.ndarray, change: int) -> None:
        """Count numbers of these ranks (n, n_columns), from 0, in or out."""
        # The nodes of 1, 2, 4 … ranks up to a multiple of as many: the odd ones are of the tree.
        digits = np.arange(self._digits)
        multiples = (ranks[..., None] >> digits) + 1
        nodes = (multiples << digits) * (multiples & 1) + self._roots(sequences)
        self._trees.ravel()[nodes] += change

    def smallest(self, sequences: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return the k-th smallest numbers in windows, of the shape of `k`.

        Parameters
        ----------
        sequences : array of shape (n,)
        k : array of int, of shape (n, n_columns, n_asked)
            From 0.
        """
        trees = self._trees.ravel()
        # The last node up to which no more than k numbers are in the window, digit by digit.
        roots = self._roots(sequences)
        nodes = np.repeat(roots, k.shape[-1], axis=-1)
        left = k.copy()
        for digit in reversed(range(self._digits)):
            ahead = nodes + (1 << digit)
            counted = trees.take(ahead)
            goes_on = counted <= left
            left -= counted * goes_on
            nodes += goes_on * (1 << digit)
        place = nodes - roots
        columns = np.arange(k.shape[1])[:, None]
        return np.asarray(self._ascending[sequences[:, None, None], columns, place])

    def _roots(self, sequences: np.ndarray) -> np.ndarray:
        """Return where the trees of some sequences begin among all, (n, n_columns, 1)."""
        _, n_columns, size = self._trees.shape
        tree = sequences[:, None] * n_columns + np.arange(n_columns)
        return tree[..., None] * size


def _fenwick_trees(is_counted: np.ndarray, size: int) -> np.ndarray:
    """Return trees of so many nodes, along the last axis.

    Node i counts the last ranks up to the i-th, as many as its lowest binary digit says.
    """
    n_ranks = is_counted.shape[-1]
    so_far = np.zeros((*is_counted.shape[:-1], size), dtype=np.int32)
    np.cumsum(is_counted, axis=-1, out=so_far[..., 1 : n_ranks + 1])
    so_far[..., n_ranks + 1 :] = so_far[..., n_ranks, None]
    node = np.arange(size)
    return so_far - so_far[..., node - (node & -node)]
