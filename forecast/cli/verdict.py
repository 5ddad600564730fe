"""The scores of a backtest as the command prints them: tables, and below what follows from them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from forecast.evaluation.verdict import judge, reference_among
from forecast.wording import decimals_of, score

if TYPE_CHECKING:
    import pandas as pd

    from forecast.evaluation.results import Backtest


def report(result: Backtest) -> str:
    """Write the scores of a backtest, each model's verdict, and what follows from them.

    Models that refused the table stand below with their sentences.
    """
    table = _ranked(result)
    refusals = result.settings["refused"]
    judgement = judge(result)
    if judgement.reference is not None:
        # The reference has no verdict of its own: its cell stays empty.
        verdicts = [judgement.verdicts.get(name, "") for name in table.index]
        table[f"against {judgement.reference}"] = verdicts
    written = _without_blanks(table.apply(_written).to_string())
    width = max(map(len, [str(table.index.name), *table.index, *refusals]))
    rows = [f"{name:{width}} refused: {sentence}" for name, sentence in refusals.items()]
    parts = ["\n".join([written, *rows]), "\n".join(judgement.sentences)]
    return "\n\n".join(part for part in parts if part)


def scores_with_verdicts(result: Backtest) -> pd.DataFrame:
    """Return the scores and, for other programs, whether each model differs from the reference.

    The columns are those of `Backtest.compare`; they are empty for the reference itself.
    """
    table = _ranked(result)
    if len(table) > 1:
        compared = result.compare("mae", reference_among(result.scores()["mae"]))
        columns = ["reference", "difference", "p_value", "p_holm", "verdict"]
        table = table.join(compared.set_index("model")[columns])
    return table


def scores_apart(result: Backtest, by: str) -> pd.DataFrame:
    """Return the scores on each series, step or origin, and whether a model is the best there."""
    scores = result.scores(by)
    least = scores["mae"].groupby(level=by, observed=True).transform("min")
    return scores.assign(best=scores["mae"] == least)


def _ranked(result: Backtest) -> pd.DataFrame:
    """Return the scores with the seconds, the best model first; of equals, the one named first."""
    scores = result.scores()
    scores["seconds"] = scores.index.map(result.settings["seconds"])
    return scores.sort_values("mae", kind="stable")


def apart(result: Backtest, by: str) -> str:
    """Write the mean absolute error of each model on each series, step or origin, and the best."""
    scores = result.scores(by)["mae"]
    # Unstacking sorts the models: they come in the order given. Without actuals there is no error.
    errors = scores.unstack("model")[list(scores.index.unique("model"))].dropna(how="all")
    # What is small in one series may be large in another: each row has its own notation.
    written = errors.apply(lambda row: row.map(partial(score, decimals=decimals_of(row))), axis=1)
    # A series that ends early is scored by fewer forecasts than the others.
    rows = result.forecasts.drop_duplicates(["series", "origin", "step"])
    written["scored"] = rows[by].value_counts().reindex(errors.index)
    written["best"] = errors.idxmin(axis=1)
    wins = written["best"].value_counts().reindex(errors.columns, fill_value=0)
    counts = ", ".join(f"{name} {n}" for name, n in wins.sort_values(ascending=False).items())
    table = _without_blanks(written.rename_axis(None, axis=1).to_string())
    return f"mae by {by}, with the forecasts scored\n{table}\n\nhow often each is best: {counts}"


def _without_blanks(text: str) -> str:
    """Return a table without blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.splitlines())


def _written(column: pd.Series) -> pd.Series:
    """Write the numbers of a column in one notation."""
    if column.dtype.kind != "f":
        return column
    return column.map(partial(score, decimals=decimals_of(column)))
