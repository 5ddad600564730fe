"""Forecasters that learn the logarithms of series whose changes these make more even."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from forecast.forecasters.base import Forecaster
from forecast.forecasters.box_cox import log_floors, logarithms
from forecast.forecasters.seasonality import season_length_of
from forecast.tables.panel import Panel


class LogarithmForecaster(Forecaster):
    """Base of forecasters that choose, for each series and target, between y and its logarithm.

    A subclass implements `_learn_modelled` in the place of `_learn`; this and `_answer` see the
    modelled values, also where forecasts become history, and what is public is in the unit of y.
    """

    floor_: np.ndarray

    @property
    def _takes_logarithms(self) -> bool:
        """Whether logarithms may be chosen at all."""
        return bool(self.log)  # type: ignore[attr-defined]

    def _learn_modelled(self, panel: Panel) -> None:
        """Learn from a panel with the modelled values in the place of y."""
        raise NotImplementedError

    def _learn(self, panel: Panel) -> None:
        self.floor_ = np.full((panel.n_series, panel.y.shape[1]), np.nan)
        if self._takes_logarithms:
            self.floor_ = log_floors(panel, season_length_of(panel.frequency, None))
        self._learn_modelled(self._modelled(panel))

    def _answers(
        self, panel: Panel, origins: np.ndarray, horizon: int, quantiles: np.ndarray
    ) -> np.ndarray:
        answers = super()._answers(self._modelled(panel), origins, horizon, quantiles)
        is_log = self._is_log[panel.training_series(origins)][:, None, :, None]
        # An increasing function turns quantiles into quantiles; what is too large is refused later.
        with np.errstate(over="ignore"):
            return np.exp(answers, out=answers, where=np.broadcast_to(is_log, answers.shape))

    @property
    def _is_log(self) -> np.ndarray:
        """Of which series and targets the logarithm is modelled, (n_series, n_targets)."""
        return np.isfinite(self._floors)

    @property
    def _floors(self) -> np.ndarray:
        # Files of earlier versions have no logarithms.
        nowhere = np.full((len(self.series_), self._n_targets), np.nan)
        return getattr(self, "floor_", nowhere)

    def _modelled(self, panel: Panel) -> Panel:
        """Return a panel with what is modelled in the place of y."""
        if not self._is_log.any():
            return panel
        floors = self._floors[panel.training_series()]  # (n_rows, n_targets)
        return replace(panel, y=logarithms(panel.y, floors))
