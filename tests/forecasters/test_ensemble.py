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


# Weights


def test_members_that_are_nearly_best_on_the_latest_rows_are_kept():
    y = series(400)
    members = [
        NaiveForecaster(),
        NaiveForecaster(4),
        ETSForecaster(4, "ANA"),
        ETSForecaster(4, "MNA"),
    ]
    model = EnsembleForecaster(members, weights="validation", horizon=4).fit(y)
    assert_allclose(model.weights_, [0, 0, 0.5, 0.5])
    kept = [each.fit(y).predict(4) for each in members[2:]]
    assert_allclose(model.predict(4), np.mean(kept, axis=0), rtol=1e-9)


def test_errors_are_those_of_members_that_have_not_seen_the_latest_rows():
    y = series(200).to_numpy()
    members = [NaiveForecaster(4), ARIMAForecaster((1, 0, 0)), ThetaForecaster(4)]
    model = EnsembleForecaster(members, weights="validation", horizon=3).fit(y)
    fewest = max(each._needs()[0] for each in members)
    origins = np.arange(fewest - 1, 197)
    cut = int(np.ceil(len(origins) * 0.8))
    learned, latest = y[: origins[cut] + 1], origins[cut:]
    actual = y[latest[:, None] + np.arange(1, 4)]
    answers = [each.fit(learned).hindcast(None, y, latest, 3) for each in members]
    errors = np.array([np.abs(actual - answer).mean() for answer in answers])
    near = errors <= 1.05 * errors.min()
    mean = np.mean([a for a, one in zip(answers, near, strict=True) if one], axis=0)
    if np.abs(actual - mean).mean() > 0.95 * errors[0]:
        near = np.array([True, False, False])
    assert_allclose(model.weights_, near / near.sum())


def test_on_random_walks_the_last_value_answers_alone():
    members = [NaiveForecaster(), NaiveForecaster(drift=True), ARIMAForecaster((1, 0, 0))]
    alone = 0
    for seed in range(20):
        y = np.cumsum(np.random.default_rng(seed).normal(size=300))
        model = EnsembleForecaster(members, weights="validation", horizon=3).fit(y)
        alone += np.isin(model.weights_[:2], 1).any()
    assert alone >= 18


def test_series_of_all_units_choose_together():
    y = series(200)
    both = pd.concat({"small": y, "large": 1e6 * y})
    members = [NaiveForecaster(), ETSForecaster(4, "ANA")]
    model = EnsembleForecaster(members, weights="validation", horizon=4)
    assert_allclose(model.fit(both).weights_, model.fit(y).weights_)


def test_of_few_rows_nothing_is_held_out():
    model = EnsembleForecaster(MEMBERS[:2], weights="validation").fit(series(12))
    assert model.weights_.sum() == 1


def test_what_comes_later_does_not_choose():
    y = series(400)
    changed = y.copy()
    changed[300:] = 1e3
    model = EnsembleForecaster(MEMBERS[:2], weights="validation")
    assert_allclose(model.fit(y[:300]).weights_, model.fit(changed[:300]).weights_)
