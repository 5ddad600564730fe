"""Rolling-origin backtests: many honest forecasts of the past, in one table.

A backtest is a list of parts (`Plan`): what one fit of a model says of a run of series. Each is
made from what stands in its task (`make_part`), anywhere (`each_as_it_ends`), is kept (`Parts`),
and all together are the forecasts table (`assembly`). None of these knows how a forecaster works;
of the rows that it is asked from, none after an origin holds a value (`Source`, `Fold`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from forecast import __version__
from forecast.evaluation.assembly import held_table, stored_table
from forecast.evaluation.engines import each_as_it_ends
from forecast.evaluation.kept import HeldParts, KeptParts, Parts
from forecast.evaluation.origins import RollingOrigin
from forecast.evaluation.parts import Told, make_part
from forecast.evaluation.plan import Failure, Key, Plan, fits_of
from forecast.evaluation.results import Backtest
from forecast.evaluation.source import Source
from forecast.evaluation.stored import StoredForecasts
from forecast.evaluation.stored_source import StoredSource
from forecast.exceptions import InputError, InputTypeError
from forecast.files import versions
from forecast.forecasters.base import Forecaster
from forecast.forecasters.intervals import NO_QUANTILES, check_quantiles
from forecast.forecasters.process import one_thread
from forecast.run_folder import FORECASTS
from forecast.tables.reading.stored_table import StoredTable
from forecast.validation import check, integer, jobs, optional

__all__ = ["backtest"]

_DIGITS = 16  # of the hash of the data: enough to tell others, and to be said


def backtest(
    forecasters: Any,
    X: Any,
    y: Any = None,
    cv: RollingOrigin | None = None,
    refit: str | int = "never",
    quantiles: Sequence[float] = (),
    season_length: int | None = None,
    n_jobs: int | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    failed: Callable[[Failure], None] | None = None,
    keep: str | Path | None = None,
) -> Backtest:
    """Forecast from many origins of the past, as it would have been done then.

    Parameters
    ----------
    forecasters : forecaster, list of forecasters, or dict of name to forecaster
        Cloned, never changed. With ``refit="always"`` any scikit-learn regressor whose rows are
        moments will do, such as a pipeline that ends in a forecaster.
    X : array-like of shape (n_rows, n_features), StoredTable or None
        What is known for each moment. With y missing, X is taken for y. A `StoredTable` holds both,
        and is read in parts; forecasters that learn from all series at once get it as `map_table`
        writes it, in files of the system's folder for such.
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
    n_jobs : int, optional
        Processes that make parts at the same time, as joblib counts them: -1 for as many as there
        are cores. By default one, or what ``joblib.parallel_config`` says: so a cluster of Dask or
        Ray can be asked. The table is the same to the last bit, however many there are: see Notes.
    progress : callable, optional
        Called with the name of the model at work, the parts done and the parts in all.
    failed : callable, optional
        Called with each `Failure`, a named tuple ``model``, ``series``, ``origin`` and ``error``:
        the forecasts of this part are NaN, and the backtest goes on. A model without any forecast
        is left out, unless none remains. By default, the first failure ends the backtest.
    keep : str or Path, optional
        A folder in which each part is kept, and the table in a file. A backtest that was
        interrupted goes on from there if it is called again as it was, further models apart. The
        result reads its table from there; the folder is the caller's to remove.

    Returns
    -------
    Backtest
        Series that are too short for a model, and by what they were answered, are named in
        ``settings["set_aside"]`` (`FallbackForecaster`). Series of which nothing is forecast are
        named in `left_out`: they begin after the last fit, end before the first origin, or have no
        row at the moment of an origin. What a model failed to forecast is named in
        ``settings["failed"]``, and no model is scored by it.

    Raises
    ------
    ValueError
        If the table is too short for the origins, a forecaster refuses it (its name is in the
        sentence), or what is kept was made of other data or with other settings.

    Notes
    -----
    A part is what one fit of a model says of a run of series. Forecasters that learn from each
    series apart get some thousand rows at a time, others the whole table. A part is made in one
    thread, since sums in several end otherwise: TensorFlow, which takes its number of threads at
    its first use in a process, is told so by ``TF_NUM_INTRAOP_THREADS`` unless that is set.

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
    _check_arguments(y, cv, refit, season_length, n_jobs)
    levels = check_quantiles(quantiles) if len(quantiles) else NO_QUANTILES
    models = _named(forecasters)
    source: Source | StoredSource
    if isinstance(X, StoredTable):
        if y is not None:
            raise InputError("a StoredTable holds X and y: leave out y.")
        _check_own(models)
        source = StoredSource(X, n_jobs)
    else:
        source = Source.of(None, X) if y is None else Source.of(X, y)
    plan = Plan(models, source, fits_of(cv, len(source.moments), refit), cv, levels)
    season = season_length or source.frequency.season_length
    known = source.facts(plan.cutoff, season)

    parts: Parts = HeldParts()
    if keep is not None:
        facts = {"origins": repr(cv), "refit": refit, "quantiles": levels.tolist()}
        facts |= {"data": known.digest[:_DIGITS], "version": __version__, "models": plan.written()}
        parts = KeptParts(Path(keep), facts)
    # The number of threads is one of the process: where several of its own threads make parts, none
    # may set it back before the others.
    with one_thread():
        told = _make(plan, parts, n_jobs, progress, failed)
    result = _assembled(plan, parts, told, keep)
    result.settings |= _of_origins(cv, refit) | {"season_length": season, "scales": known.scales}
    result.settings |= {"unobserved": known.n_unobserved, "data": known.digest}
    return result


def _assembled(
    plan: Plan, parts: Parts, told: dict[Key, Told], keep: str | Path | None
) -> Backtest:
    """Put the parts together, with what was told of them."""
    by_model = {name: {key: told[key] for key in plan.keys(name)} for name in plan.models}
    errors = {name: _refusal(of_model) for name, of_model in by_model.items()}
    refused = {name: error for name, error in errors.items() if error is not None}
    answered = {name: by_model[name] for name in plan.models if name not in refused}
    if not answered:
        # Without any model there is nothing to score.
        raise next(iter(refused.values()))
    table: pd.DataFrame | StoredForecasts
    if keep is None:
        table, scored = held_table(plan, list(answered), parts)
    else:
        table, scored = stored_table(plan, list(answered), parts, Path(keep) / FORECASTS)
    written = plan.written()
    settings = {
        "models": {name: written[name] for name in answered},
        "refused": {name: str(error) for name, error in refused.items()},
        "failed": [each for of_model in answered.values() for each in _failures(plan, of_model)],
        "set_aside": {name: found for name in answered if (found := _set_aside(answered[name]))},
        "seconds": {name: _seconds(of_model) for name, of_model in answered.items()},
        "left_out": sorted(set(plan.labels) - scored),
        "versions": versions(),
    }
    return Backtest(table, settings)


def _of_origins(cv: RollingOrigin, refit: str | int) -> dict[str, Any]:
    """Return what was asked for of the origins, as values of JSON."""
    asked = {name: getattr(cv, name) for name in ("horizon", "origins", "gap", "window")}
    return asked | {"step": cv.step or cv.horizon, "refit": refit}


def _check_arguments(y: Any, cv: Any, refit: Any, season_length: Any, n_jobs: Any) -> None:
    if isinstance(y, RollingOrigin):
        raise InputTypeError(
            "the RollingOrigin stands in the place of y: write "
            "backtest(forecasters, y, cv=RollingOrigin(…))."
        )
    if not isinstance(cv, RollingOrigin):
        raise InputTypeError(f"cv must be a RollingOrigin; got {cv!r}.")
    check(optional(integer(1)), season_length, "season_length")
    check(jobs(), n_jobs, "n_jobs")
    if refit not in ("never", "always"):
        check(integer(1), refit, "refit, unless 'never' or 'always',")


def _check_own(models: dict[str, Any]) -> None:
    """Refuse a model that learns from rows that are not held."""
    for name, model in models.items():
        if not isinstance(model, Forecaster):
            raise InputError(
                f"{name} is no forecaster of this package, and a StoredTable is read in parts: "
                "leave it out, or read the table."
            )


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


def _make(
    plan: Plan,
    parts: Parts,
    n_jobs: int | None,
    progress: Callable[[str, int, int], None] | None,
    failed: Callable[[Failure], None] | None,
) -> dict[Key, Told]:
    """Make the parts that are not there yet; return what is told of each."""
    keys = [key for model in plan.models for key in plan.keys(model)]
    found = {key: parts.told(key) for key in keys}
    # A part that has failed is made anew.
    told = {key: each for key, each in found.items() if each is not None and each.error is None}
    waiting = dict.fromkeys(key for key in keys if key not in told)  # in their order
    tasks = ((key, plan.task(key)) for key in list(waiting))
    for key, part in each_as_it_ends(make_part, tasks, n_jobs):
        parts.keep(key, part)
        told[key] = part.told
        if part.told.error is not None:
            if failed is None:
                raise part.told.error
            failed(plan.failure(key, part.told.error))
        del waiting[key]
        if progress is not None:
            # At work is the model of the first part that is waited for.
            at_work = next(iter(waiting), key)
            progress(at_work.model, len(told), len(keys))
    return told


def _refusal(told: dict[Key, Told]) -> Exception | None:
    """Return why a model has no forecast at all; None of one that has some."""
    errors = [each.error for each in told.values()]
    return None if None in errors else errors[0]


def _failures(plan: Plan, told: dict[Key, Told]) -> list[dict[str, Any]]:
    """Return what a model has failed to forecast, as values of JSON."""
    failures = [plan.failure(key, each.error) for key, each in told.items() if each.error]
    return [
        {**failure._asdict(), "origin": str(failure.origin), "error": str(failure.error)}
        for failure in failures
    ]


def _set_aside(told: dict[Key, Told]) -> dict[str, str]:
    """Return the series that are too short for a model, and what answers them first."""
    set_aside: dict[str, str] = {}
    for each in told.values():
        set_aside = each.set_aside | set_aside
    return set_aside


def _seconds(told: dict[Key, Told]) -> float:
    """Return how long a model took for all of its parts."""
    return round(sum(each.seconds for each in told.values()), 3)
