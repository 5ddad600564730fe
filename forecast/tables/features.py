"""The columns of X: read as floats, and compared by name with those of the training table.

The names may be of any type. scikit-learn knows texts only: its attributes and its sentences stand
where all names are texts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array, validate_data

from forecast.exceptions import InputError, InputTypeError
from forecast.tables.cells import floats_of
from forecast.tables.panel import Columns
from forecast.tables.timeline import is_default

_Names = tuple[Hashable, ...]
_LISTED = 10  # names that a sentence lists at most


def column_names(X: Any) -> _Names | None:
    """Return the names of the columns of a frame; None where columns have positions only."""
    # A frame that was made of an array numbers its columns: these are positions, not names.
    if not isinstance(X, pd.DataFrame) or is_default(X.columns):
        return None
    twice = X.columns[X.columns.duplicated()]
    if len(twice):
        raise InputError(
            f"X has two columns called {twice[0]!r}. Name them apart, or leave one out."
        )
    return tuple(X.columns.tolist())


def read_columns(estimator: Any, X: Any, trained: Columns | None) -> np.ndarray:
    """Return the columns of X as floats, (n_rows, n_features).

    Parameters
    ----------
    estimator : estimator
        Gets ``n_features_in_`` and ``feature_names_in_`` from a training table.
    X : DataFrame or array-like of shape (n_rows, n_features)
    trained : Columns or None
        Those of the training table; None where this is the training table.

    Raises
    ------
    ValueError
        If names or numbers of columns differ, or a value is no number.
    """
    names = column_names(X)
    is_training = trained is None
    if trained is not None:
        _check_same_names(names, trained)
    fewest = 2 if is_training else 1
    options = {"dtype": np.float64, "ensure_all_finite": False, "ensure_min_samples": fewest}
    # Only scikit-learn says what it makes of sparse matrices.
    is_sparse = hasattr(X, "toarray")
    if names is None:
        values = X if is_sparse else floats_of(X, "X")
        return _as_ours(validate_data, estimator, values, reset=is_training, **options)
    if all(isinstance(name, str) for name in names):
        _as_ours(validate_data, estimator, X, reset=is_training, skip_check_array=True)
    elif is_training:
        estimator.n_features_in_ = len(names)
        if hasattr(estimator, "feature_names_in_"):
            del estimator.feature_names_in_
    return _as_ours(check_array, floats_of(X, "X"), **options)


def _check_same_names(names: _Names | None, trained: Columns) -> None:
    """Refuse columns that are not those of the training table, in their order.

    Of names that are all texts scikit-learn says what differs.
    """
    expected = trained.feature_names
    if names is None and expected is None:
        return
    if expected is None:
        saw = f"{len(trained.features)} columns without names" if trained.features else "no column"
        raise InputError(
            f"X has the columns {_listed(names)}, but fit saw {saw}. "
            "Give both tables the same way, as frames or as arrays."
        )
    if names is None:
        raise InputError(
            f"X has no names of its columns, but fit saw {_listed(expected)}. "
            "Give a frame with these columns."
        )
    are_texts = all(isinstance(name, str) for name in [*names, *expected])
    if list(names) == expected or are_texts:
        return
    if set(names) >= set(expected):
        remedy = f"Use X[{expected!r}]."
    else:
        missing = [name for name in expected if name not in names]
        remedy = f"Missing are {_listed(missing)}: give all of them, in this order."
    raise InputError(
        f"the columns of X are {_listed(names)}, but fit saw {_listed(expected)}.", remedy
    )


def _listed(names: Any) -> str:
    """List names in a sentence."""
    listed = ", ".join(map(repr, list(names)[:_LISTED]))
    return f"{listed}, …" if len(names) > _LISTED else listed


def _as_ours(check: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Let scikit-learn check a table; what it refuses is refused as input."""
    try:
        return check(*arguments, **options)
    except TypeError as error:
        raise InputTypeError(str(error)) from None
    except ValueError as error:
        raise InputError(str(error)) from None
