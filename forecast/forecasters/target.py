"""Forecasts of a transformed target, in the unit of the target, and within bounds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from sklearn.utils import Tags

from forecast.exceptions import InputError, InputTypeError
from forecast.forecasters.composite import CompositeForecaster, check_forecaster
from forecast.forecasters.domain import refuse_first
from forecast.forecasters.grouping import places_of_equal
from forecast.forecasters.intervals import rearranged
from forecast.forecasters.naive import NaiveForecaster
from forecast.forecasters.seasonality import season_length_of
from forecast.forecasters.transformations import LOWEST, Transformation, learn_power
from forecast.forecasters.transformers import learn_transformer
from forecast.tables.panel import Panel
from forecast.validation import Rule, nearest, optional, real

__all__ = ["TransformedTargetForecaster"]

_TAKE_ANY = "Take transformer='yeo-johnson', which takes all values."


class TransformedTargetForecaster(CompositeForecaster):
    """Learn a function of y, such as its logarithm, and forecast y itself, within bounds if wanted.

    For a series whose fluctuations grow with its level, or which cannot be negative [1]_. Each
    series and each target has a transformation of its own, learned from the training part alone.

    Parameters
    ----------
    forecaster : forecaster, default=None
        Cloned, never changed. None stands for ``NaiveForecaster()``.
    transformer : {"log", "log1p", "box-cox", "yeo-johnson"}, transformer or None, default="log"
        "log" and "box-cox" [2]_ take values above 0, "log1p" (of 1 + y) values above -1,
        "yeo-johnson" [3]_ any. The power of Box and Cox is that by which the seasons of the
        frequency deviate alike, the power of Yeo and Johnson the most likely one. A scikit-learn
        transformer must be monotone and have an inverse. None changes nothing: for the bounds
        alone.
    lower, upper : float, optional
        The least and the largest value that y can have. Forecasts, quantiles and paths beyond are
        replaced by the bound; values of y beyond are refused.

    Attributes
    ----------
    members_ : list of one forecaster
        The fitted copy, of the transformed target.
    transformations_ : list (series) of lists (targets)
        What has been learned of each: ``power`` and ``unit``, or the fitted ``transformer``.

    Notes
    -----
    The point forecast is transformed back as it is. So the median becomes the median, for which the
    absolute error is smallest, and it lies among the quantiles, which become quantiles exactly. It
    is not the mean, which a logarithm, for instance, makes larger: that of the paths of `simulate`
    is.

    "log", "box-cox" and "yeo-johnson" divide by a unit first (a geometric mean, or a deviation), so
    that the unit of y does not matter. That of "log1p" does, for it adds 1.

    A value that is replaced by a bound stands for all beyond it: the quantiles are those of a
    target that stops at the bound, as sales stop at 0 or a share at 100.

    References
    ----------
    .. [1] Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., sections
       5.6 and 13.3.
    .. [2] Box & Cox (1964), An analysis of transformations, J. Royal Statistical Society B 26(2),
       211-252; the power by Guerrero (1993), J. Forecasting 12(1), 37-48.
    .. [3] Yeo & Johnson (2000), Biometrika 87(4), 954-959.

    Examples
    --------
    >>> growing = [1.0, 2.0, 4.0, 8.0]
    >>> model = TransformedTargetForecaster(NaiveForecaster(drift=True), "log")
    >>> model.fit(growing).predict(2).round(6)
    array([16., 32.])
    >>> falling = TransformedTargetForecaster(NaiveForecaster(drift=True), None, lower=0)
    >>> falling.fit([5.0, 3.0, 1.0]).predict(2)
    array([0., 0.])
    """

    _rules: ClassVar[dict[str, Rule]] = {"lower": optional(real()), "upper": optional(real())}

    def __init__(
        self,
        forecaster: Any = None,
        transformer: Any = "log",
        lower: float | None = None,
        upper: float | None = None,
    ):
        self.forecaster = forecaster
        self.transformer = transformer
        self.lower = lower
        self.upper = upper

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = self.transformer in ("log", "box-cox") or self.lower == 0
        return tags

    def _forecasters(self) -> list[Any]:
        if self.forecaster is None:
            return [NaiveForecaster()]
        check_forecaster(self.forecaster, "forecaster")
        return [self.forecaster]

    def _learn(self, panel: Panel) -> None:
        self._check_transformer()
        self._check_bounds()
        self._check_values(panel, panel.y)
        season_length = season_length_of(panel.frequency, None)
        self.transformations_ = [
            [self._transformation(y, season_length) for y in panel.y[rows].T]
            for rows in panel.series()
        ]
        modelled = self._transformed(panel, panel.last)
        self.members_ = [self._fitted(self._forecasters()[0], modelled)]

    def _check_transformer(self) -> None:
        """Refuse what is neither a name nor an invertible transformer."""
        if self.transformer is None:
            return
        if isinstance(self.transformer, str):
            if self.transformer not in LOWEST:
                offer = nearest(self.transformer, LOWEST)
                raise InputError(f"there is no transformer {self.transformer!r}; {offer}.")
            return
        verbs = ("fit", "transform", "inverse_transform")
        if not all(hasattr(self.transformer, verb) for verb in verbs):
            raise InputTypeError(
                f"transformer must be one of {', '.join(map(repr, LOWEST))}, None, or one "
                f"with inverse_transform; got {self.transformer!r:.100}."
            )

    def _check_bounds(self) -> None:
        """Refuse bounds without a number between them."""
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise InputError(f"lower={self.lower:g} must be below upper={self.upper:g}.")

    def _transformation(self, y: np.ndarray, season_length: int) -> Transformation | None:
        """Learn the transformation of one target of one series, (n_rows,)."""
        if self.transformer is None:
            return None
        if isinstance(self.transformer, str):
            return learn_power(self.transformer, y, season_length)
        return learn_transformer(self.transformer, y)

    def _observe(self, panel: Panel) -> None:
        super()._observe(self._transformed(panel, panel.last))

    def _answer(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        modelled = self._transformed(panel, origins)
        answer = self._answer_of(self.members_[0], modelled, origins, horizon, quantiles)
        answer = self._restored(panel, origins, answer)
        # An increasing function keeps the order, but for rounding.
        answer[..., 1:] = rearranged(answer[..., 1:])
        return answer

    def _paths(
        self,
        panel: Panel,
        origins: np.ndarray,
        horizon: int,
        n_paths: int,
        rng: np.random.Generator,
    ) -> np.ndarray:
        modelled = self._transformed(panel, origins)
        paths = self._paths_of(self.members_[0], modelled, origins, horizon, n_paths, rng)
        return self._restored(panel, origins, paths[..., None])[..., 0]

    def _transformed(self, panel: Panel, origins: np.ndarray) -> Panel:
        """Return the panel with the transformed target, NaN behind the last origins.

        What is read and cannot be transformed is refused.
        """
        y = np.where(panel.up_to(origins)[:, None], panel.y, np.nan)
        self._check_values(panel, y)
        if self.transformer is None:
            return replace(panel, y=y)
        # Series by series, target by target.
        modelled = np.empty_like(y)
        for number, rows in zip(panel.numbers, panel.series(), strict=True):
            for target, learned in enumerate(self.transformations_[number]):
                modelled[rows, target] = learned.forward(y[rows, target])
        is_lost = np.isfinite(y) & ~np.isfinite(modelled)
        refuse_first(
            panel,
            is_lost,
            ", which the transformer does not give back.",
            _TAKE_ANY,
        )
        return replace(panel, y=modelled)

    def _restored(self, panel: Panel, origins: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Return y from its transformed values, (origins, …, targets, quantiles), within bounds."""
        restored = values
        if self.transformer is not None:
            restored = np.empty_like(values)
            numbers = panel.training_series(origins)
            for places in places_of_equal(numbers):
                for target, learned in enumerate(self.transformations_[numbers[places[0]]]):
                    of_target = values[places, ..., target, :]
                    restored[places, ..., target, :] = learned.backward(of_target)
        if self.lower is None and self.upper is None:
            return restored
        return np.clip(restored, self.lower, self.upper)

    def _check_values(self, panel: Panel, y: np.ndarray) -> None:
        """Refuse the first value (n_rows, n_targets) that the transformer or a bound excludes."""
        if isinstance(self.transformer, str):
            lowest = LOWEST[self.transformer]
            refuse_first(
                panel,
                y <= lowest,
                f"; the transformer {self.transformer!r} needs values above {lowest:g}.",
                _TAKE_ANY,
                "Give --transform yeo-johnson, which takes all values.",
            )
        if self.lower is not None:
            refuse_first(
                panel,
                y < self.lower,
                f", below the lower bound of {self.lower:g}.",
                f"Give a smaller bound, or y.clip(lower={self.lower:g}) for y.",
                "Give a smaller --lower.",
            )
        if self.upper is not None:
            refuse_first(
                panel,
                y > self.upper,
                f", above the upper bound of {self.upper:g}.",
                f"Give a larger bound, or y.clip(upper={self.upper:g}) for y.",
                "Give a larger --upper.",
            )
