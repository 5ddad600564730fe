"""Figure of a training: the losses of a network, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from forecast.exceptions import InputError, InputTypeError
from forecast.figures.axes import add_title, finish_panels, panels, single_or_array
from forecast.figures.styles import draw_line, look

__all__ = ["LossDisplay"]

_LINES = {"loss": "-", "validation_loss": "--"}


class LossDisplay:
    """Training and validation loss of a network by epoch.

    A training loss that falls while the validation loss rises is a network that learns its samples
    by heart.

    Parameters
    ----------
    history : list of dict, or dict of such lists
        The attribute `history_` of an estimator: the ``loss`` of each epoch, and the
        ``validation_loss`` where samples are held out; or several of them by name.

    Attributes
    ----------
    ax_ : Axes
    figure_ : Figure

    Examples
    --------
    >>> history = [{"loss": 1.0, "validation_loss": 1.1}, {"loss": 0.5, "validation_loss": 0.9}]
    >>> display = LossDisplay(history).plot()
    >>> [line.get_label() for line in display.ax_.get_lines()]
    ['training', 'validation']
    """

    def __init__(self, history: Any):
        self.history = history

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> LossDisplay:
        """Draw the losses of a fitted estimator, or of several.

        Parameters
        ----------
        estimator : fitted estimator with `history_`, or dict of them
        ax : Axes, optional
            As in `plot`.

        Returns
        -------
        LossDisplay
        """
        if isinstance(estimator, Mapping):
            return cls({name: _history_of(one) for name, one in estimator.items()}).plot(ax)
        return cls(_history_of(estimator)).plot(ax)

    def plot(self, ax: Any = None) -> LossDisplay:
        """Draw the losses against the epochs, one colour and marker per network.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; by default a new figure.

        Returns
        -------
        LossDisplay
            The display itself, with `ax_` and `figure_`.

        Raises
        ------
        ValueError
            If there is no epoch, or an epoch has no loss, or `ax` has more than one axes.
        """
        # A single network needs no name.
        histories = self.history if isinstance(self.history, Mapping) else {"": self.history}
        if not histories:
            raise InputError("history holds no network: pass at least one history_.")
        for name, history in histories.items():
            _check_history(history, name)
        axes = panels(ax, 1, legend_entries=len(_LINES) * len(histories))
        axis = axes[0]
        for position, (name, history) in enumerate(histories.items()):
            _draw_losses(axis, history, name, look(position))
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
        axis.set_xlabel("epoch")
        finish_panels(axes, [], "loss")
        add_title(ax, axes, "Loss by epoch")
        self.ax_ = single_or_array(axes)
        self.figure_ = axis.get_figure()
        return self


def _history_of(estimator: Any) -> Any:
    """Return the losses that an estimator remembers."""
    if not hasattr(estimator, "history_"):
        raise InputTypeError(
            f"{estimator!r:.100} has no history_: pass a fitted network, such as LSTMForecaster."
        )
    return estimator.history_


def _check_history(history: Any, name: str) -> None:
    """Refuse what is no list of epochs with their losses."""
    what = f"history {name!r}" if name else "history"
    if not isinstance(history, (list, tuple)):
        kind = type(history).__name__
        raise InputTypeError(f"{what} must be a list of epochs; got {kind}: pass history_.")
    if not history:
        raise InputError(f"{what} has no epoch: fit with at least one.")
    for epoch, losses in enumerate(history, 1):
        if "loss" not in losses:
            raise InputError(f"{what} lacks the loss of epoch {epoch}: pass history_ as it is.")


def _draw_losses(axis: Axes, history: Any, name: str, style: dict[str, Any]) -> None:
    """Draw the lines of one network."""
    epochs = np.arange(1, len(history) + 1)
    for key, line_style in _LINES.items():
        losses = [epoch.get(key) for epoch in history]
        values = np.array([np.nan if loss is None else loss for loss in losses], dtype=float)
        # Nothing may have been held out.
        if np.isnan(values).all():
            continue
        kind = "training" if key == "loss" else "validation"
        label = f"{name}, {kind}" if name else kind
        draw_line(axis, epochs, values, label, style | {"linestyle": line_style})
