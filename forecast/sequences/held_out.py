"""What is held out of sequences, so that probabilities are judged on what nobody has learned.

Of many sequences some are held out whole: runs of neighbours, since neighbours may repeat one
another. Of few, each gives its end. What is held out is cut into pieces of bounded length, which
are read side by side; a piece that begins within a sequence reads some tokens before it first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_RUNS = 10  # of neighbours that are held out
_MOST = 100_000  # tokens that are enough to judge by
_PIECE = 1_000  # tokens of a piece that are judged at most
_BEFORE = 200  # tokens that are read before them

# Of a sequence, from a token on, the first that is judged, and the end.
_Span = tuple[int, int, int, int]


class Pieces(NamedTuple):
    """Parts of sequences in one row.

    Parameters
    ----------
    codes : array of shape (sum of lengths,)
    lengths : array of shape (pieces,)
    sequences : array of shape (pieces,)
        Which sequence each is a part of.
    judged : array of shape (sum of lengths,)
        Whether a token is to be told; the others are only read.
    """

    codes: np.ndarray
    lengths: np.ndarray
    sequences: np.ndarray
    judged: np.ndarray


def parted(
    codes: np.ndarray, lengths: np.ndarray, fraction: float, rng: np.random.Generator
) -> tuple[Pieces, Pieces]:
    """Part sequences into what is learned from and what is held out.

    Parameters
    ----------
    codes : array of shape (sum of lengths,)
        The tokens of all sequences in one row; the first of each is never told.
    lengths : array of shape (sequences,)
        At least 2.
    fraction : float
        The share that is held out, about.
    rng : Generator

    Returns
    -------
    learned, held_out : Pieces
    """
    n = len(lengths)
    fraction = min(fraction, _MOST / len(codes))
    wanted = round(fraction * n)
    if 1 <= wanted < n:
        is_held = _runs(n, wanted, rng)
        cuts = np.where(is_held, 0, lengths)
    else:
        # At least the last token of each sequence is held out; where there are two, one is learned.
        cuts = lengths - np.clip(np.round(fraction * lengths).astype(int), 1, lengths - 2)
    learned: list[_Span] = []
    held_out: list[_Span] = []
    for number, (cut, length) in enumerate(zip(cuts.tolist(), lengths.tolist(), strict=True)):
        if cut > 1:
            learned.append((number, 0, 1, cut))
        for first in range(max(1, cut), length, _PIECE):
            last = min(first + _PIECE, length)
            held_out.append((number, max(0, first - _BEFORE), first, last))
    return _pieces(codes, lengths, learned), _pieces(codes, lengths, held_out)


def _runs(n: int, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Choose about so many of n places, in runs of neighbours; never all of them."""
    run = max(1, wanted // _RUNS)
    number_of_run = np.arange(n) // run
    chosen = rng.permutation(number_of_run[-1] + 1)[: max(1, round(wanted / run))]
    return np.isin(number_of_run, chosen)


def _pieces(codes: np.ndarray, lengths: np.ndarray, spans: list[_Span]) -> Pieces:
    """Gather spans of sequences in one row."""
    table = np.array(spans).reshape(-1, 4)
    sequences, begins, firsts, ends = table.T
    starts = (np.cumsum(lengths) - lengths)[sequences]
    sizes = ends - begins
    # The place of each token within its piece.
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.repeat(starts + begins, sizes) + within
    judged = within >= np.repeat(firsts - begins, sizes)
    return Pieces(codes[places], sizes, sequences, judged)
