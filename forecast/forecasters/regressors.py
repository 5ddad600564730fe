"""The regressors of scikit-learn: what they take and answer, and where pipelines are parted."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags

from forecast.exceptions import InputError, InputTypeError
from forecast.tables.windows import SlidingWindow

_POSITIVE_LOSSES = ("poisson", "gamma")  # of regressors whose targets must be positive


def parted_at_window(pipeline: Pipeline, lookback: int) -> tuple[Any, Any]:
    """Part a pipeline at its `SlidingWindow`: the steps before it, or None, and those behind."""
    steps = list(pipeline.named_steps.values())
    windows = [place for place, step in enumerate(steps) if isinstance(step, SlidingWindow)]
    if not windows:
        return None, pipeline
    place = windows[0]
    own = steps[place].lookback
    if own != lookback:
        raise InputError(
            f"lookback={lookback}, but the pipeline has SlidingWindow({own}): give the same."
        )
    before = pipeline[:place] if place else None
    behind = pipeline[place + 1 :]
    return before, behind[0] if len(behind) == 1 else behind


def check_regressor(regressor: Any) -> None:
    """Refuse what does not learn and predict."""
    is_instance = not isinstance(regressor, type) and hasattr(regressor, "fit")
    # Some, such as StackingRegressor, have `predict` only when they have learned.
    if not is_instance or not (hasattr(regressor, "predict") or is_regressor(regressor)):
        raise InputTypeError(
            f"regressor must be a scikit-learn regressor, such as Ridge(); got {regressor!r}."
        )


def needs_own_unit(regressor: Any) -> bool:
    """Whether a regressor takes targets as they are: all positive, or to be transformed by it."""
    # The regressors inside of one, and its loss, are among its parameters.
    for part in [regressor, *regressor.get_params().values()]:
        if isinstance(part, TransformedTargetRegressor):
            return True
        if isinstance(part, str) and part in _POSITIVE_LOSSES:
            return True
        learns = hasattr(part, "fit") and hasattr(part, "predict")
        if learns and get_tags(part).target_tags.positive_only:
            return True
    return False


def takes_several_outputs(regressor: Any) -> bool:
    """Whether a regressor answers several outputs at once."""
    if isinstance(regressor, Pipeline):
        return takes_several_outputs(regressor[-1])
    if isinstance(regressor, TransformedTargetRegressor):
        # It says so of itself, but it is the one inside that learns.
        inner = regressor.regressor
        return inner is None or takes_several_outputs(inner)
    return bool(get_tags(regressor).target_tags.multi_output)


def predicted(regressor: Any, inputs: np.ndarray, n_outputs: int) -> np.ndarray:
    """Predict from complete inputs, (n_inputs, n_outputs); NaN where an input is missing."""
    outputs = np.full((len(inputs), n_outputs), np.nan)
    complete = np.isfinite(inputs).reshape(len(inputs), -1).all(axis=1)
    if complete.any():
        found = regressor.predict(inputs[complete])
        outputs[complete] = np.reshape(found, (-1, n_outputs))
    return outputs


def takes_tensors(regressor: Any) -> bool:
    """Whether a regressor is made for (samples, timesteps, features)."""
    if regressor is None:
        return False
    if isinstance(regressor, Pipeline):
        steps = regressor.named_steps.values()
        has_window = any(isinstance(step, SlidingWindow) for step in steps)
        return has_window or takes_tensors(regressor[0])
    # Wrappers such as TransformedTargetRegressor and MultiOutputRegressor pass X on.
    wrapped = getattr(regressor, "regressor", None) or getattr(regressor, "estimator", None)
    if wrapped is not None:
        return takes_tensors(wrapped)
    return bool(get_tags(regressor).input_tags.three_d_array)
