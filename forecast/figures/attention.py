"""Figures of attention: where a decoder looks in the source while it writes the target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from forecast.exceptions import InputError, InputTypeError
from forecast.figures.axes import FIGURE_MARGIN, add_title, check_table, panels

__all__ = ["AttentionDisplay"]

_COLUMNS = ("sample", "target_place", "target", "source_place", "source", "weight")
_MOST_LABELS = 60  # tokens of an axis that are all named
_PLACE = 0.22  # inches for each place
_LONGEST_SIDE = 9.0  # inches


class AttentionDisplay:
    """The attention of one sample: a picture of the target against the source.

    Parameters
    ----------
    attention : DataFrame
        As `SequenceToSequence.attention` makes it.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["sample", "target_place", "target", "source_place", "source", "weight"]
    >>> rows = [[0, 0, "b", 0, "a", 0.1], [0, 0, "b", 1, "b", 0.9]]
    >>> display = AttentionDisplay(pd.DataFrame(rows, columns=columns)).plot()
    >>> [label.get_text() for label in display.ax_.get_xticklabels()]
    ['a', 'b']
    """

    def __init__(self, attention: pd.DataFrame):
        self.attention = attention

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any = None, *, sample: int = 0, ax: Axes | None = None
    ) -> AttentionDisplay:
        """Compute the attention of an estimator and draw that of one sample.

        Parameters
        ----------
        estimator : fitted SequenceToSequence
        X, y : lists or arrays of sequences
            As in its `attention`.
        sample : int
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        AttentionDisplay
        """
        return cls(estimator.attention(X, y)).plot(ax, sample=sample)

    def plot(self, ax: Axes | None = None, *, sample: int = 0) -> AttentionDisplay:
        """Draw a row for each place of the target, dark where it looks in the source.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.
        sample : int, default=0
            Which sample, by its place in the table; negative numbers count from the last.

        Returns
        -------
        AttentionDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If the table lacks a column or has no row, or a sample is not in it.
        """
        check_table(
            self.attention,
            _COLUMNS,
            name="attention",
            source="what SequenceToSequence.attention returns",
            remedy="pass sequences to SequenceToSequence.attention",
        )
        rows = _rows_of(self.attention, sample)
        weights = rows.pivot(index="target_place", columns="source_place", values="weight")
        axis = _panel(ax, *weights.shape)
        image = axis.imshow(weights.to_numpy(), cmap="viridis_r", vmin=0, vmax=1, aspect="auto")
        axis.figure.colorbar(image, ax=axis, pad=0.02, aspect=25, label="attention")
        targets = rows.drop_duplicates("target_place").sort_values("target_place")["target"]
        sources = rows.drop_duplicates("source_place").sort_values("source_place")["source"]
        # Where there are too many tokens to be read, matplotlib numbers the places.
        if len(sources) <= _MOST_LABELS:
            axis.set_xticks(range(len(sources)), _labels(sources))
            # Words of any length fit upright.
            turned = max(map(len, _labels(sources))) > 2
            axis.tick_params("x", rotation=90 if turned else 0)
        if len(targets) <= _MOST_LABELS:
            axis.set_yticks(range(len(targets)), _labels(targets))
        axis.set_xlabel("source")
        axis.set_ylabel("target")
        add_title(ax, [axis], "Where the decoder looks")
        self.ax_ = axis
        self.figure_ = axis.get_figure()
        return self


def _rows_of(table: pd.DataFrame, sample: Any) -> pd.DataFrame:
    """Return the rows of one sample, counted in the order of the table."""
    is_flag = isinstance(sample, (bool, np.bool_))
    if is_flag or not isinstance(sample, (int, np.integer)):
        raise InputTypeError(f"sample must be a whole number; got {sample!r}.")
    samples = table["sample"].unique()
    n = len(samples)
    if not -n <= sample < n:
        raise InputError(
            f"sample={sample} is not in the table, which has {n}: choose from {-n} to {n - 1}."
        )
    return table[table["sample"] == samples[sample]]


def _panel(ax: Axes | None, n_targets: int, n_sources: int) -> Axes:
    """Return axes for a picture of so many places, which grow with them."""
    width = min(max(3.0, _PLACE * n_sources), _LONGEST_SIDE) + FIGURE_MARGIN
    height = min(max(2.0, _PLACE * n_targets), _LONGEST_SIDE)
    return panels(ax, 1, width=width, row_height=height)[0]


def _labels(tokens: pd.Series) -> list[str]:
    """Return how tokens are written at an axis: a blank and what breaks a line can be seen."""
    seen = {" ": "␣", "\n": "↵", "\t": "⇥"}
    return [seen.get(token, str(token)) for token in tokens]
