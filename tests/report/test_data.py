"""The answer and its numbers are those of the backtest."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import Backtest
from forecast.evaluation.verdict import judge
from forecast.exceptions import InputError
from forecast.report.data import Run, _answer, _without_parentheses, contents
from forecast.report.extras import Extras


def only(result, *models):
    """Return a backtest of some of the models."""
    return Backtest(result.forecasts[result.forecasts["model"].isin(models)], result.settings)


def table_of(download):
    """Read the file inside an address."""
    _, text = download.address.split("base64,")
    return pd.read_csv(io.BytesIO(base64.b64decode(text)))


def test_the_answer_is_the_sentence_of_the_backtest(result):
    answer = _answer(Run(result, Extras()))
    (sentence, *_) = judge(result).sentences
    assert sentence.startswith("ridge beat the seasonal forecast by ")
    said, rest = sentence.split(" (")
    assert answer.sentence == f"{said}."
    assert answer.evidence == [f"That is more than chance: {rest.removesuffix(').')}."]


def test_what_is_in_parentheses_stands_apart():
    assert _without_parentheses("A beat B (p = 1, of 2); more.") == [
        "A beat B; more.",
        "p = 1, of 2.",
    ]
    assert _without_parentheses("A beat (B.") == ["A beat (B."]
    assert _without_parentheses("A beat B.") == ["A beat B."]


def test_the_key_figures_are_scores(result):
    figures = {each.label: each.text for each in _answer(Run(result, Extras())).key_figures}
    scores = result.scores().loc["ridge"]
    skill = result.skill("seasonal")["ridge"]
    assert figures == {
        "Model": "ridge",
        "Mean absolute error": f"{scores['mae']:.3f}",
        "Better than seasonal by": f"{skill:.1%}",
        "Inside the 90 % interval": f"{scores['coverage']:.1%}",
    }


def test_the_chosen_model_is_the_one_that_the_page_speaks_of(result, extras, page):
    answer = _answer(Run(result, extras))
    assert answer.evidence[-1] == "seasonal is the simplest."
    assert answer.key_figures[0][:2] == ("Model", "seasonal")
    # It is the reference itself: there is nothing to be better than.
    assert not any("than" in each.label for each in answer.key_figures)
    assert page.chart["shown"] == "seasonal"
    assert page.models.rows[page.models.marked][0].text == "seasonal"
    assert page.chart["checked"] == ["naive", "seasonal", "ridge"]


def test_where_each_series_has_its_own_model_all_are_listed(small):
    assert contents(small, Extras()).chosen is None
    choice = {"model": "naive", "series": {"north": "ridge", "south": "naive"}}
    table = contents(small, Extras(choice=choice)).chosen
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["north", "ridge"],
        ["south", "naive"],
    ]


def test_a_forecast_of_one_of_several_series_is_refused(result, extras):
    forecast = extras.forecast.drop(columns="series")
    with pytest.raises(InputError, match="no column 'series'"):
        contents(result, Extras(forecast))


def test_a_single_model_has_its_error(result):
    alone = only(result, "ridge")
    mae = alone.scores()["mae"]["ridge"]
    sentence = _answer(Run(alone, Extras())).sentence
    assert sentence == f"The mean absolute error of ridge is {mae:.3f}."


def test_without_a_naive_forecast_the_smallest_error_is_the_answer(result):
    renamed = result.forecasts.assign(model=result.forecasts["model"].astype(str) + "2")
    run = Run(Backtest(renamed, result.settings), Extras())
    mae = result.scores()["mae"]["ridge"]
    sentence = f"The mean absolute error of ridge2 is {mae:.3f}, the smallest of all."
    assert _answer(run).sentence == sentence


def test_scores_can_be_taken_along(result, extras, page):
    together, by_series = map(table_of, page.scores)
    assert_allclose(together["mae"], result.scores()["mae"], rtol=1e-6)
    assert_allclose(by_series["mae"], result.scores("series")["mae"], rtol=1e-6)
    forecast = table_of(page.forecast.download)
    assert_allclose(forecast["upper"], extras.forecast["upper"], rtol=1e-6)
    assert forecast["timestamp"].tolist() == extras.forecast["timestamp"].tolist()


def test_a_single_series_is_not_scored_apart(small):
    page = contents(small, Extras())
    assert [each.name for each in page.scores] == ["scores.csv"]
    assert [table.caption for table in page.errors.tables] == [
        "Worst origins of ridge",
        "Error by step",
    ]
    assert page.errors.wins == ""
    assert page.forecast is None


def test_wins_are_counted(result, plain):
    errors = result.scores("series")["mae"].unstack("model")
    best = errors.idxmin(axis=1).value_counts()
    wins = ", ".join(f"{name} on {n}" for name, n in best.items())
    assert plain.errors.wins == f"Of 6 series, the best is {wins}."


def test_a_backtest_without_quantiles_and_settings_has_a_page(small):
    page = contents(Backtest(small.forecasts.drop(columns=["q0.05", "q0.95"])), Extras())
    assert page.title == "Forecasts"
    assert page.calibration.table is None
    assert page.chart["interval"] is None
    assert page.command is None


def test_without_actuals_nothing_is_claimed(small):
    unknown = Backtest(small.forecasts.assign(actual=np.nan), small.settings)
    answer = _answer(Run(only(unknown, "ridge"), Extras()))
    assert answer.sentence.startswith("There are no actual values yet")
    figures = [each.text for each in answer.key_figures]
    assert figures == ["ridge", "undefined", "undefined"]
    assert contents(only(unknown, "ridge"), Extras()).calibration.sentence.startswith(
        "ridge has no"
    )
