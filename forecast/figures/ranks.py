"""Figure of the mean ranks of models, with the critical difference of the Nemenyi test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.ranking import Ranking
from forecast.evaluation.results import Backtest
from forecast.figures.axes import add_title, finish_panels, panels, single_or_array

__all__ = ["RankDisplay"]

# In inches: of the panel, and of the line of one model with its name.
MIN_HEIGHT = 2.4
MODEL_HEIGHT = 0.25


class RankDisplay:
    """The mean ranks of models, each in the middle of a bar as long as the critical difference.

    Two models whose bars overlap do not differ by more than chance [1]_. Black are the best and
    those that cannot be told from it, grey all others.

    Parameters
    ----------
    ranking : Ranking
        As `friedman_nemenyi` and `Backtest.ranks` return it.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    References
    ----------
    .. [1] Koning, Franses, Hibon & Stekler (2005), Int. J. Forecasting 21(3), 397-409.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecast import friedman_nemenyi
    >>> losses = pd.DataFrame({"lstm": [1.0, 2.0, 5.0], "naive": [3.0, 4.0, 6.0]})
    >>> display = RankDisplay(friedman_nemenyi(losses)).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['lstm', 'naive']
    """

    def __init__(self, ranking: Ranking):
        self.ranking = ranking

    @classmethod
    def from_backtest(
        cls,
        backtest: Backtest,
        metric: str = "mae",
        size: float = 0.05,
        *,
        ax: Any = None,
    ) -> RankDisplay:
        """Rank the models of a backtest and draw their mean ranks.

        Parameters
        ----------
        backtest : Backtest
        metric : str, default="mae"
        size : float between 0 and 1, default=0.05
            As in `Backtest.ranks`.
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        RankDisplay
        """
        ranking = backtest.ranks(metric, size)
        return cls(ranking).plot(ax)

    def plot(self, ax: Any = None) -> RankDisplay:
        """Draw a line for each model, the best on top.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        RankDisplay
            The display itself, with `ax_` and `figure_`.
        """
        ranks = self.ranking.ranks
        n_models = len(ranks)
        axes = panels(ax, 1, row_height=max(MIN_HEIGHT, MODEL_HEIGHT * n_models))
        axis = axes[0]
        # A model whose bar reaches into the grey span, the bar of the best, is not told from it.
        critical_difference = self.ranking.critical_difference
        half = critical_difference / 2
        best = float(ranks.min())
        axis.axvspan(best - half, best + half, color="0.93", zorder=0)
        worse = ranks.to_numpy() - best > critical_difference
        _draw_ranks(axis, ranks, ~worse, half, color="black", label="best, or not told from it")
        _draw_ranks(axis, ranks, worse, half, color="0.55", label="worse")
        # One line per model from the top, in the order of the ranking.
        axis.set_yticks(range(n_models), ranks.index.astype(str))
        axis.set_ylim(n_models - 0.5, -0.5)
        # Friedman's test asks whether any ranks differ, the critical difference which do.
        rows = self.ranking.rows
        axis.set_xlabel(f"mean rank in {rows} comparisons, with the critical difference")
        p_value = self.ranking.p_value
        finish_panels(axes, [], "")
        add_title(ax, axes, f"Whether the models' ranks differ: Friedman p = {p_value:.2g}")
        self.ax_ = single_or_array(axes)
        self.figure_ = axis.get_figure()
        return self


def _draw_ranks(
    axis: Axes,
    ranks: pd.Series,
    chosen: np.ndarray,
    half_width: float,
    color: str,
    label: str,
) -> None:
    """Draw the chosen mean ranks, each in the middle of a bar on the line of its place."""
    # An empty group needs no entry in the legend.
    if not chosen.any():
        return
    means = ranks.to_numpy()[chosen]
    places = np.flatnonzero(chosen)
    axis.errorbar(
        means,
        places,
        xerr=half_width,
        fmt="o",
        color=color,
        linewidth=1.6,
        label=label,
    )
