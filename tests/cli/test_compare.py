"""``forecast compare``: it prints what `Backtest.compare` and `Backtest.ranks` return."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shop import command, is_png, sales, write_run

from forecast import Backtest, NaiveForecaster


@pytest.fixture(scope="module")
def run(finished):
    return finished[1]


@pytest.mark.parametrize("metric", ["mae", "rmse", "pinball"])
def test_compare_is_that_of_the_library(run, result, metric):
    losses = result.losses(metric).mean()
    reference = losses[["naive", "seasonal"]].idxmin()  # though drift is the first
    expected = result.compare(metric, reference)
    csv = command("compare", run, "--metric", metric, "--format", "csv")
    assert (csv.code, csv.err) == (0, "")
    assert_frame_equal(pd.read_csv(io.StringIO(csv.out)), expected)


def test_a_reference_of_ones_own_and_json(run, result):
    flags = ("--reference", "drift", "--format")
    named = command("compare", run, *flags, "csv")
    expected = result.compare("mae", "drift")
    assert_frame_equal(pd.read_csv(io.StringIO(named.out)), expected)
    document = json.loads(command("compare", run, *flags, "json").out)
    assert [row["verdict"] for row in document] == list(expected["verdict"])


def test_compare_draws_the_differences_beside_the_table(refused, run):
    plain = command("compare", run)
    ran = command("compare", run, "-o", "differences.svg")
    assert (ran.code, ran.out, ran.err) == (0, plain.out, "written to differences.svg\n")
    drawn = Path("differences.svg").read_text()
    for words in ("drift", "difference in mae from"):
        assert f"<!-- {words}" in drawn
    assert "replace it with --force" in refused("compare", run, "-o", "differences.svg")
    again = command("compare", run, "-o", "differences.svg", "--force", "--quiet")
    assert (again.code, again.err) == (0, "")
    assert "differences.gif" in refused("compare", run, "-o", "differences.gif")


def test_compare_prints_an_aligned_table_and_what_it_means(run, result):
    table, meaning = command("compare", run).out.split("\n\n")
    assert len({len(line) for line in table.splitlines()}) == 1
    assert table.splitlines()[0].split() == list(result.compare().columns)
    assert meaning == (
        "mae of 12 origins; a difference below 0 is better; "
        "lower and upper hold it with 95 % (as p_value does, for each model alone)\n"
    )


def test_compare_ranks_the_models_of_many_series():
    series = pd.concat({f"s{i}": sales(seed=i)[["sales"]] for i in range(8)}, names=["shop", "day"])
    series.to_csv("many.csv")
    models = {"naive": NaiveForecaster(), "drift": NaiveForecaster(drift=True)}
    write_run(models, "many.csv", origins=1, series="shop")
    ran = command("compare", "run")
    assert ran.out.count("too few origins") == 1
    ranking = Backtest.load("run").ranks()
    assert ranking.rows == 8
    ranks = ", ".join(f"{model} {rank:.2f}" for model, rank in ranking.ranks.items())
    assert f"mean ranks over 8 series: {ranks}; Friedman p = {ranking.p_value:.2g}" in ran.out
    assert command("plot", "run", "--kind", "ranks", "-o", "ranks.png").code == 0
    assert is_png("ranks.png")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--metric", "mea"), "'mea' is no loss of the backtest; did you mean 'mae'?"),
        (("--metric", "coverage"), "'coverage' is no loss of the backtest"),
        (("--reference", "niave"), "'niave' is not in the backtest; did you mean 'naive'?"),
    ],
)
def test_compare_refuses_what_is_not_there(refused, run, arguments, words):
    assert words in refused("compare", run, *arguments)


def test_compare_refuses_what_is_no_run(refused):
    assert "missing holds no run" in refused("compare", "missing")
    assert "sales.csv holds no run" in refused("compare", "sales.csv")


def test_one_model_cannot_be_compared(refused):
    write_run({"drift": NaiveForecaster(drift=True)})
    assert "one model, 'drift': to compare takes at least two" in refused("compare", "run")
