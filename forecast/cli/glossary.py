"""The words of ``--help``: what models and scores are called, and examples of commands."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

MODEL_WORDS = {
    "naive": "the last value, again and again",
    "seasonal": "the last season, again and again",
    "drift": "a line through the first and the last value",
    "arima": "ARIMA of orders that the season decides",
    "autoarima": "ARIMA of orders that are searched for",
    "ets": "exponential smoothing, of a form that is searched for",
    "theta": "the Theta method: half a trend, and smoothing",
    "ensemble": "the mean of autoarima and lstm",
    "har": "regression on means of a day, a week and a month, for volatility",
    "garch": "the variance of returns, from their shocks (needs seqcast[volatility])",
    "croston": "intermittent demand: its size and its interval",
    "tsb": "intermittent demand that may end",
    "pretrained": "a recurrent network that has learned from simulated series",
    "ridge": "linear regression on a window of the past, for each step",
    "lstm": "a recurrent network of LSTM cells, averaged with ridge",
    "gru": "the same with GRU cells",
}

SCORE_WORDS = {
    "mae": "mean absolute error, in the unit of the target",
    "rmse": "root of the mean squared error: large errors count more",
    "bias": "mean of actual - forecast: above 0, forecasts are too low",
    "mase": "mae in units of the seasonal naive error before the first origin",
    "rmsse": "rmse in units of the root of its square",
    "smape": "mean error in percent of the mean of actual and forecast",
    "pinball": "error of the quantiles: small where they are narrow and hold",
    "crps": "the same over the whole distribution, from three quantiles on",
    "coverage": "share of the actuals between the outer quantiles",
    "width": "mean distance of the outer quantiles",
    "seconds": "for learning and forecasting",
}

_WIDTH = 78


def epilog(examples: Sequence[str], glossaries: Sequence[str] = ()) -> str:
    """Return what stands below the options of a command: examples, and words explained."""
    words = {"models": MODEL_WORDS, "scores": SCORE_WORDS}
    blocks = ["\n".join(["examples:", *(f"  {example}" for example in examples)])]
    blocks += [_explained(name, words[name]) for name in glossaries]
    return "\n\n".join(blocks)


def _explained(heading: str, words: Mapping[str, str]) -> str:
    """Return a heading, and below it words with what they mean."""
    indent = 2 + max(map(len, words)) + 2
    lines = [
        textwrap.fill(
            meaning,
            _WIDTH,
            initial_indent=f"  {word}".ljust(indent),
            subsequent_indent=" " * indent,
        )
        for word, meaning in words.items()
    ]
    return "\n".join([f"{heading}:", *lines])
