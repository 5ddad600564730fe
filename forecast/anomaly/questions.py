"""The three questions that a row is asked.

Is its value odd, has the level gone, is the sensor stuck? Each answers with a score, the larger the
odder. What a score is worth is told by the scores of the calibration rows: of n of them, its
p-value is the share that is at least as large, the row itself counted among them: (1 + the number
of these) / (n + 1).
"""

from __future__ import annotations

import numpy as np

# What an alarm is named after: the question whose p-value is the smallest.
QUESTIONS = ("size", "level", "run")


def level_scores(errors: np.ndarray, season: int) -> np.ndarray:
    """Return how far the level has gone at the end of each season of rows.

    The score is the mean error over the season, in absolute value; where the last row has come
    back, it is no more than its own error on the side of the mean.

    Parameters
    ----------
    errors : array of shape (n_rows, n_targets)
        Of forecasts made a season before.
    season : int

    Returns
    -------
    array of shape (n_rows, n_targets)
        NaN where an error of the season is unknown.
    """
    sums = np.cumsum(np.nan_to_num(errors), axis=0)
    unknown = np.cumsum(np.isnan(errors), axis=0)
    scores = np.full_like(errors, np.nan)
    if len(errors) < season:
        return scores
    first = np.zeros((1, errors.shape[1]))
    means = (sums[season - 1 :] - np.concatenate([first, sums[:-season]])) / season
    missing = unknown[season - 1 :] - np.concatenate([first, unknown[:-season]])
    own = errors[season - 1 :] * np.sign(means)
    gone = np.clip(own, 0, np.abs(means))
    scores[season - 1 :] = np.where(missing > 0, np.nan, gone)
    return scores


def run_scores(
    y: np.ndarray, errors: np.ndarray, typical: np.ndarray, before: np.ndarray | None = None
) -> np.ndarray:
    """Return how odd it is that values have not changed.

    Each row that repeats the value before it adds 1, and its error in units of the typical one: a
    night of fog, when no change was forecast, makes a long run that is less odd than a shorter one
    at sunrise.

    Parameters
    ----------
    y : array of shape (n_rows, n_targets)
    errors : array of shape (n_rows, n_targets)
        Of the forecasts from the row before.
    typical : array of shape (n_targets,)
        The mean absolute error.
    before : array of shape (n_targets,), optional
        The score of the first row; by default 0.

    Returns
    -------
    array of shape (n_rows, n_targets)
    """
    units = np.where(typical > 0, typical, 1.0)
    weights = 1 + np.nan_to_num(np.abs(errors)) / units
    scores = np.zeros_like(y)
    if before is not None:
        scores[0] = before
    for row in range(1, len(y)):
        repeats = y[row] == y[row - 1]
        scores[row] = np.where(repeats, scores[row - 1] + weights[row], 0.0)
    return scores


def p_values(scores: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Return the p-value of each score among calibration scores in ascending order; 1 for NaN."""
    n = len(ordered)
    # All that are at least as large: equal ones count against the alarm.
    as_large = n - np.searchsorted(ordered, scores, side="left")
    return np.where(np.isnan(scores), 1.0, (1 + as_large) / (n + 1))
