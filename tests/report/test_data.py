"""The parts of the page agree with the backtest, and with each other."""

import base64
import io

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import Backtest
from forecast.exceptions import InputError
from forecast.report.data import contents
from forecast.report.extras import Extras


def table_of(download):
    """Read the file inside an address."""
    _, text = download.address.split("base64,")
    return pd.read_csv(io.BytesIO(base64.b64decode(text)))


def test_the_chosen_model_is_the_one_that_the_page_speaks_of(page):
    answer = page.answer
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
