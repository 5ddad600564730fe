"""What the tests of the command share: its tables, a finished run, two saved forecasters."""

import re
import shutil

import pytest
from shop import Ran, command, python, write_tables

from forecast import Backtest, NaiveForecaster, WindowForecaster, read, save

# What somebody at a command line cannot do: calls, methods, names of the library.
PYTHON = re.compile(
    r"\w\(|\b(frame|index|pandas|numpy|y|X)\.\w|forecast\.[a-z]|MultiIndex|past_features"
)


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """Write the tables once. Nobody writes here but the fixtures below."""
    folder = tmp_path_factory.mktemp("shop")
    write_tables(folder)
    return folder


@pytest.fixture(autouse=True)
def folder(shop, tmp_path, monkeypatch):
    """Stand in a folder of one's own with the tables."""
    for table in shop.glob("*.csv"):
        shutil.copy(table, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def saved(shop):
    """Save a forecaster of the sales."""
    return save(NaiveForecaster(7).fit(read(shop / "sales.csv")["sales"]), shop / "naive.seqcast")


@pytest.fixture(scope="session")
def promoted(shop):
    """Save a ridge forecaster that reads promotions known ahead, and a temperature that is not."""
    flags = "--target sales --future promo --past temp --horizon 3 --lookback 7 --model ridge"
    ran = command("fit", shop / "wide.csv", *flags.split(), "--save", shop / "ridge.seqcast")
    assert ran.code == 0, ran.err
    return shop / "ridge.seqcast"


@pytest.fixture(scope="session")
def finished(shop):
    """Backtest three models of the sales; return what was said, and the folder of the run."""
    flags = "--models drift,naive,seasonal --quantiles .05,0.5,0.95 --seed 7"
    origins = "--horizon 3 --origins 12 --step 2"
    out = shop / "runs" / "a"
    arguments = (*flags.split(), *origins.split(), "--out", out)
    ran = command("backtest", shop / "sales.csv", *arguments)
    assert ran.code == 0, ran.err
    return ran, out


@pytest.fixture(scope="session")
def network(shop):
    """Fit a network in a process of its own: what was said, and the file."""
    flags = "--model lstm --horizon 1 --lookback 2 --save lstm.seqcast"
    process = python("-m", "forecast", "fit", "sales.csv", *flags.split(), cwd=shop)
    out, err = process.communicate(timeout=300)
    return Ran(process.returncode, out, err), shop / "lstm.seqcast"


@pytest.fixture(scope="session")
def result(finished):
    return Backtest.load(finished[1])


@pytest.fixture(scope="session")
def refused():
    """Call the command quietly and assert that it refuses in one sentence, which is returned."""

    def refused(name, *arguments):
        ran = command(name, *arguments, "--quiet")
        assert ran.code == 2, ran
        assert ran.out == ""
        assert ran.err.count("\n") == 1, ran.err
        assert ran.err.endswith((".\n", "?\n"))
        assert ran.err.startswith(f"forecast {name}: ")
        assert "Traceback" not in ran.err
        assert not PYTHON.search(ran.err), ran.err
        return ran.err

    return refused


@pytest.fixture
def networks(monkeypatch):
    """Put ridge regressions in the place of networks; return the settings that these were given."""
    given = []

    def stand_in(**settings):
        given.append(settings)
        windows = ("lookback", "horizon", "past_features")
        return WindowForecaster(**{name: settings[name] for name in windows})

    monkeypatch.setattr("forecast.recurrent.forecaster.LSTMForecaster", stand_in)
    return given
