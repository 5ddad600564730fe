"""Time-series forecasting with recurrent networks that behave as scikit-learn estimators.

Public names are imported on first use, so that ``import forecast`` costs nothing.

Examples
--------
>>> import forecast
>>> forecast.NaiveForecaster(season_length=2).fit([1.0, 5.0, 2.0, 6.0]).predict(3)
array([2., 6., 2.])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.arima import ARIMAForecaster as ARIMAForecaster
    from forecast.arima import AutoARIMAForecaster as AutoARIMAForecaster
    from forecast.backtesting import Backtest as Backtest
    from forecast.backtesting import RollingOrigin as RollingOrigin
    from forecast.backtesting import backtest as backtest
    from forecast.conformal import ConformalForecaster as ConformalForecaster
    from forecast.datasets import load_stocks as load_stocks
    from forecast.datasets import load_weather as load_weather
    from forecast.ensemble import EnsembleForecaster as EnsembleForecaster
    from forecast.exponential import ETSForecaster as ETSForecaster
    from forecast.exponential import Naive2Forecaster as Naive2Forecaster
    from forecast.exponential import ThetaForecaster as ThetaForecaster
    from forecast.forecaster import Forecaster as Forecaster
    from forecast.inspection import GateDisplay as GateDisplay
    from forecast.inspection import GradientFlowDisplay as GradientFlowDisplay
    from forecast.metrics import bias as bias
    from forecast.metrics import coverage as coverage
    from forecast.metrics import crps as crps
    from forecast.metrics import crps_normal as crps_normal
    from forecast.metrics import crps_samples as crps_samples
    from forecast.metrics import energy_score as energy_score
    from forecast.metrics import interval_width as interval_width
    from forecast.metrics import log_score as log_score
    from forecast.metrics import mae as mae
    from forecast.metrics import mase as mase
    from forecast.metrics import pinball as pinball
    from forecast.metrics import qlike as qlike
    from forecast.metrics import rmse as rmse
    from forecast.metrics import rmsse as rmsse
    from forecast.metrics import seasonal_scale as seasonal_scale
    from forecast.metrics import smape as smape
    from forecast.metrics import weighted_interval_score as weighted_interval_score
    from forecast.naive import NaiveForecaster as NaiveForecaster
    from forecast.persistence import load as load
    from forecast.persistence import save as save
    from forecast.plotting import BacktestDisplay as BacktestDisplay
    from forecast.plotting import CalibrationDisplay as CalibrationDisplay
    from forecast.plotting import ForecastDisplay as ForecastDisplay
    from forecast.plotting import RankDisplay as RankDisplay
    from forecast.reading import read as read
    from forecast.recurrent.estimators import LSTMRegressor as LSTMRegressor
    from forecast.recurrent.forecaster import LSTMForecaster as LSTMForecaster
    from forecast.significance import diebold_mariano as diebold_mariano
    from forecast.significance import friedman_nemenyi as friedman_nemenyi
    from forecast.significance import giacomini_white as giacomini_white
    from forecast.significance import model_confidence_set as model_confidence_set
    from forecast.timeline import fourier_terms as fourier_terms
    from forecast.timeline import regularize as regularize
    from forecast.volatility import GARCHForecaster as GARCHForecaster
    from forecast.volatility import HARForecaster as HARForecaster
    from forecast.windowed import WindowForecaster as WindowForecaster
    from forecast.windows import SlidingWindow as SlidingWindow
    from forecast.windows import lead as lead

__version__ = "0.1.0"

_PUBLIC = {
    "ARIMAForecaster": "arima",
    "AutoARIMAForecaster": "arima",
    "Backtest": "backtesting",
    "BacktestDisplay": "plotting",
    "CalibrationDisplay": "plotting",
    "ConformalForecaster": "conformal",
    "ETSForecaster": "exponential",
    "EnsembleForecaster": "ensemble",
    "ForecastDisplay": "plotting",
    "Forecaster": "forecaster",
    "GARCHForecaster": "volatility",
    "GateDisplay": "inspection",
    "GradientFlowDisplay": "inspection",
    "HARForecaster": "volatility",
    "LSTMForecaster": "recurrent.forecaster",
    "LSTMRegressor": "recurrent.estimators",
    "Naive2Forecaster": "exponential",
    "NaiveForecaster": "naive",
    "RankDisplay": "plotting",
    "RollingOrigin": "backtesting",
    "SlidingWindow": "windows",
    "ThetaForecaster": "exponential",
    "WindowForecaster": "windowed",
    "backtest": "backtesting",
    "diebold_mariano": "significance",
    "fourier_terms": "timeline",
    "friedman_nemenyi": "significance",
    "giacomini_white": "significance",
    "lead": "windows",
    "load": "persistence",
    "load_stocks": "datasets",
    "load_weather": "datasets",
    "model_confidence_set": "significance",
    "read": "reading",
    "regularize": "timeline",
    "save": "persistence",
}
_PUBLIC |= dict.fromkeys(
    (
        "bias",
        "coverage",
        "crps",
        "crps_normal",
        "crps_samples",
        "energy_score",
        "interval_width",
        "log_score",
        "mae",
        "mase",
        "pinball",
        "qlike",
        "rmse",
        "rmsse",
        "seasonal_scale",
        "smape",
        "weighted_interval_score",
    ),
    "metrics",
)
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        value = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
