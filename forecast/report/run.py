"""A backtest with what lies beside it, and what all parts of the page ask of both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from forecast.evaluation.results import Backtest
from forecast.evaluation.verdict import Judgement, judge
from forecast.figures.fans import CentralInterval, central_intervals
from forecast.report import drawings
from forecast.report.calibration import shares_inside
from forecast.report.extras import Extras


@dataclass(frozen=True)
class Run:
    """A backtest with what lies beside it, and what all parts of the page ask of both."""

    result: Backtest
    extras: Extras

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The scores of the models, in the order given."""
        return self.result.scores()

    @cached_property
    def judgement(self) -> Judgement:
        """What the backtest says."""
        return judge(self.result)

    @cached_property
    def shown(self) -> str:
        """The model that the page speaks of: the one that was chosen, else the best."""
        chosen = self.extras.choice.get("model")
        if chosen in self.scores.index:
            return str(chosen)
        mae = self.scores["mae"]
        return str(mae.idxmin() if mae.notna().any() else mae.index[0])

    @cached_property
    def intervals(self) -> list[CentralInterval]:
        """The intervals between quantiles of the backtest, the widest first."""
        return central_intervals(self.result.forecasts)

    @cached_property
    def shares(self) -> dict[str, list[float]]:
        """The shares of the actual values inside the intervals of each model."""
        return shares_inside(self.result, self.intervals)

    @cached_property
    def looks(self) -> list[dict[str, Any]]:
        """How the models are drawn, in the order given."""
        return drawings.models(self.result)

    @property
    def target(self) -> str:
        """What is forecast."""
        return str(self.result.settings.get("target") or "")
