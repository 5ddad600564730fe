"""Which models of a backtest are drawn where the lines of all would hide each other."""

from __future__ import annotations

import pandas as pd

from forecast.evaluation.verdict import reference_among

MOST_MODELS = 4
FLAGSHIP = "lstm"


def models_to_draw(table: pd.DataFrame, asked: str | None = None) -> list[str]:
    """Return at most four models of a forecasts table, in its order.

    These are the two with the least mean absolute error, the one that all are compared with (the
    better of the naive forecasts, else the first), and ``lstm``, where it is there; then those that
    are next by their error. `asked` is one of them in any case.
    """
    models = list(pd.unique(table["model"]))
    errors = (table["actual"] - table["forecast"]).abs()
    mean_errors = errors.groupby(table["model"], observed=True).mean()[models]
    ranked = list(mean_errors.sort_values(kind="stable").index)
    wanted = [asked, *ranked[:2]]
    # Without actuals there is no error, and nothing to compare.
    known = mean_errors.dropna()
    if len(known):
        wanted.append(reference_among(known))
    wanted += [FLAGSHIP, *ranked]
    there = [model for model in dict.fromkeys(wanted) if model in models]
    chosen = there[:MOST_MODELS]
    return [model for model in models if model in chosen]
