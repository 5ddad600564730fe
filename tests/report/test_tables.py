"""Tables hold the numbers of the backtest, as people write them."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from forecast.evaluation.verdict import judge
from forecast.figures.fans import central_intervals
from forecast.report.tables import (
    by_step,
    of_calibration,
    of_forecast,
    of_models,
    worst_origins,
    worst_series,
)

ERRORS = pd.DataFrame(
    {"naive": [3.0, 2000.0, np.nan], "ridge": [1.0, 1500.0, 2.0]}, index=["a", "b", "c"]
)


def column(table, name):
    """Return the cells below a head."""
    place = [each.name for each in table.columns].index(name)
    return [row[place] for row in table.rows]


def test_models_stand_best_first_with_the_scores_of_the_backtest(result):
    table = of_models(result, result.scores(), judge(result), "ridge")
    scores = result.scores().sort_values("mae")
    assert [cell.text for cell in column(table, "model")] == list(scores.index)
    for name in scores:
        assert_allclose([cell.value for cell in column(table, name)], scores[name])
        written = [float(cell.text.replace(" ", "")) for cell in column(table, name)]
        assert_allclose(written, scores[name], atol=0.0005)
    bars = [cell.bar for cell in column(table, "mae")]
    assert_allclose(bars, scores["mae"] / scores["mae"].max())
    assert table.rows[table.marked][0].text == "ridge"


def test_each_model_but_the_reference_has_a_verdict_and_a_skill(result):
    judgement = judge(result)
    table = of_models(result, result.scores(), judgement, "ridge")
    names = [cell.text for cell in column(table, "model")]
    verdicts = dict(zip(names, column(table, "against seasonal"), strict=True))
    assert verdicts["seasonal"].text == ""
    assert verdicts["ridge"].text == judgement.verdicts["ridge"]
    skills = dict(zip(names, column(table, "better by"), strict=True))
    assert skills["seasonal"].text == ""
    assert_allclose(skills["naive"].value, result.skill("seasonal")["naive"])


def test_errors_by_step_are_sorted_by_number_and_name_the_best():
    errors = ERRORS.set_axis([1, 2, 10]).iloc[:2]
    table = by_step(errors, "ridge")
    assert [(cell.text, cell.value) for cell in column(table, "step")] == [("1", 1.0), ("2", 2.0)]
    assert [cell.text for cell in column(table, "ridge")] == ["1", "1 500"]
    assert [cell.bar for cell in column(table, "ridge")] == [1 / 1500, 1.0]
    assert [cell.bar for cell in column(table, "naive")] == [None, None]
    assert [cell.text for cell in column(table, "best")] == ["ridge", "ridge"]


def test_the_worst_origins_come_first():
    moments = pd.date_range("2024-01-01", periods=3, freq="D")
    table = worst_origins(ERRORS.set_axis(moments), "ridge")
    origins = column(table, "origin")
    assert [cell.text for cell in origins] == ["2024-01-02", "2024-01-03", "2024-01-01"]
    assert [cell.value for cell in origins] == [1.0, 2.0, 0.0]


def test_the_worst_series_are_those_with_the_largest_scaled_error():
    scaled = ERRORS.assign(ridge=[0.9, 0.1, np.nan])
    table = worst_series(ERRORS, scaled, "ridge")
    assert [cell.text for cell in column(table, "series")] == ["a", "b", "c"]
    assert [cell.text for cell in column(table, "mase of ridge")] == ["0.900", "0.100", "undefined"]
    # What is small in one series is large in another.
    assert [cell.text for cell in column(table, "naive")] == ["3.000", "2 000", "undefined"]


def test_series_without_a_scale_are_ordered_by_their_errors():
    table = worst_series(ERRORS, ERRORS * np.nan, "ridge")
    assert [cell.text for cell in column(table, "series")] == ["b", "c", "a"]
    assert [cell.text for cell in column(table, "naive")] == ["2 000", "undefined", "3.000"]


def test_shares_are_percentages(result):
    intervals = central_intervals(result.forecasts)
    table = of_calibration({"a": [0.9043], "b": [-0.0001]}, intervals, "a")
    shares = column(table, "inside the 90 % interval")
    assert [cell.text for cell in shares] == ["90.4%", "0.0%"]


def test_a_forecast_keeps_the_columns_of_its_file():
    moments = pd.to_datetime(["2024-01-01 00:00", "2024-01-01 06:00"])
    table = of_forecast(pd.DataFrame({"timestamp": moments, "forecast": [1.0, 2.5]}))
    assert [cell.text for cell in column(table, "timestamp")] == ["2024-01-01", "2024-01-01 06:00"]
    assert [cell.text for cell in column(table, "forecast")] == ["1.000", "2.500"]


def test_what_is_undefined_has_no_value():
    table = by_step(ERRORS.set_axis([1, 2, 3]), "ridge")
    cell = column(table, "naive")[2]
    assert (cell.text, cell.value, cell.bar) == ("undefined", None, None)
