import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from forecast import FallbackForecaster, NaiveForecaster, PerSeriesForecaster

Y = pd.concat(
    {"long": pd.Series(np.arange(9.0)), "short": pd.Series([7.0, 7.0, 9.0], index=[6, 7, 8])},
    names=["series", "timestamp"],
)
SEASONAL, NAIVE = NaiveForecaster(4), NaiveForecaster()


@pytest.mark.parametrize(
    "model",
    [
        FallbackForecaster([SEASONAL, NAIVE]),
        PerSeriesForecaster({"seasonal": NaiveForecaster(2), "naive": NAIVE}, {"short": "naive"}),
    ],
)
def test_members_answer_their_own_series_wherever_the_origins_are(model):
    model.fit(Y)
    assert repr(model.answered_by()["short"]) == "NaiveForecaster()"
    season = model.answered_by()["long"].season_length
    # Rows 7 and 10 are the last but one of "long", and the second of "short".
    hindcast = model.hindcast(None, Y, [7, 10], 1)
    assert_array_equal(hindcast.ravel(), [8.0 - season, 7.0])
    paths = model.simulate(2, n_paths=5, random_state=0)
    assert np.isfinite(paths).all()
