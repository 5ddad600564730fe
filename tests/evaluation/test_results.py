"""The forecasts table: names of its columns, checks, scores, comparisons and ranks."""

import naive as oracle
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal, assert_series_equal
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error

from forecast import (
    Backtest,
    NaiveForecaster,
    RollingOrigin,
    backtest,
    diebold_mariano,
    friedman_nemenyi,
)
from forecast.evaluation.results import COLUMNS, quantile_columns, quantile_name

LEVELS = [0.1, 0.5, 0.9]
SCALES = {"a": (2.0, 5.0), "b": (0.5, 0.3), "c": (1.5, 4.0)}


def table(models=("naive", "window"), series="abc", origins=4, steps=3, seed=0):
    """Return a forecasts table with a row for each model, series, origin and step."""
    rng = np.random.default_rng(seed)
    rows = pd.MultiIndex.from_product(
        [models, list(series), range(origins), range(1, steps + 1)],
        names=["model", "series", "origin", "step"],
    ).to_frame(index=False)
    n = len(rows)
    rows["timestamp"] = rows["origin"] + rows["step"]
    rows["actual"] = 3 + rng.gamma(2.0, size=n)
    rows["forecast"] = rows["actual"] + rng.normal(size=n)
    fan = rows["actual"].to_numpy()[:, None] + rng.normal(size=(n, 3))
    rows[["q0.1", "q0.5", "q0.9"]] = np.sort(fan, axis=1)
    return rows


@pytest.fixture
def result():
    settings = {"scales": SCALES, "step": 1, "origins": 4, "horizon": 3, "refit": "never"}
    return Backtest(table(), settings)


# Columns


@pytest.mark.parametrize("q", [0.05, 1e-5, 0.1 + 0.2, 1 / 3, 0.9999999, np.nextafter(1, 0)])
def test_the_name_of_a_quantile_gives_it_back(q):
    assert quantile_columns(pd.DataFrame(columns=[quantile_name(q)])) == {q: quantile_name(q)}


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_two_quantiles_have_two_names(q):
    others = [float(np.nextafter(q, end)) for end in (0, 1)]
    names = [quantile_name(each) for each in (others[0], q, others[1])]
    assert len(set(names)) == 3
    within = [each for each in (others[0], q, others[1]) if 0 < each < 1]
    assert list(quantile_columns(pd.DataFrame(columns=names[::-1]))) == within


def test_usual_quantiles_have_short_names():
    names = [quantile_name(q) for q in (0.05, 0.5, np.float64(0.975), np.float32(0.25))]
    assert names == ["q0.05", "q0.5", "q0.975", "q0.25"]


def test_other_columns_are_no_quantiles():
    columns = [*COLUMNS, "q0.90", "quality", "q", "q2", "qnan", "q0", "0.5", 0.5, "q1e-05"]
    assert quantile_columns(pd.DataFrame(columns=columns)) == {1e-5: "q1e-05", 0.9: "q0.90"}


def test_extreme_quantiles_are_forecast_and_scored():
    y = np.random.default_rng(0).normal(size=30)
    result = backtest(NaiveForecaster(), y, quantiles=(1e-5, 0.5, 0.9999999))
    assert result.quantiles == [1e-5, 0.5, 0.9999999]
    assert result.scores()["coverage"].iloc[0] == 1


def test_quantiles_are_ascending_whatever_the_order_of_the_columns(result):
    turned = Backtest(result.forecasts[result.forecasts.columns[::-1]], result.settings)
    assert turned.quantiles == LEVELS
    assert_frame_equal(turned.scores(), result.scores())


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda t: t.to_dict("list"), TypeError, "must be a DataFrame with .* model, .* got dict"),
        (lambda t: t.drop(columns="step"), ValueError, "no column 'step'; it needs model, series,"),
        (lambda t: t.assign(**{"q0.50": 1.0}), ValueError, "has 'q0.50' twice"),
        (lambda t: t.rename(columns={"q0.1": "actual"}), ValueError, "has 'actual' twice"),
        (lambda t: t.astype({"forecast": str}), ValueError, "^forecast of .* make it numbers"),
        (lambda t: t.astype({"q0.9": object}), ValueError, "^q0.9 .* of type object: make it"),
    ],
)
def test_what_is_no_forecasts_table_is_refused_in_one_sentence(change, error, words):
    with pytest.raises(error, match=words) as caught:
        Backtest(change(table()))
    assert "\n" not in str(caught.value)


# Scores


@pytest.mark.parametrize("by", [None, "step", "series", "origin"])
def test_scores_are_those_of_the_textbook(result, by):
    scores = result.scores(by=by)
    keys = ["model"] if by is None else ["model", by]
    groups = result.forecasts.groupby(keys, sort=False, observed=True)
    assert scores.index.names == keys
    assert list(scores.index) == [key if by else key[0] for key, _ in groups]
    for (_, row), (_, part) in zip(scores.iterrows(), groups, strict=True):
        actual, forecast = part["actual"].to_numpy(), part["forecast"].to_numpy()
        fan = part[["q0.1", "q0.5", "q0.9"]].to_numpy()
        absolute, squared = np.array([SCALES[name] for name in part["series"]]).T
        pinball = [mean_pinball_loss(actual, fan[:, k], alpha=q) for k, q in enumerate(LEVELS)]
        expected = {
            "mae": mean_absolute_error(actual, forecast),
            "rmse": root_mean_squared_error(actual, forecast),
            "bias": oracle.bias(actual, forecast),
            "mase": np.mean(np.abs(actual - forecast) / absolute),
            "rmsse": np.sqrt(np.mean((actual - forecast) ** 2 / squared)),
            "smape": oracle.smape(actual, forecast),
            "pinball": np.mean(pinball),
            "crps": oracle.crps(actual, fan, LEVELS),
            "coverage": oracle.coverage(actual, fan[:, 0], fan[:, -1]),
            "width": oracle.interval_width(fan[:, 0], fan[:, -1]),
        }
        assert list(row.index) == list(expected)
        assert_allclose(row, list(expected.values()))


def test_a_series_without_a_scale_leaves_the_scaled_errors_of_the_others_defined(result):
    known = Backtest(result.forecasts.query("series != 'b'"), result.settings).scores()
    result.settings["scales"] = {"a": SCALES["a"], "b": None, "c": SCALES["c"]}
    assert_allclose(result.scores()[["mase", "rmsse"]], known[["mase", "rmsse"]])
    by_series = result.scores(by="series")[["mase", "rmsse"]]
    assert by_series.isna().to_numpy().all(axis=1).tolist() == [False, True, False] * 2
    assert Backtest(result.forecasts).scores()["mase"].isna().all()


def test_rows_without_an_actual_are_not_scored(result):
    is_missing = result.forecasts["origin"] == 2
    rest = Backtest(result.forecasts[~is_missing], result.settings)
    result.forecasts.loc[is_missing, "actual"] = np.nan
    columns = ["mae", "rmse", "mase", "smape", "crps", "coverage"]
    assert_allclose(result.scores()[columns], rest.scores()[columns])
    assert result.scores(by="origin")["mae"].isna().sum() == 2


def test_an_unknown_grouping_is_refused(result):
    with pytest.raises(ValueError, match=r"by must be .*'model'"):
        result.scores(by="model")


def test_skill_is_the_share_of_the_reference_that_is_saved(result):
    for metric in ("mae", "rmse", "pinball"):
        scores = result.scores()[metric]
        skill = result.skill("naive", metric)
        assert_allclose(skill["window"], 1 - scores["window"] / scores["naive"])
        assert skill["naive"] == 0
        assert skill.name == "skill"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("niave",), "'niave'.*did you mean 'naive'"),
        (("naive", "mea"), "'mea'.*did you mean 'mae'"),
    ],
)
def test_skill_refuses_what_is_not_there(result, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        result.skill(*arguments)


def test_it_shows_itself_in_a_notebook(result):
    html = result._repr_html_()
    assert "4 origins × 3 steps, refit never" in html
    assert html.count("<table") == html.count("</table>") == 1
    mae = result.scores()["mae"]
    best, worst = mae.idxmin(), mae.idxmax()
    assert html.index(f"<th>{best}</th>") < html.index(f"<th>{worst}</th>")
    assert f"{mae[best]:.3f}" in html


def test_series_without_a_row_are_named(result):
    assert result.left_out == []
    assert Backtest(table(), {"left_out": ["late"]}).left_out == ["late"]


# Whether a difference is more than chance


def with_losses(losses, horizon=1, step=1):
    """Return a backtest of given absolute errors, model -> (n_series, n_origins).

    Its origins stand in reverse order, and a loss is the same at each step.
    """
    parts = []
    for model, values in losses.items():
        for s, origins in enumerate(np.atleast_2d(values)):
            order = np.repeat(np.arange(len(origins))[::-1], horizon)
            steps = np.tile(np.arange(1, horizon + 1), len(origins))
            rows = {"origin": order * step, "step": steps, "timestamp": order * step + steps}
            errors = {"actual": 3.0, "forecast": 3.0 + origins[order]}
            parts.append(pd.DataFrame({"model": model, "series": f"s{s}"} | rows | errors))
    return Backtest(pd.concat(parts, ignore_index=True), {"step": step})


def gamma(*shape, seed=0):
    return np.random.default_rng(seed).gamma(2.0, size=shape)


@pytest.mark.parametrize(
    ("metric", "by"), [("mae", "origin"), ("pinball", "origin"), ("mase", "series")]
)
def test_losses_are_the_scores_of_each_origin_or_series_in_order(result, metric, by):
    turned = Backtest(result.forecasts[::-1], result.settings)
    losses = turned.losses(metric, by)
    assert list(losses.columns) == ["window", "naive"]
    assert losses.index.is_monotonic_increasing
    scores = result.scores(by=by)[metric]
    expected = [[scores[model, row] for model in losses] for row in losses.index]
    assert_allclose(losses, expected)


def test_the_losses_of_a_root_are_squares(result):
    for metric in ("rmse", "rmsse"):
        assert_allclose(result.losses(metric).mean(), result.scores()[metric] ** 2)


def test_losses_of_variances_are_those_of_the_loop(result):
    losses = result.losses("qlike", by="series")
    for (model, name), part in result.forecasts.groupby(["model", "series"], observed=True):
        expected = oracle.qlike(part["actual"], part["forecast"])
        assert_allclose(losses.loc[name, model], expected)


@pytest.mark.parametrize(("horizon", "step", "overlap"), [(3, 3, 1), (3, 2, 2), (4, 1, 4)])
def test_a_model_is_compared_over_the_origins_with_the_overlap_of_their_horizons(
    horizon, step, overlap
):
    losses = {"a": gamma(2, 20), "b": gamma(2, 20, seed=1), "c": gamma(2, 20, seed=2) + 2}
    result = with_losses(losses, horizon, step)
    assert result.overlap == overlap
    compared = result.compare(reference="b", coverage=0.9)
    assert list(compared["model"]) == ["a", "c"]
    tests = [
        diebold_mariano(losses[name].mean(axis=0), losses["b"].mean(axis=0), overlap)
        for name in "ac"
    ]
    assert_allclose(compared[["difference", "statistic", "p_value"]], [t[:3] for t in tests])
    assert_allclose(compared[["lower", "upper"]], [t.interval(0.9) for t in tests])


def test_a_gap_lengthens_the_overlap():
    cv = RollingOrigin(horizon=2, origins=12, gap=3)
    result = backtest(NaiveForecaster(), np.arange(60.0), cv=cv)
    assert result.overlap == 3  # five steps ahead, two rows apart


def test_origins_without_an_actual_are_left_out():
    losses = {"a": gamma(12), "b": gamma(12, seed=1)}
    expected = with_losses({name: np.delete(each, 4) for name, each in losses.items()})
    result = with_losses(losses)
    result.forecasts.loc[result.forecasts["origin"] == 4, "actual"] = np.nan
    assert_frame_equal(result.compare(), expected.compare())


def test_models_are_ranked_over_series():
    losses = {"a": gamma(9, 2), "b": gamma(9, 2, seed=1), "c": gamma(9, 2, seed=2)}
    means = pd.DataFrame({name: values.mean(axis=1) for name, values in losses.items()})
    expected = friedman_nemenyi(means, size=0.1)
    result = with_losses(losses)
    ranking = result.ranks(size=0.1)
    assert_allclose(ranking[1:], expected[1:])
    assert_series_equal(ranking.ranks, expected.ranks, check_names=False, check_index_type=False)
    result.forecasts.loc[result.forecasts["series"] == "s3", "actual"] = np.nan
    assert result.ranks().rows == 8


def test_models_are_ranked_over_origins_that_do_not_overlap_where_there_is_one_series():
    losses = {"a": gamma(9), "b": gamma(9, seed=1)}
    assert with_losses(losses).ranks().rows == 9
    assert with_losses(losses, horizon=4, step=2).ranks().rows == 5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda r: r.losses("maee"), "'maee' is no loss of the backtest; did you mean 'mae'"),
        (lambda r: r.compare("bias"), "'bias' is no loss of the .*; there are: 'mae', 'rmse'"),
        (lambda r: r.losses(by="step"), "by must be one of 'origin', 'series'; got 'step'"),
        (lambda r: r.compare(reference="c"), "'c' is not in the backtest; there are: 'a', 'b'"),
        (lambda r: r.compare(coverage=95), "coverage must be a number above 0 and below 1; got 95"),
        (lambda _: with_losses({"a": gamma(9)}).compare(), "one model, 'a': .* at least two"),
        (lambda _: with_losses({"a": gamma(9)}).ranks(), "at least two models"),
    ],
)
def test_comparisons_that_cannot_be_made_are_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call(with_losses({"a": gamma(9), "b": gamma(9, seed=1)}))
    assert "\n" not in str(caught.value)
