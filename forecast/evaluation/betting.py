"""Evidence against a hypothesis as the capital of who bets against it, one number for each look.

Nobody gains by bets that are fair under the hypothesis: if it holds, the capital, which begins at
1, ever reaches 1 / alpha with a probability of at most alpha [1]_, [2]_. So one may look at it
every day and stop whenever one likes, where a p-value looked at daily is below any alpha sooner or
later.

Each bet is fixed before the number that it is on is seen. Several bettors, timid and bold, begin
with equal shares of the capital: the mean of their capitals obeys the same law, and the one whose
bets suit the change soon has most of it. So do those who begin at different looks, the k-th with
``1 / (k (k + 1))`` of the capital, which until then lies idle: who has lost all in years without a
change would be late to notice one.

References
----------
.. [1] Ville (1939), Étude critique de la notion de collectif. Gauthier-Villars.
.. [2] Shafer (2021), Testing by betting, J. Royal Statistical Society A 184(2), 407-431.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

# Of the largest bet that cannot lose more than all.
_STAKES = np.array([0.05, 0.1, 0.2, 0.4, 0.8])
# By how many standard deviations a bettor expects losses to have grown.
_SHIFTS = np.array([0.5, 1.0, 1.5])

_MOST = 1e300
_FEWEST = 6  # means that a pool leaves, of the losses of a backtest


def evidence_of_low_shares(shares: np.ndarray, claimed: float) -> np.ndarray:
    """Bet that shares are lower than claimed on the average.

    Fair if the expected share is at least `claimed`, whatever the shares before it were [1]_::

        gain[j, s] = 1 + bet[j] · (claimed - share[s]),   0 < bet[j] < 1 / (1 - claimed)
        capital[t] = mean_j(sum_k≤t(prod_k≤s≤t(gain[j, s]) / (k (k + 1)))) + 1 / (t + 1)

    Parameters
    ----------
    shares : array of shape (…, n)
        Of the actuals that an interval held, from 0 to 1, in the order of time.
    claimed : float between 0 and 1

    Returns
    -------
    array of shape (…, n)

    References
    ----------
    .. [1] Waudby-Smith & Ramdas (2024), Estimating means of bounded random variables by betting,
       J. Royal Statistical Society B 86(1), 1-27.
    """
    bets = _STAKES / (1 - claimed)
    gains = bets * (claimed - shares[..., None])  # (…, n, bettors)
    return _mean_capital(1 + gains)


def evidence_of_larger_losses(before: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Bet that each loss is larger than most of those before it.

    Fair if all losses are exchangeable, as those of one unchanging forecaster on one unchanging
    series are: the rank of each new loss among all up to it is then any of them with the same
    probability, whatever the ranks before it were [1]_. The bettors stake on normal scores [2]_::

        gain[j, s] = exp(shift[j] · z(rank[s])) / mean_r(exp(shift[j] · z(r)))
        z(r) = normal quantile of (r - 1/2) / (m + s),   r = 1 … m + s

    and the capital is that of `evidence_of_low_shares`.

    Of equal losses the new one gets the lowest rank: ties are no evidence.

    Parameters
    ----------
    before : array of shape (…, m)
        The losses that are known to be ordinary.
    since : array of shape (…, n)
        The losses that are judged, in the order of time.

    Returns
    -------
    array of shape (…, n)

    References
    ----------
    .. [1] Vovk, Gammerman & Shafer (2022), Algorithmic learning in a random world, 2nd ed.,
       chapter 8. Springer.
    .. [2] Parent (1965), Sequential ranking procedures. Stanford University.
    """
    m, n = before.shape[-1], since.shape[-1]
    losses = np.concatenate([before, since], axis=-1)
    gains = np.empty((*since.shape, len(_SHIFTS)))
    for t in range(n):
        new = losses[..., [m + t]]
        n_below = (losses[..., : m + t] < new).sum(axis=-1)
        # What each rank would pay, (ranks, bettors): on the average the stake.
        scores = ndtri((np.arange(m + t + 1) + 0.5) / (m + t + 1))
        payoffs = np.exp(np.multiply.outer(scores, _SHIFTS))
        gains[..., t, :] = (payoffs / payoffs.mean(axis=0))[n_below]
    return _mean_capital(gains)


def _mean_capital(gains: np.ndarray) -> np.ndarray:
    """Return the capital of all bettors together after each look, (…, n) of (…, n, bettors)."""
    n = gains.shape[-2]
    capital = np.empty(gains.shape[:-1])
    at_stake = np.zeros((*gains.shape[:-2], gains.shape[-1]))
    for t in range(n):
        # Who begins at this look puts a share of what has lain idle to it.
        at_stake = (at_stake + 1 / ((t + 1) * (t + 2))) * gains[..., t, :]
        # Evidence beyond any doubt stays finite.
        at_stake = np.minimum(at_stake, _MOST)
        capital[..., t] = at_stake.mean(axis=-1) + 1 / (t + 2)
    return capital


def pool_size(numbers: np.ndarray) -> int:
    """Return of how many neighbours to take means, so that these hardly depend on one another.

    Nothing is fair to who bets on losses that hang together: bad days come in a row, and look like
    a change. Of an autocorrelation r, (1 + r) / (1 - r) numbers weigh as much as an independent
    one; half as many again keep false alarms near their level (`docs/nightly.md`).

    Parameters
    ----------
    numbers : array of shape (n,)
        In the order of time. At least six pools are left of them.
    """
    n = len(numbers)
    if n < 2 * _FEWEST:
        return 1
    ranks = rankdata(numbers)
    deviations = ranks - ranks.mean()
    total = np.sum(deviations**2)
    if total == 0:
        return 1
    autocorrelation = np.sum(deviations[1:] * deviations[:-1]) / total
    # Of few numbers it is estimated too low by about (1 + 3 r) / n (Kendall 1954).
    autocorrelation += (1 + 3 * max(autocorrelation, 0)) / n
    autocorrelation = min(autocorrelation, 0.9)
    size = round(1.5 * (1 + autocorrelation) / (1 - autocorrelation) - 0.5)
    return int(np.clip(size, 1, n // _FEWEST))


def pooled(numbers: np.ndarray, size: int) -> np.ndarray:
    """Return means of `size` neighbours each, (…, n // size) of (…, n); the rest is left out."""
    n_pools = numbers.shape[-1] // size
    kept = numbers[..., : n_pools * size]
    return kept.reshape(*kept.shape[:-1], n_pools, size).mean(axis=-1)
