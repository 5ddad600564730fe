"""What a series calibrates: the scores of rows that the forecaster has not learned from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from forecast.anomaly.explaining import Explanation, learn_explanation
from forecast.anomaly.questions import QUESTIONS, level_scores, p_values, run_scores


class Calibration(NamedTuple):
    """The scores of the calibration rows of one series, each question's in ascending order.

    Parameters
    ----------
    explanation : Explanation
        What features explain of errors, learned from the rows that the forecaster learned from.
    sizes : array of shape (horizon, n_targets, n_rows)
        The absolute errors at each step.
    levels, runs : arrays of shape (n_targets, n_rows)
    typical : array of shape (n_targets,)
        The mean absolute error of one step.
    """

    explanation: Explanation
    sizes: np.ndarray
    levels: np.ndarray
    runs: np.ndarray
    typical: np.ndarray

    def of_scores(self, sizes: np.ndarray, levels: np.ndarray, runs: np.ndarray) -> Calibration:
        """Return the calibration by other scores, row by row: (n_rows, …)."""
        return self._replace(sizes=_ordered(sizes), levels=_ordered(levels), runs=_ordered(runs))

    def p_values(
        self, step: int, sizes: np.ndarray, levels: np.ndarray, runs: np.ndarray
    ) -> np.ndarray:
        """Return the p-values of one row, (questions, n_targets), from its scores (n_targets,)."""
        answers = np.ones((len(QUESTIONS), len(sizes)))
        for target in range(len(sizes)):
            answers[0, target] = p_values(sizes[target], self.sizes[step - 1, target])
            answers[1, target] = p_values(levels[target], self.levels[target])
            answers[2, target] = p_values(runs[target], self.runs[target])
        return answers


def calibrated(
    y: np.ndarray, X: np.ndarray, forecasts: np.ndarray, n_learned: int
) -> tuple[Calibration, np.ndarray, np.ndarray]:
    """Calibrate one series.

    Parameters
    ----------
    y : array of shape (n_rows, n_targets)
    X : array of shape (n_rows, n_features)
    forecasts : array of shape (n_rows, horizon, n_targets)
        Of each row, from one to `horizon` rows before it; NaN where there is none.
    n_learned : int
        The rows that the forecaster learned from; the others calibrate.

    Returns
    -------
    calibration : Calibration
    season_errors : array of shape (n_rows, n_targets)
        Those of the last step.
    runs : array of shape (n_rows, n_targets)
    """
    raw = y[:, None] - forecasts
    # The rows that calibrate are kept from all learning, also from this.
    explanation = learn_explanation(X[:n_learned], raw[:n_learned])
    errors = raw - explanation.explained(X)
    held_out = errors[n_learned:]
    typical = np.nan_to_num(np.nanmean(np.abs(held_out[:, 0]), axis=0))
    levels = level_scores(errors[:, -1], errors.shape[1])
    runs = run_scores(y, errors[:, 0], typical)
    none = np.empty(0)
    calibration = Calibration(explanation, none, none, none, typical)
    scores = np.abs(held_out), levels[n_learned:], runs[n_learned:]
    return calibration.of_scores(*scores), errors[:, -1], runs


def _ordered(scores: np.ndarray) -> np.ndarray:
    """Put rows (n_rows, …) last and in order; what is unknown counts as the largest."""
    unknown = np.isnan(scores)
    values = np.where(unknown, np.inf, scores)
    return np.sort(np.moveaxis(values, 0, -1), axis=-1)
