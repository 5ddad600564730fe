"""Rolling-origin backtests: many honest forecasts of the past, in one table.

The loop over models and folds knows nothing of how a forecaster works. What a model learns from and
what it is asked for are rows of one table (`Source`, `Fold`), of which none after an origin holds a
value when it is asked.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from forecast import __version__
from forecast.evaluation.folds import Fold, Source
from forecast.evaluation.origins import RollingOrigin
from forecast.evaluation.parts import KeptParts, Part
from forecast.evaluation.results import Backtest, quantile_name
from forecast.exceptions import FitInterrupted, InputError, InputTypeError, Refusal
from forecast.files import versions
from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES, check_quantiles
from forecast.validation import check, integer, optional

__all__ = ["backtest"]


def backtest(
    forecasters: Any,
    X: Any,
    y: Any = None,
    cv: RollingOrigin | None = None,
    refit: str | int = "never",
    quantiles: Sequence[float] = (),
    season_length: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    refused: Callable[[str, Refusal], None] | None = None,
    keep: str | Path | None = None,
) -> Backtest:
    """Forecast from many origins of the past, as it would have been done then.

    Parameters
    ----------
    forecasters : forecaster, list of forecasters, or dict of name to forecaster
        Cloned, never changed. With ``refit="always"`` any scikit-learn regressor whose rows are
        moments will do, such as a pipeline that ends in a forecaster.
    X : array-like of shape (n_rows, n_features) or None
        What is known for each moment. With y missing, X is taken for y.
    y : array-like of shape (n_rows,) or (n_rows, n_targets)
        NaN before the first value of a series, and after its last one, are no part of its history:
        such rows are left out.
    cv : RollingOrigin, optional
        The origins; by default the last ten, one step ahead.
    refit : {"never", "always"} or int, default="never"
        Learn once, on the rows up to the first origin, and hindcast from all origins; learn anew at
        every origin; or at every k-th one.
    quantiles : sequence of floats between 0 and 1, default=()
        Quantiles to forecast beside the point.
    season_length : int, optional
        Of the seasonal naive errors that scale ``mase`` and ``rmsse``; by default that of the
        frequency.
    progress : callable, optional
        Called with the model's name, the origins done and the origins in all.
    refused : callable, optional
        Called with the name of a model that refuses the table, and its refusal; the model is then
        left out, unless none remains. By default, the first refusal ends the backtest.
    keep : str or Path, optional
        A folder in which what a model says after each of its fits is kept. A backtest that was
        interrupted goes on from there if it is called again as it was, further models apart. The
        folder is the caller's to remove.

    Returns
    -------
    Backtest
        Series that are too short for a model, and by what they were answered, are named in
        ``settings["set_aside"]`` (`FallbackForecaster`). Series of which nothing is forecast are
        named in `left_out`: they begin after the last fit, end before the first origin, or have no
        row at the moment of an origin.

    Raises
    ------
    ValueError
        If the table is too short for the origins, a forecaster refuses it (its name is in the
        sentence), or what is kept was made of other data or with other settings.

    Examples
    --------
    >>> from forecast import NaiveForecaster, RollingOrigin, backtest
    >>> models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    >>> y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    >>> result = backtest(models, y, cv=RollingOrigin(horizon=2, origins=2))
    >>> result.scores()["mae"].to_dict()
    {'naive': 1.5, 'drift': 0.0}
    """
    cv = RollingOrigin() if cv is None else cv
    _check_arguments(y, cv, refit, season_length)
    levels = check_quantiles(quantiles) if len(quantiles) else NO_QUANTILES
    models = _named(forecasters)
    if y is None:
        X, y = None, X
    source = Source.of(X, y)
    folds = _folds(source, cv, refit)
    season = season_length or source.frequency.season_length

    written = {name: " ".join(repr(model).split()) for name, model in models.items()}
    digest = source.digest()
    kept = None
    if keep is not None:
        facts = {"origins": repr(cv), "refit": refit, "quantiles": levels.tolist()}
        facts |= {"data": digest, "version": __version__, "models": written}
        kept = KeptParts(Path(keep), facts)

    parts: dict[str, list[Part]] = {}
    refusals = {}
    for name, model in models.items():
        try:
            parts[name] = _parts(name, model, source, folds, levels, progress, kept)
        except Refusal as error:
            refusals[name] = str(error)
            # Without any model there is nothing to score.
            if refused is None or len(refusals) == len(models):
                raise
            refused(name, error)

    table = _forecasts_table(parts, source)
    first_origin = source.moment[folds[0].training].max()
    settings = {
        "horizon": cv.horizon,
        "origins": cv.origins,
        "gap": cv.gap,
        "window": cv.window,
        "step": cv.step or cv.horizon,
        "refit": refit,
        "season_length": season,
        "models": {name: written[name] for name in parts},
        "refused": refusals,
        "set_aside": _set_aside(parts),
        "seconds": {name: _seconds(of_model) for name, of_model in parts.items()},
        "unobserved": source.n_unobserved,
        "left_out": sorted(set(source.labels()) - set(table["series"].cat.categories)),
        "scales": source.scales(first_origin, season),
        "data": digest,
        "versions": versions(),
    }
    return Backtest(table, settings)


def _check_arguments(y: Any, cv: Any, refit: Any, season_length: Any) -> None:
    if isinstance(y, RollingOrigin):
        raise InputTypeError(
            "the RollingOrigin stands in the place of y: write "
            "backtest(forecasters, y, cv=RollingOrigin(…))."
        )
    if not isinstance(cv, RollingOrigin):
        raise InputTypeError(f"cv must be a RollingOrigin; got {cv!r}.")
    check(optional(integer(1)), season_length, "season_length")
    if refit not in ("never", "always"):
        check(integer(1), refit, "refit, unless 'never' or 'always',")


def _folds(source: Source, cv: RollingOrigin, refit: str | int) -> list[Fold]:
    """Cut the table: each fit answers a run of origins, which are all of them, one, or every k."""
    cuts = cv.cuts(len(source.moments))
    if refit == "never":
        run = len(cuts)
    elif refit == "always":
        run = 1
    else:
        run = int(refit)
    starts = range(0, len(cuts), run)
    return [Fold.of(source, cuts[start : start + run], cv) for start in starts]


def _named(forecasters: Any) -> dict[str, Any]:
    """Name the models: as given, or by their classes."""
    if isinstance(forecasters, Mapping):
        models = {str(name): model for name, model in forecasters.items()}
    else:
        listed = list(forecasters) if isinstance(forecasters, (list, tuple)) else [forecasters]
        models = {}
        for model in listed:
            name = type(model).__name__
            models[name if name not in models else f"{name} {len(models) + 1}"] = model
    for name, model in models.items():
        if isinstance(model, str):
            raise InputTypeError(
                f"{model!r} is a name, and a forecaster is needed: write "
                f"forecast.preset({model!r}, y)."
            )
        has_verbs = hasattr(model, "fit") and hasattr(model, "predict")
        if isinstance(model, type) or not has_verbs:
            raise InputTypeError(
                f"{name} must be a forecaster, an instance with fit and predict; got {model!r}."
            )
    if not models:
        raise InputError("there is no forecaster: name at least one.")
    return models


def _parts(
    name: str,
    model: Any,
    source: Source,
    folds: list[Fold],
    quantiles: np.ndarray,
    progress: Callable[[str, int, int], None] | None,
    kept: KeptParts | None,
) -> list[Part]:
    """Let one model learn and answer fold by fold; what it refuses is refused in its name."""
    n_origins = sum(fold.n_moments for fold in folds)
    done = 0
    parts = []
    for number, fold in enumerate(folds):
        if progress is not None:
            progress(name, done, n_origins)
        part = None if kept is None else kept.find(name, number)
        if part is None:
            part = _part(name, model, source, fold, quantiles)
            if kept is not None:
                kept.keep(name, number, part)
        parts.append(part)
        done += fold.n_moments
    if progress is not None:
        progress(name, done, done)
    return parts


def _part(name: str, model: Any, source: Source, fold: Fold, quantiles: np.ndarray) -> Part:
    """Let one model learn and answer one fold."""
    # A forecaster of this package answers all origins of a fold at once.
    answer = _forecaster_answer if isinstance(model, Forecaster) else _regressor_answer
    started = time.perf_counter()
    try:
        answered, set_aside = answer(model, source, fold, quantiles)
    except Refusal as error:
        raise error.within(name) from error
    except Exception as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name}: {error}") from error
    seconds = time.perf_counter() - started
    targets = range(source.y.shape[1])
    blocks = [_block(target, source, fold, answered, quantiles) for target in targets]
    return Part(pd.concat(blocks, ignore_index=True), set_aside, seconds)


def _set_aside(parts: dict[str, list[Part]]) -> dict[str, dict[str, str]]:
    """Return for each model the series that are too short for it, and what answers them first."""
    set_aside: dict[str, dict[str, str]] = {}
    for name, of_model in parts.items():
        for part in of_model:
            if part.set_aside:
                set_aside[name] = part.set_aside | set_aside.get(name, {})
    return set_aside


def _seconds(parts: list[Part]) -> float:
    """Return how long a model took for all of its parts."""
    return round(sum(part.seconds for part in parts), 3)


def _forecaster_answer(
    model: Forecaster, source: Source, fold: Fold, quantiles: np.ndarray
) -> tuple[np.ndarray, dict[str, str]]:
    """Fit a copy and hindcast from all origins: (n_origins, reach, n_targets, 1 + n_quantiles).

    Also return the series that are too short for it, and what answers them.
    """
    # Both panels number the series that have begun, so that they agree on the numbers.
    training = source.panel.take(fold.training).as_training()
    known = source.panel.take(fold.known).as_training()
    # Nobody sees what follows the last origin.
    known.y[source.moment[fold.known] > fold.last_origin] = np.nan
    learned = _fitted(lambda: clone(model)._fit(training))
    origins = np.searchsorted(fold.known, fold.origins)  # their rows among the known ones
    shape = (*fold.exists.shape, known.y.shape[1], 1 + len(quantiles))
    answer = np.full(shape, np.nan)
    # A series that ends early is asked for fewer steps.
    steps = fold.exists.sum(axis=1)
    for n in np.unique(steps[steps > 0]):
        asked = steps == n
        learned._check_read(known, origins[asked], int(n))
        answer[asked, :n] = learned._hindcast(known, origins[asked], int(n), quantiles)
    return answer, learned._set_aside()


def _regressor_answer(
    model: Any, source: Source, fold: Fold, quantiles: np.ndarray
) -> tuple[np.ndarray, dict[str, str]]:
    """Fit any other regressor and ask it for the rows after the only origin."""
    if fold.n_moments > 1 or len(quantiles):
        raise InputError(
            "it has no hindcast: use refit='always' and no quantiles, or a forecaster of this "
            "package, such as TransformedTargetForecaster for a function of y."
        )
    # It learns from the rows in the order in which the user gave them.
    users_order = np.argsort(source.order[fold.training])
    X, y = source.users_rows(fold.training[users_order])
    learned = _fitted(lambda: clone(model).fit(X, y))
    # The rows asked for come behind the training rows, whatever their order was.
    asked = fold.ahead[fold.exists]
    X, _ = source.users_rows(asked)
    answer = np.full((*fold.exists.shape, source.y.shape[1], 1), np.nan)
    answer[fold.exists] = np.reshape(learned.predict(X), (len(asked), -1, 1))
    return answer, {}


def _fitted(fit: Callable[[], Any]) -> Any:
    """Fit; Ctrl-C ends the backtest, for the score of a half-learned model would be no one's."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", FitInterrupted)
        try:
            return fit()
        except FitInterrupted as stopped:
            raise KeyboardInterrupt from stopped


def _forecasts_table(parts: dict[str, list[Part]], source: Source) -> pd.DataFrame:
    """Put the parts of all models together as the forecasts table."""
    tables = [part.table for of_model in parts.values() for part in of_model]
    table = pd.concat(tables, ignore_index=True)
    # Numbers become categories: the names of a million rows are stored once.
    n_rows = [sum(len(part.table) for part in of_model) for of_model in parts.values()]
    models = np.repeat(np.arange(len(parts)), n_rows)
    names = pd.Categorical.from_codes(models, pd.Index(list(parts)))
    table.insert(0, "model", pd.Series(names))
    series = pd.Categorical.from_codes(table["series"].to_numpy(), pd.Index(source.labels()))
    table["series"] = series.remove_unused_categories()
    if len(tables) > len(parts) or source.y.shape[1] > 1:
        # However often a model was fitted, the rows of a series stand together.
        table = table.sort_values(["model", "series", "origin"], kind="stable", ignore_index=True)
    return table


def _block(
    target: int, source: Source, fold: Fold, answer: np.ndarray, quantiles: np.ndarray
) -> pd.DataFrame:
    """Lay one target's answers of one fold out as rows; the series are numbers."""
    # A row for each origin and each step for which the source has a row.
    origin, step = fold.scored
    rows = fold.ahead[origin, step]
    of_origin = fold.origins[origin]
    columns = {
        "series": source.series[of_origin] * source.y.shape[1] + target,
        "origin": source.moments[source.moment[of_origin]],
        "step": step + 1,
        "timestamp": source.moments[source.moment[rows]],
        "actual": source.actual[rows, target],
        "forecast": answer[origin, step, target, 0],
    }
    for place, quantile in enumerate(quantiles):
        columns[quantile_name(quantile)] = answer[origin, step, target, 1 + place]
    return pd.DataFrame(columns)
