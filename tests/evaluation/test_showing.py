"""A backtest shows itself in a notebook: verdicts, and a chart whose bars are its errors."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import Backtest, NaiveForecaster, RollingOrigin, backtest
from forecast.evaluation.showing import as_html
from forecast.evaluation.verdict import judge


@pytest.fixture(scope="module")
def result():
    y = 10 + np.arange(60) + np.random.default_rng(0).normal(0, 0.2, 60)
    models = {"naive": NaiveForecaster(), "<drift>": NaiveForecaster(drift=True)}
    return backtest(models, y, cv=RollingOrigin(2, 12), quantiles=(0.05, 0.95))


def test_each_model_has_its_verdict_and_names_are_texts(result):
    html = as_html(result)
    judgement = judge(result)
    assert judgement.verdicts["<drift>"] in html
    assert "<drift>" not in html
    assert "&lt;drift&gt; beat the naive forecast" in html
    assert html.index("&lt;drift&gt;") < html.index("<th>naive</th>")


def test_bars_are_as_long_as_the_errors(result):
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', as_html(result))]
    errors = np.sort(result.scores()["mae"])
    assert_allclose(np.array(widths) / widths[-1], errors / errors[-1], atol=0.001)
    (line,) = re.findall(r'<line x1="([\d.]+)"', as_html(result))
    assert_allclose(float(line), 120 + max(widths), atol=0.1)


@pytest.mark.parametrize("error", [0.0, np.nan])
def test_errors_that_are_nothing_have_no_chart(error):
    row = {"model": "a", "series": "y", "origin": 1, "step": 1, "timestamp": 2}
    table = pd.DataFrame([{**row, "actual": error, "forecast": 0.0}])
    html = as_html(Backtest(table))
    assert "<svg" not in html
    assert "1 origin × 1 step" in html
