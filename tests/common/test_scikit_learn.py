"""scikit-learn: its checks pass, and its tools work with every forecaster as it stands."""

import numpy as np
import pandas as pd
import pytest
from cases import CASES, REPRESENTATIVES, ROWS, WITH_COLUMNS, for_cases, fresh, near
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import VotingRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    ShuffleSplit,
    TimeSeriesSplit,
    cross_val_score,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from forecast import (
    ARIMAForecaster,
    AutoARIMAForecaster,
    ConformalForecaster,
    CrostonForecaster,
    EnsembleForecaster,
    ETSForecaster,
    HARForecaster,
    LSTMForecaster,
    Naive2Forecaster,
    NaiveForecaster,
    ThetaForecaster,
    TransformedTargetForecaster,
    WindowForecaster,
)
from forecast.exceptions import RowsTakenAsFollowing

ROW_ORDER_IS_TIME = {
    "check_methods_sample_order_invariance": "row order is time",
    "check_methods_subset_invariance": "row order is time",
}
# One check draws targets of both signs, whatever the tags say.
ABOVE_ZERO = {"croston": {"check_regressor_multioutput": "demand is never below 0"}}
SEARCHED = [
    "NaiveForecaster-drift",
    "ARIMAForecaster-css",
    "ETSForecaster-multiplicative",
    "WindowForecaster-SVR",  # searches for the regressor itself
    "WindowForecaster-pipeline",  # for a parameter of a step
    "HARForecaster",
    "GARCHForecaster",
    "EnsembleForecaster",
    "CrostonForecaster-sba",
    "ConformalForecaster-adaptive",  # for a parameter of the forecaster inside
    "TransformedTargetForecaster-log",
    "LSTMForecaster-lstm",
]
# The checks make some eighty fits: one estimator of each class, with the least to learn.
CHECKED = {
    "naive": NaiveForecaster(season_length=3),
    "arima": ARIMAForecaster((1, 0, 1), (0, 1, 0, 3), method="css"),
    "autoarima": AutoARIMAForecaster(3, max_order=(1, 0, 0)),
    "ets": ETSForecaster(3, form="AAdA"),
    "theta": ThetaForecaster(3),
    "naive2": Naive2Forecaster(3),
    "croston": CrostonForecaster(),
    "window": WindowForecaster(Ridge(), lookback=4, horizon=2),
    "har": HARForecaster((4,), 2),
    "ensemble": EnsembleForecaster([NaiveForecaster(3), ThetaForecaster(1)]),
    "conformal": ConformalForecaster(NaiveForecaster(), calibration=0.5),
    "transformed": TransformedTargetForecaster(NaiveForecaster(), "yeo-johnson"),
    "lstm": LSTMForecaster(4, 2, units=1, cell="simple", epochs=1, batch_size=1000, random_state=0),
}


# The checks predict the training rows; these are taken for the rows that follow, with a warning.
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::forecast.exceptions.RowsTakenAsFollowing")
@pytest.mark.parametrize("model", CHECKED)
def test_check_estimator(model):
    expected = ROW_ORDER_IS_TIME | ABOVE_ZERO.get(model, {})
    results = check_estimator(CHECKED[model], expected_failed_checks=expected, on_skip=None)
    assert {r["check_name"] for r in results if r["status"] == "xfail"} <= set(expected)


@for_cases(REPRESENTATIVES)
@pytest.mark.parametrize("gap", [0, 1])
def test_cross_validation_cuts_by_time(name, X, y, gap):
    splitter = TimeSeriesSplit(2, test_size=2 - gap, gap=gap)
    scores = cross_val_score(
        fresh(name), X, y, cv=splitter, scoring="neg_mean_absolute_error", error_score="raise"
    )
    by_hand = [
        -mean_absolute_error(
            y.iloc[test], fresh(name).fit(X.iloc[train], y.iloc[train]).predict(X.iloc[test])
        )
        for train, test in splitter.split(X)
    ]
    near(scores, by_hand)


@for_cases(["WindowForecaster-SVR"])
@pytest.mark.parametrize("as_array", [True, False])
def test_cross_validation_of_numbered_rows_cuts_by_their_numbers(name, X, y, as_array):
    numbered, values = X.reset_index(drop=True), y.to_numpy()
    splitter = TimeSeriesSplit(2, test_size=3)
    given = numbered.to_numpy() if as_array else numbered
    scores = cross_val_score(
        fresh(name), given, values, cv=splitter, scoring="neg_mean_absolute_error"
    )
    dated = cross_val_score(fresh(name), X, y, cv=splitter, scoring="neg_mean_absolute_error")
    near(scores, dated)


REFUSED_PARTS = {
    "first": (slice(0, 15), "inside or before the training part"),
    "middle": (slice(15, 30), "after 14 comes 30|is missing"),
}


@for_cases(["WindowForecaster-SVR"])
@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("part", REFUSED_PARTS)
def test_parts_that_are_not_ordered_in_time_are_refused(name, X, y, part, dated):
    rows, sentence = REFUSED_PARTS[part]
    if not dated:
        X, y = X.reset_index(drop=True), y.reset_index(drop=True)
    learn = np.setdiff1d(np.arange(len(X)), np.arange(len(X))[rows])
    with pytest.raises(ValueError, match=sentence):
        fresh(name).fit(X.iloc[learn], y.iloc[learn]).predict(X.iloc[rows])
    for splitter in (KFold(3), KFold(3, shuffle=True, random_state=0), ShuffleSplit(2)):
        with pytest.raises(ValueError, match=r"training part|comes|not sorted|is missing"):
            cross_val_score(fresh(name), X, y, cv=splitter, error_score="raise")


@for_cases(["WindowForecaster-SVR"])
def test_scores_of_the_training_rows_come_with_a_warning(name, X, y):
    numbered = X.reset_index(drop=True)
    # Earlier versions of pandas keep the numbers of chosen rows, so that they are known for what
    # they are.
    begins_anew = isinstance(numbered.iloc[np.arange(3)].index, pd.RangeIndex)
    for rows in (numbered, X.to_numpy()) if begins_anew else (X.to_numpy(),):
        with pytest.warns(RowsTakenAsFollowing, match=r"repeat the 4[23] training rows"):
            cross_validate(
                fresh(name),
                rows,
                y.to_numpy(),
                cv=TimeSeriesSplit(2, test_size=1),
                scoring="neg_mean_absolute_error",
                return_train_score=True,
            )


@for_cases(SEARCHED)
def test_grid_search(name, X, y):
    search = GridSearchCV(
        fresh(name),
        CASES[name].grid,
        cv=TimeSeriesSplit(2, test_size=2),
        scoring="neg_mean_squared_error",
        error_score="raise",
    ).fit(X[:ROWS], y[:ROWS])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = fresh(name).set_params(**search.best_params_).fit(X[:ROWS], y[:ROWS])
    near(search.predict(X[ROWS : ROWS + 3]), best.predict(X[ROWS : ROWS + 3]))


@for_cases(REPRESENTATIVES)
def test_transformed_target(name, X, y):
    wrapped = TransformedTargetRegressor(fresh(name), func=np.log, inverse_func=np.exp)
    by_hand = fresh(name).fit(X[:ROWS], np.log(y[:ROWS]))
    answer = wrapped.fit(X[:ROWS], y[:ROWS]).predict(X[ROWS : ROWS + 3])
    assert answer.shape == (3,)
    near(answer, np.exp(by_hand.predict(X[ROWS : ROWS + 3])))
    both = pd.DataFrame({"one": y, "two": y**2})
    assert wrapped.fit(X[:ROWS], both[:ROWS]).predict(X[ROWS:]).shape == (12, 2)


@for_cases(REPRESENTATIVES)
def test_voting(name, model, X, y):
    naive = NaiveForecaster()
    vote = VotingRegressor([("naive", naive), ("one", fresh(name))], weights=[1, 3]).fit(
        X[:ROWS], y[:ROWS]
    )
    future = X[ROWS : ROWS + 3]
    near(
        vote.predict(future),
        (naive.fit(y[:ROWS]).predict(future.index) + 3 * model.predict(future)) / 4,
    )


@for_cases([n for n in REPRESENTATIVES if n in WITH_COLUMNS])
def test_pipeline(name, X, y):
    scaled = make_pipeline(StandardScaler(), fresh(name)).set_output(transform="pandas")
    answer = scaled.fit(X[:ROWS], y[:ROWS]).predict(X[ROWS : ROWS + 3])
    scaler = StandardScaler().set_output(transform="pandas").fit(X[:ROWS])
    by_hand = fresh(name).fit(scaler.transform(X[:ROWS]), y[:ROWS])
    near(answer, by_hand.predict(scaler.transform(X[ROWS : ROWS + 3])))
    with pytest.raises(ValueError, match="lies inside or before the training part"):
        scaled.predict(X[ROWS - 1 :])


@for_cases(REPRESENTATIVES)
def test_score_is_that_of_the_rows_that_follow(model, X, y):
    future = slice(ROWS, ROWS + 5)
    residual = ((y[future] - model.predict(X[future])) ** 2).sum()
    total = ((y[future] - y[future].mean()) ** 2).sum()
    near(model.score(X[future], y[future]), 1 - residual / total)


@for_cases(REPRESENTATIVES)
def test_unfitted_forecasters_say_so(name, X, y):
    for call in (
        lambda f: f.predict(3),
        lambda f: f.forecast(X),
        lambda f: f.update(X, y),
        lambda f: f.hindcast(X, y, [20], 3),
    ):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            call(fresh(name))
