"""Five kills lose nothing; `make fuzz` tries fifty."""

import sys

import pytest
from kills import killed_runs

pytestmark = pytest.mark.slow


@pytest.mark.skipif(sys.platform != "linux", reason="the workers are found in /proc")
def test_a_backtest_that_is_killed_goes_on_and_loses_nothing(tmp_path):
    seen = killed_runs(tmp_path, count=5, seed=0)
    assert seen["kills"] == 5
    assert seen["WRONG"] == 0
