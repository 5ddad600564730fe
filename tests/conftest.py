"""What has to be settled before the first test imports anything."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# One thread for each of the workers that share the processors, two for a process of its own.
THREADS = "1" if "PYTEST_XDIST_WORKER" in os.environ else "2"

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for _name in (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
):
    os.environ.setdefault(_name, THREADS)

# Deterministic, and without a deadline: the first example may have to import or compile something.
settings.register_profile("seqcast", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("seqcast")

# The files that take longest begin first: two workers that take one file after the other then end
# together.
LONGEST = (
    "test_benchmarks.py",
    "report/test_browser.py",
    "common/test_answers.py",  # and with it all of tests/common
    "test_notebooks.py",
    "sequences/test_seq2seq.py",
    "test_two_processes.py",
    "test_readme.py",
    "sequences/test_classifier.py",
    "anomaly/test_detector.py",
    "evaluation/test_backtesting.py",
    "persistence/test_store.py",
    "tables/reading/test_fuzz.py",
    "recurrent/test_regressor.py",
    "recurrent/test_forecaster.py",
)


def pytest_collection_modifyitems(items):
    place = {Path(__file__).parent / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(LONGEST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each worker one file after the other; those of tests/common, whose forecasters are
    fitted once for all of them, count as one.
    """
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "tests/common" if file.startswith("tests/common/") else file

    return Scheduling(config, log)


@pytest.fixture(scope="module")
def networks_by_descent():
    """Let the networks of forecasters learn by gradient descent in NumPy, in milliseconds."""
    from descent import train_windows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forecast.recurrent.network.train_windows", train_windows)
        yield


@pytest.fixture(scope="session")
def server():
    """Start a PostgreSQL and return its address; where there is none, say how to get one."""
    import postgres

    if not postgres.is_installed():
        pytest.skip(postgres.HOW_TO_GET_IT)
    with postgres.server() as address:
        yield address
