"""Interpolated Kneser–Ney smoothing: the next token from the counts of the few before it.

The n-grams of all orders form a tree. A node of level k is a run of k tokens; its parent is the run
of the first k − 1, its context. Each level is one sorted array of keys, ``parent · n_tokens +
token``, and a node's number is its place there. So a gram is found by `searchsorted`, the tokens
that follow a context stand side by side, and no loop runs over the text.

Each order gives a token what is left of its count after a discount, and shares out the discounts as
the order below says:

    p(token | context) = share(context, token) + leftover(context) · p(token | shorter context)

Below the highest order, what counts is not how often a gram occurs but after how many different
tokens (Kneser & Ney). The discounts of counts 1, 2 and above follow from how many grams occur once
to four times (Chen & Goodman).

References
----------
.. [1] Kneser & Ney (1995), ICASSP 1, 181-184.
.. [2] Chen & Goodman (1999), Computer Speech and Language 13(4), 359-394.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Where there are no grams that occur once to four times to learn the discounts from.
_USUAL_DISCOUNTS = (0.5, 1.0, 1.5)
_LEAST_DISCOUNT = 0.05  # something is left for what a context has not seen


@dataclass(frozen=True, eq=False)
class Grams:
    """The grams of one length: a level of the tree."""

    keys: np.ndarray  # (grams,) parent · n_tokens + token, sorted
    shares: np.ndarray  # (grams,) the discounted share of each among those of its parent
    leftover: np.ndarray  # (parents,) what the discounts leave to the order below

    def find(self, parents: np.ndarray, tokens: np.ndarray, n_tokens: int) -> np.ndarray:
        """Return the node of each parent and token; −1 where there is none."""
        keys = np.where(parents < 0, -1, parents * n_tokens + tokens)
        places = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)


@dataclass(frozen=True, eq=False)
class KneserNey:
    """Next-token probabilities from the n-grams of sequences.

    A sequence begins with a token that is never predicted; what stands before it is no context.
    """

    levels: tuple[Grams, ...]
    lowest: np.ndarray  # (n_tokens,) the probabilities that the unigrams' discounts are shared by

    @property
    def n_tokens(self) -> int:
        """The number of tokens."""
        return len(self.lowest)

    # --- whole sequences

    def probabilities(self, codes: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the probability of each token after those before it in its sequence.

        Parameters
        ----------
        codes : array of shape (sum of lengths,)
            The tokens of all sequences in one row.
        lengths : array of shape (sequences,)

        Returns
        -------
        array of shape (sum of lengths,)
            1 for the first token of each sequence.
        """
        first = _is_first(lengths)
        answer = self.lowest[codes]
        contexts = np.zeros(len(codes), np.int64)
        for level in self.levels:
            nodes = level.find(contexts, codes, self.n_tokens)
            share = np.where(nodes < 0, 0.0, level.shares[nodes])
            leftover = np.where(contexts < 0, 1.0, level.leftover[contexts])
            answer = share + leftover * answer
            contexts = _previous(nodes, first)
        answer[first] = 1.0
        return answer

    # --- token by token

    def read(self, codes: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the contexts after whole sequences.

        Parameters
        ----------
        codes : array of shape (sum of lengths,)
        lengths : array of shape (sequences,)

        Returns
        -------
        array of shape (sequences, order - 1)
            Column k − 1 is the node of the last k tokens, −1 where it is unseen.
        """
        first = _is_first(lengths)
        last = np.cumsum(lengths) - 1
        after = np.empty((len(lengths), len(self.levels) - 1), np.int64)
        contexts = np.zeros(len(codes), np.int64)
        for k, level in enumerate(self.levels[:-1]):
            nodes = level.find(contexts, codes, self.n_tokens)
            after[:, k] = nodes[last]
            contexts = _previous(nodes, first)
        return after

    def advance(self, contexts: np.ndarray, tokens: np.ndarray) -> np.ndarray:
        """Return the contexts after one more token of each sequence.

        Parameters
        ----------
        contexts : array of shape (sequences, order - 1)
        tokens : array of shape (sequences,)

        Returns
        -------
        array of shape (sequences, order - 1)
        """
        after = np.empty_like(contexts)
        shorter = np.zeros(len(tokens), np.int64)
        for k in range(contexts.shape[1]):
            after[:, k] = self.levels[k].find(shorter, tokens, self.n_tokens)
            shorter = contexts[:, k]
        return after

    def distribution(self, contexts: np.ndarray) -> np.ndarray:
        """Return the probabilities of the next token.

        Parameters
        ----------
        contexts : array of shape (sequences, order - 1)

        Returns
        -------
        array of shape (sequences, n_tokens)
        """
        answer = np.tile(self.lowest, (len(contexts), 1))
        roots = np.zeros((len(contexts), 1), np.int64)
        nodes = np.hstack([roots, contexts])
        for k, level in enumerate(self.levels):
            begins = np.searchsorted(level.keys, nodes[:, k] * self.n_tokens)
            ends = np.searchsorted(level.keys, (nodes[:, k] + 1) * self.n_tokens)
            for row in np.flatnonzero(nodes[:, k] >= 0):
                node = nodes[row, k]
                followers = slice(begins[row], ends[row])
                answer[row] *= level.leftover[node]
                tokens = level.keys[followers] - node * self.n_tokens
                answer[row, tokens] += level.shares[followers]
        return answer


def fit_kneser_ney(
    codes: np.ndarray, lengths: np.ndarray, order: int, lowest: np.ndarray
) -> KneserNey:
    """Count the grams of sequences, all lengths up to an order.

    Parameters
    ----------
    codes : array of shape (sum of lengths,)
        The tokens of all sequences in one row.
    lengths : array of shape (sequences,)
    order : int
        The longest grams: their last token is predicted from order − 1 before it. Where all
        sequences are shorter, so are the grams.
    lowest : array of shape (n_tokens,)
        The probabilities of tokens before anything is counted.

    Returns
    -------
    KneserNey
    """
    n_tokens = len(lowest)
    first = _is_first(lengths)
    depth = np.arange(len(codes)) - np.repeat(np.cumsum(lengths) - lengths, lengths)

    # The grams that end at each place, and a place at which each of them ends.
    contexts = np.zeros(len(codes), np.int64)
    n_contexts = 1
    keys_of, nodes_of, places_of, parents_of = [], [], [], []
    for _ in range(order):
        keys, places, nodes = _numbered(contexts, codes, n_tokens)
        if not len(keys):
            break  # no sequence is so long
        keys_of.append(keys)
        nodes_of.append(nodes)
        places_of.append(places)
        parents_of.append(n_contexts)
        contexts, n_contexts = _previous(nodes, first), len(keys)

    levels = []
    for k, (keys, nodes, n_parents) in enumerate(zip(keys_of, nodes_of, parents_of, strict=True)):
        if k + 1 == len(keys_of):
            ends = np.flatnonzero((nodes >= 0) & ~first)  # every occurrence counts
        else:
            # Each different gram that is longer by one token at its beginning counts once. Before
            # a gram at the very beginning there is none: there every occurrence counts.
            at_beginning = np.flatnonzero((depth == k) & ~first)
            ends = np.r_[places_of[k + 1], at_beginning]
        counts = np.bincount(nodes[ends], minlength=len(keys))
        levels.append(_level(keys, counts, n_parents, n_tokens))
    return KneserNey(tuple(levels), lowest)


def _is_first(lengths: np.ndarray) -> np.ndarray:
    """Return which tokens of sequences in one row are the first of theirs."""
    first = np.zeros(lengths.sum(), bool)
    first[(np.cumsum(lengths) - lengths)[lengths > 0]] = True
    return first


def _previous(nodes: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return the node at the place before each; −1 at the first of a sequence."""
    before = np.roll(nodes, 1)
    return np.where(first, -1, before)


def _numbered(
    contexts: np.ndarray, codes: np.ndarray, n_tokens: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the keys of the different grams, a place of each, and the node at each place."""
    whole = np.flatnonzero(contexts >= 0)
    keys = contexts[whole] * n_tokens + codes[whole]
    different, first_places, numbers = np.unique(keys, return_index=True, return_inverse=True)
    nodes = np.full(len(codes), -1, np.int64)
    nodes[whole] = numbers
    return different, whole[first_places], nodes


def _level(keys: np.ndarray, counts: np.ndarray, n_parents: int, n_tokens: int) -> Grams:
    """Discount the counts of one level."""
    parents = keys // n_tokens
    discounts = np.r_[0.0, _discounts(counts)][np.minimum(counts, 3)]
    totals = np.bincount(parents, weights=counts, minlength=n_parents)
    discounted = np.bincount(parents, weights=discounts, minlength=n_parents)

    # A context after which nothing is counted leaves all to the order below.
    leftover = np.ones(n_parents)
    np.divide(discounted, totals, out=leftover, where=totals > 0)
    shares = (counts - discounts) / np.maximum(totals, 1)[parents]
    return Grams(keys, shares, leftover)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """Return the discounts of counts 1, 2 and above (Chen & Goodman, equation 26)."""
    once, twice, thrice, fourfold = (np.count_nonzero(counts == times) for times in (1, 2, 3, 4))
    if not (once and twice and thrice and fourfold):
        return np.array(_USUAL_DISCOUNTS)
    base = once / (once + 2 * twice)
    ratios = np.array([twice / once, thrice / twice, fourfold / thrice])
    times = np.array([1, 2, 3])
    return np.clip(times - (times + 1) * base * ratios, _LEAST_DISCOUNT, times)
