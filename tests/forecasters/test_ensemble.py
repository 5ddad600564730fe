import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import (
    ARIMAForecaster,
    AutoARIMAForecaster,
    EnsembleForecaster,
    ETSForecaster,
    NaiveForecaster,
    ThetaForecaster,
    WindowForecaster,
)

MEMBERS = [
    NaiveForecaster(4),
    ETSForecaster(4, "ANA"),
    ARIMAForecaster((1, 0, 0)),
    WindowForecaster(lookback=8, horizon=3),
]


def series(n=120, seed=0):
    rng, t = np.random.default_rng(seed), np.arange(n)
    return pd.Series(
        20 + np.cumsum(rng.normal(0, 0.4, n)) + 3 * np.sin(np.pi * t / 2), pd.RangeIndex(n)
    )


@pytest.mark.parametrize("combine", ["mean", "median"])
def test_forecasts_and_quantiles_are_combined(combine):
    y, levels = series(), [0.1, 0.5, 0.9]
    model = EnsembleForecaster(MEMBERS, combine).fit(y[:100])
    alone = [member.fit(y[:100]) for member in MEMBERS]
    how = np.mean if combine == "mean" else np.median
    assert_allclose(model.predict(6), how([each.predict(6) for each in alone], axis=0), rtol=1e-9)
    assert_allclose(
        model.predict_quantiles(6, levels),
        how([each.predict_quantiles(6, levels) for each in alone], axis=0),
        rtol=1e-9,
    )
    answer = model.hindcast(None, y, [60, 110], 6, levels)
    assert_allclose(
        answer,
        how([each.hindcast(None, y, [60, 110], 6, levels) for each in alone], axis=0),
        rtol=1e-9,
    )
    model.update(y[100:111])
    assert_allclose(model.predict_quantiles(6, levels), answer[1, :, 1:], rtol=1e-9)


def test_members_keep_the_states_that_they_need():
    y = series(2000)
    model = EnsembleForecaster(MEMBERS).fit(y[:1000])
    for k in range(1000, 2000, 100):
        model.update(y[k : k + 100])
    for member, fitted in zip(MEMBERS, model.members_, strict=True):
        alone = member.fit(y[:1000]).update(y[1000:])
        assert_allclose(fitted.predict(4), alone.predict(4), rtol=1e-9)
        assert len(fitted.memory_) == len(alone.memory_)


def test_an_answer_does_not_depend_on_the_other_origins():
    y = series(200)
    model = EnsembleForecaster([NaiveForecaster(24), ETSForecaster(1, "ANN")]).fit(y[:150])
    table = y[126:]
    both = model.hindcast(None, table, [10, 60], 3, [0.5])
    assert_allclose(both[1], model.hindcast(None, table, [60], 3, [0.5])[0])


def test_rows_that_one_member_refuses_move_none():
    y = pd.Series(np.exp(series() / 10))
    model = EnsembleForecaster(
        [ARIMAForecaster((1, 0, 0), method="css"), ETSForecaster(2, "MNM")]
    ).fit(y)
    expected = EnsembleForecaster(model.forecasters).fit(y).update([7.0, 8.0]).predict(2)
    with pytest.raises(ValueError, match="MNM needs positive values"):
        model.update([7.0, -1e9])
    assert_allclose(model.update([7.0, 8.0]).predict(2), expected, rtol=1e-12)


def test_the_default_is_the_simple_combination():
    y = series(80)
    y.index = pd.date_range("2020-01-01", periods=80, freq="D")
    model = EnsembleForecaster().fit(y)
    # Each member is the class with its defaults: what these forecast is tested at home.
    defaults = [AutoARIMAForecaster, ETSForecaster, ThetaForecaster]
    assert [type(member) for member in model.members_] == defaults
    assert [member.get_params() for member in model.members_] == [
        default().get_params() for default in defaults
    ]
    expected = np.mean([member.predict(3) for member in model.members_], axis=0)
    assert_allclose(model.predict(3), expected, rtol=1e-12)


def test_what_no_member_knows_ahead_is_not_asked_for():
    y = series()
    X = pd.DataFrame({"seen": y.to_numpy() ** 2, "known": np.arange(120) % 7}, y.index)
    window = WindowForecaster(lookback=4, horizon=3, past_features=["seen"])
    model = EnsembleForecaster([NaiveForecaster(), window]).fit(X[:100], y[:100])
    future = X[100:103].assign(seen=np.nan)
    expected = (
        NaiveForecaster().fit(y[:100]).predict(3) + window.fit(X[:100], y[:100]).predict(future)
    ) / 2
    assert_allclose(model.predict(future), expected, rtol=1e-9)
    both = EnsembleForecaster([window, ARIMAForecaster(past_features=["known"])])
    with pytest.raises(ValueError, match=r"X\['seen'\]"):  # one member takes it for known
        both.fit(X[:100], y[:100]).predict(future)


@pytest.mark.parametrize(
    ("members", "error", "words"),
    [
        (
            [ETSForecaster(form="x")],
            ValueError,
            r"form of ETSForecaster must be None or one of 'ANN'",
        ),
        ([], ValueError, r"forecasters is empty: name at least one"),
        ("naive", TypeError, r"forecasters must be a list of forecasters; got 'naive'"),
        (
            [NaiveForecaster(), 3],
            TypeError,
            r"forecasters\[1\] must be a forecaster, such as NaiveForecaster\(\); got 3",
        ),
    ],
)
def test_wrong_members_are_refused(members, error, words):
    with pytest.raises(error, match=words):
        EnsembleForecaster(members).fit(series())


def test_a_wrong_argument_of_a_member_is_refused_in_its_name():
    with pytest.raises(ValueError, match=r"season_length of NaiveForecaster must be"):
        EnsembleForecaster([NaiveForecaster(0)]).fit(series())
