"""From next-token probabilities to sequences: sampling, greedy and beam search.

Nothing here knows the model. It is a function `step(state, tokens)` that reads one more token of
each sequence and returns the logarithms of the probabilities of the next one, and the state after.
A state is a tuple of arrays whose first axis is the sequences.

References
----------
.. [1] Holtzman et al. (2020), The curious case of neural text degeneration, ICLR.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

State = tuple[np.ndarray, ...]
Step = Callable[[State, np.ndarray], tuple[np.ndarray, State]]


def sharpened(
    log_p: np.ndarray,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """Return the probabilities to draw from.

    Parameters
    ----------
    log_p : array of shape (sequences, tokens)
        Logarithms of probabilities; −inf for what is never drawn.
    temperature : float, default=1.0
        Below 1 the likelier tokens become likelier still; at 0 only the likeliest is left.
    top_k : int, optional
        Keep this many tokens, the likeliest ones.
    top_p : float, optional
        Keep the likeliest tokens that together have at least this probability.

    Returns
    -------
    array of shape (sequences, tokens)
    """
    if temperature == 0:
        # The likeliest token is what every temperature leaves in the end.
        top_k, temperature = 1, 1.0
    below = log_p - log_p.max(axis=1, keepdims=True)
    with np.errstate(over="ignore"):  # at a temperature of almost 0
        p = np.exp(below / temperature)
    p /= p.sum(axis=1, keepdims=True)
    if top_k is None and top_p is None:
        return p

    # Of equally likely tokens, those of smaller codes come first.
    order = np.argsort(-p, axis=1, kind="stable")
    falling = np.take_along_axis(p, order, axis=1)
    kept = np.ones_like(falling, bool)
    if top_k is not None:
        kept[:, top_k:] = False
    if top_p is not None:
        # A token is kept while those before it do not have the probability together.
        kept &= np.cumsum(falling, axis=1) - falling < top_p
    sharp = np.zeros_like(p)
    np.put_along_axis(sharp, order, np.where(kept, falling, 0.0), axis=1)
    return sharp / sharp.sum(axis=1, keepdims=True)


def drawn(p: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a token from each row of probabilities (sequences, tokens)."""
    cumulative = np.cumsum(p, axis=1)
    heights = rng.random(len(p)) * cumulative[:, -1]
    # The first token whose cumulative probability lies above the height.
    return np.argmax(cumulative > heights[:, None], axis=1)


def sample(
    step: Step,
    state: State,
    log_p: np.ndarray,
    end: int,
    longest: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
) -> np.ndarray:
    """Continue sequences by tokens drawn at random.

    Parameters
    ----------
    step : function
        As the module says.
    state : tuple of arrays
        After what has been read of each sequence.
    log_p : array of shape (sequences, tokens)
        Of the next token.
    end : int
        The token that ends a sequence.
    longest : int
        How many tokens are drawn at most.
    rng : Generator
    temperature, top_k, top_p
        As for `sharpened`.

    Returns
    -------
    array of shape (sequences, steps)
        The tokens drawn, `end` from the end on.
    """
    tokens = np.full((len(log_p), longest), end)
    going = np.ones(len(log_p), bool)
    for place in range(longest):
        chosen = drawn(sharpened(log_p, temperature, top_k, top_p), rng)
        going &= chosen != end
        tokens[going, place] = chosen[going]
        if not going.any():
            return tokens[:, :place]
        log_p, state = step(state, tokens[:, place])
    return tokens


def beam(
    step: Step, state: State, log_p: np.ndarray, end: int, longest: int, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Continue each sequence by the likeliest runs of tokens that a beam of some width finds.

    Width 1 is greedy search: the likeliest token at each step.

    Parameters
    ----------
    step, state, log_p, end, longest
        As for `sample`.
    width : int
        How many runs of tokens are kept for each sequence.

    Returns
    -------
    tokens : array of shape (sequences, width, steps)
        The likeliest run first; `end` from the end on.
    log_p : array of shape (sequences, width)
        The logarithm of the probability of each run, with that of its end; −inf where there are
        fewer runs than the beam is wide.
    """
    n, n_tokens = log_p.shape
    # Each sequence begins with one run that counts, beside width − 1 that are impossible.
    scores = np.where(np.arange(width) == 0, 0.0, -np.inf) * np.ones((n, 1))
    tokens = np.full((n, width, longest), end)
    going = np.ones((n, width), bool)
    state = tuple(np.repeat(part, width, axis=0) for part in state)
    log_p = np.repeat(log_p, width, axis=0)
    only_end = np.where(np.arange(n_tokens) == end, 0.0, -np.inf)

    for place in range(longest):
        # A run that has ended stays as it is: its only next token is the end, at no cost.
        next_log_p = np.where(going[:, :, None], log_p.reshape(n, width, n_tokens), only_end)
        totals = (scores[:, :, None] + next_log_p).reshape(n, -1)
        best = np.argsort(-totals, axis=1, kind="stable")[:, :width]
        scores = np.take_along_axis(totals, best, axis=1)
        runs, chosen = np.divmod(best, n_tokens)

        tokens = np.take_along_axis(tokens, runs[:, :, None], axis=1)
        tokens[:, :, place] = chosen
        going = np.take_along_axis(going, runs, axis=1) & (chosen != end)
        if not going.any():
            return tokens[:, :, :place], scores
        rows = (runs + width * np.arange(n)[:, None]).ravel()
        log_p, state = step(tuple(part[rows] for part in state), chosen.ravel())
    return tokens, scores
