"""Every engine gives the same table, bit for bit: processes, and real clusters of Dask and Ray."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from pandas.testing import assert_frame_equal

from forecast import (
    ETSForecaster,
    NaiveForecaster,
    RollingOrigin,
    ThetaForecaster,
    WindowForecaster,
    backtest,
)
from forecast.evaluation.engines import connected, each_as_it_ends

pytestmark = pytest.mark.slow

TIMES = pd.date_range("2024-01-01", periods=600, freq="D")
RNG = np.random.default_rng(0)
Y = pd.concat({f"s{k}": pd.Series(RNG.normal(size=600).cumsum(), TIMES) for k in range(16)})
MODELS = {
    "naive": NaiveForecaster(7),
    "theta": ThetaForecaster(7),
    "ets": ETSForecaster(1, "ANN"),
    "ridge": WindowForecaster(lookback=14, horizon=7),
}


def tried(n_jobs=None):
    """Backtest the models: two blocks of series and three fits."""
    cv = RollingOrigin(horizon=7, origins=6)
    return backtest(MODELS, None, Y, cv, refit=2, quantiles=(0.1, 0.9), n_jobs=n_jobs).forecasts


@pytest.fixture(scope="module")
def here():
    """Return the table that this process makes."""
    return tried()


@contextmanager
def spark():
    """Let joblib work on a local Spark of two threads."""
    joblibspark = pytest.importorskip("joblibspark", reason="pip install joblibspark pyspark")
    joblibspark.register_spark()
    with parallel_config("spark", n_jobs=2):
        yield


@pytest.mark.parametrize("n_jobs", [2, 3])
def test_processes_give_the_same_table(here, n_jobs):
    assert_frame_equal(tried(n_jobs), here, check_exact=True)


def test_what_the_user_has_configured_is_asked(here):
    with parallel_config("threading", n_jobs=2):
        assert_frame_equal(tried(), here, check_exact=True)


@pytest.mark.parametrize("engine", ["dask", "ray"])
@pytest.mark.filterwarnings("ignore")  # those of their own libraries
def test_clusters_of_two_workers_give_the_same_table(here, engine):
    pytest.importorskip(engine, reason=f'pip install "seqcast[{engine}]"')
    with connected(engine, None, 2):
        assert_frame_equal(tried(), here, check_exact=True)


@pytest.mark.filterwarnings("ignore")  # those of its own libraries
def test_spark_gives_the_same_table(here, monkeypatch):
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    with spark():
        assert_frame_equal(tried(), here, check_exact=True)


@pytest.mark.filterwarnings("ignore")  # those of their own libraries
@pytest.mark.parametrize(
    ("engine", "address"), [("dask", "tcp://127.0.0.1:9"), ("dask", "nowhere:x"), ("ray", "x:y")]
)
def test_a_cluster_that_is_not_there_is_refused(engine, address, monkeypatch):
    package = pytest.importorskip(engine, reason=f'pip install "seqcast[{engine}]"')
    if engine == "dask":
        monkeypatch.setitem(
            package.config.config["distributed"]["comm"]["timeouts"], "connect", "1s"
        )
    words = f"no cluster of {engine} can be reached at {address}: "
    with pytest.raises(ValueError, match=words), connected(engine, address, None):
        pytest.fail("it was reached")


def test_an_engine_that_is_not_installed_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    with (
        pytest.raises(ImportError, match=r'pip install "seqcast\[dask\]"'),
        connected("dask", None, 2),
    ):
        pytest.fail("it is installed")


def test_tasks_are_taken_little_by_little():
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield number, number

    results = each_as_it_ends(abs, tasks(), 1)
    assert next(results) == (0, 0)
    assert len(taken) < 10


def test_a_process_that_is_killed_is_told_in_a_sentence():
    with pytest.raises(ValueError, match="a process at work was ended from outside, perhaps for"):
        list(each_as_it_ends(_killed, [(0, None), (1, None)], 2))


def _killed(_):
    os.kill(os.getpid(), signal.SIGKILL)


def asleep(_):
    """Say who works, work for a while, and say that it is done."""
    sys.stdout.write(f"{os.getpid()}\n")
    sys.stdout.flush()
    time.sleep(20)
    sys.stdout.write("done\n")
    sys.stdout.flush()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_workers_end_soon_after_a_parent_that_is_killed():
    code = "import test_engines as t; list(t.each_as_it_ends(t.asleep, [(0, 0), (1, 1)], 2))"
    paths = os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])
    environment = os.environ | {"PYTHONPATH": paths}
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        workers = {int(parent.stdout.readline()) for _ in range(2)}
        parent.kill()
        # What they write into is closed once both are gone.
        assert parent.stdout.read() == ""
    assert len(workers) == 2
