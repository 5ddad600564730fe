"""Series that differ are answered by the model that is best for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from forecast.exceptions import InputError, InputTypeError
from forecast.forecasters.composite import check_forecaster
from forecast.forecasters.naive import NaiveForecaster
from forecast.forecasters.parted import PartedForecaster
from forecast.tables.panel import Panel
from forecast.validation import nearest

__all__ = ["PerSeriesForecaster"]


class PerSeriesForecaster(PartedForecaster):
    """Forecast each series by the one of several forecasters that was chosen for it.

    Each forecaster that answers a series learns from all of them, as it did where it was compared
    with the others. Choices are best made of a backtest (`Backtest.choose_by_series`).

    Parameters
    ----------
    forecasters : mapping of str to forecaster, default=None
        By name. Cloned, never changed. None stands for the naive forecast.
    choices : mapping of series to str, default=None
        The name of the forecaster for each series, which is called as in the table or by the text
        of that. Series that are not named are answered by the first forecaster.

    Attributes
    ----------
    chosen_ : array of shape (n_series,)
        The number of the forecaster that answers each series of the training table.
    members_ : list of forecasters
        The fitted copies of those that answer at least one.

    Raises
    ------
    ValueError
        If a choice is no name of a forecaster, or its series is not in the table.

    Examples
    --------
    >>> import pandas as pd
    >>> from forecast import NaiveForecaster
    >>> y = pd.concat({"north": pd.Series([1.0, 2.0, 3.0]), "south": pd.Series([1.0, 2.0, 3.0])})
    >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    >>> PerSeriesForecaster(models, {"south": "drift"}).fit(y).predict(2)
    array([3., 3., 4., 5.])
    """

    def __init__(
        self,
        forecasters: Mapping[str, Any] | None = None,
        choices: Mapping[Any, str] | None = None,
    ):
        self.forecasters = forecasters
        self.choices = choices

    def _named(self) -> dict[str, Any]:
        """Return the forecasters by their names, or refuse them."""
        if self.forecasters is None:
            return {"naive": NaiveForecaster()}
        if not isinstance(self.forecasters, Mapping):
            raise InputTypeError(
                f"forecasters must be a dict of name to forecaster; got {self.forecasters!r:.100}."
            )
        if not self.forecasters:
            raise InputError("forecasters is empty: name at least one.")
        for name, forecaster in self.forecasters.items():
            check_forecaster(forecaster, f"forecasters[{name!r}]")
        return dict(self.forecasters)

    def _forecasters(self) -> list[Any]:
        return list(self._named().values())

    @property
    def _is_local(self) -> bool:
        # Choices name series, and the table must have all that are named.
        return not self.choices and super()._is_local

    def _learn(self, panel: Panel) -> None:
        self.chosen_ = self._numbers_of_choices(panel)
        forecasters = self._forecasters()
        self.members_ = [
            self._fitted(forecasters[number], panel) for number in np.unique(self.chosen_)
        ]

    def _numbers_of_choices(self, panel: Panel) -> np.ndarray:
        """Return the number of the forecaster that was chosen for each series, (n_series,)."""
        names = list(self._named())
        numbers = {str(series): number for number, series in enumerate(panel.names)}
        chosen = np.zeros(len(numbers), dtype=np.intp)
        for series, name in (self.choices or {}).items():
            if str(series) not in numbers:
                raise InputError(
                    f"choices names the series {series!r}, which the table has not;"
                    f" {nearest(str(series), numbers)}."
                )
            if name not in names:
                raise InputError(
                    f"choices gives {name!r} to {series!r}, which is no forecaster;"
                    f" {nearest(str(name), names)}."
                )
            chosen[numbers[str(series)]] = names.index(name)
        return chosen
