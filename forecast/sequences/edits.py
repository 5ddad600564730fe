"""How far a sequence is from another: the edits that turn one into the other.

References
----------
.. [1] Levenshtein (1966), Binary codes capable of correcting deletions, insertions, and reversals.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence


def edit_distance(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """Return the least number of tokens to insert, leave out or replace.

    Examples
    --------
    >>> edit_distance("kitten", "sitting")
    3
    """
    # The distances of what has been read of `one` to all beginnings of `other`.
    distances = list(range(len(other) + 1))
    for place, token in enumerate(one):
        before, distances = distances, [place + 1]
        for column, aim in enumerate(other):
            replaced = before[column] + (token != aim)
            left_out = before[column + 1] + 1
            inserted = distances[column] + 1
            distances.append(min(replaced, left_out, inserted))
    return distances[-1]
