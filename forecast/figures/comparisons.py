"""Figure of comparisons: by how much models differ from a reference, and whether by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.evaluation.results import Backtest
from forecast.evaluation.scoring import ROOTS
from forecast.evaluation.verdict import reference_among
from forecast.figures.axes import add_title, check_table, finish_panels, panels, single_or_array
from forecast.figures.styles import COLORS
from forecast.wording import counted

__all__ = ["ComparisonDisplay"]

# In inches: of the panel, and of the line of one model with its name.
MIN_HEIGHT = 1.6
MODEL_HEIGHT = 0.3

_COLUMNS = ("model", "reference", "difference", "lower", "upper", "verdict")
# Colour and marker of a verdict, in the order of the legend. What cannot be told is not filled.
_VERDICTS: dict[str, tuple[str, str, str]] = {
    "better": (COLORS[2], "o", "full"),
    "no more than chance": ("0.45", "D", "none"),
    "worse": (COLORS[1], "s", "full"),
    "too few origins": ("0.65", "^", "none"),
    "undefined": ("0.65", "X", "none"),
}


class ComparisonDisplay:
    """By how much each model's loss differs from that of a reference: a forest plot [1]_.

    Each difference stands in the middle of its interval, the best on top; left of the line at 0 a
    model is better than the reference. Colour and marker say the verdict. It may be chance where
    the interval leaves 0 out: the interval is that of each model alone, the verdict takes into
    account how many are compared.

    Parameters
    ----------
    comparison : DataFrame
        As `Backtest.compare` returns it: the columns ``model``, ``reference``, ``difference``,
        ``lower``, ``upper`` and ``verdict``.
    loss : str, default="loss"
        What differs, for the axis, such as ``mae``.
    unit : str, optional
        Of the loss.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    References
    ----------
    .. [1] Lewis & Clarke (2001), British Medical J. 322(7300), 1479-1480.

    Examples
    --------
    >>> import numpy as np
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> y = np.arange(40) + np.random.default_rng(0).normal(0, 0.2, 40)
    >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    >>> result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=12))
    >>> display = ComparisonDisplay.from_backtest(result, unit="°F")
    >>> display.ax_.get_xlabel()
    'difference in mae (°F) from naive: below 0 is better'
    """

    def __init__(self, comparison: pd.DataFrame, *, loss: str = "loss", unit: str | None = None):
        self.comparison = comparison
        self.loss = loss
        self.unit = unit

    @classmethod
    def from_backtest(
        cls,
        backtest: Backtest,
        metric: str = "mae",
        reference: str | None = None,
        coverage: float = 0.95,
        *,
        unit: str | None = None,
        ax: Any = None,
    ) -> ComparisonDisplay:
        """Compare the models of a backtest and draw their differences.

        Parameters
        ----------
        backtest : Backtest
        metric : str, default="mae"
        reference : str, optional
            By default the better of ``naive`` and ``seasonal``, else the first model.
        coverage : float between 0 and 1, default=0.95
            As in `Backtest.compare`.
        unit : str, optional
            Of the series. Squared losses, such as that of ``rmse``, are in its square.
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        ComparisonDisplay
        """
        if reference is None:
            reference = reference_among(backtest.losses(metric).mean())
        comparison = backtest.compare(metric, reference, coverage)
        loss = metric
        if metric in ROOTS:
            loss = f"squared {metric}"
            unit = unit and f"{unit}²"
        return cls(comparison, loss=loss, unit=unit).plot(ax)

    def plot(self, ax: Any = None) -> ComparisonDisplay:
        """Draw a line for each model, the best on top.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        ComparisonDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column or has no row, or `ax` has more than one axes.
        """
        source = "what Backtest.compare returns"
        check_table(self.comparison, _COLUMNS, "comparison", source, "compare two models at least")
        table = self.comparison.sort_values("difference", kind="stable")
        n_models = len(table)
        axes = panels(ax, 1, row_height=max(MIN_HEIGHT, MODEL_HEIGHT * n_models))
        axis = axes[0]
        reference = str(table["reference"].iloc[0])
        axis.axvline(0, color="black", linewidth=0.8, label=reference)
        for verdict in _VERDICTS:
            is_so = (table["verdict"] == verdict).to_numpy()
            if is_so.any():
                _draw_differences(axis, table, is_so, verdict)
        # One line per model from the top.
        axis.set_yticks(range(n_models), table["model"].astype(str))
        axis.set_ylim(n_models - 0.5, -0.5)
        unit = f" ({self.unit})" if self.unit else ""
        axis.set_xlabel(f"difference in {self.loss}{unit} from {reference}: below 0 is better")
        finish_panels(axes, [], "")
        compared = counted(n_models, "model")
        add_title(ax, axes, f"{compared} against {reference}, with the interval of each")
        self.ax_ = single_or_array(axes)
        self.figure_ = axis.get_figure()
        return self


def _draw_differences(axis: Axes, table: pd.DataFrame, chosen: np.ndarray, verdict: str) -> None:
    """Draw the chosen differences of a table, each on its line, with their intervals."""
    color, marker, fill = _VERDICTS[verdict]
    part = table[chosen]
    # What is infinite has no place on the line of its model.
    differences = part["difference"].replace([np.inf, -np.inf], np.nan).to_numpy()
    # An interval that is not known has no bounds, and so no width here.
    below = np.nan_to_num(differences - part["lower"].to_numpy())
    above = np.nan_to_num(part["upper"].to_numpy() - differences)
    axis.errorbar(
        differences,
        np.flatnonzero(chosen),
        xerr=[below, above],
        color=color,
        marker=marker,
        fillstyle=fill,
        linestyle="none",
        elinewidth=1.6,
        capsize=2.5,
        label=verdict,
    )
