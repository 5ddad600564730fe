"""What is finished of a backtest is kept, and a second call goes on from there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import NaiveForecaster, RollingOrigin, ThetaForecaster, backtest
from forecast.evaluation.kept import HeldParts, KeptParts
from forecast.evaluation.parts import Part, Told
from forecast.evaluation.plan import Key

CV = RollingOrigin(horizon=2, origins=4)
Y = pd.Series(
    np.random.default_rng(0).normal(size=60).cumsum(),
    pd.date_range("2024-03-30", periods=60, freq="h", tz="Europe/Berlin"),
)
PERIODS = Y.set_axis(pd.period_range("2020-01", periods=60, freq="M"))
PANEL = pd.concat({"a": Y, "b/c": Y[7:] * 2})
MODELS = {"naive": NaiveForecaster(), "a / b": ThetaForecaster(1)}


class Failing(NaiveForecaster):
    """A forecaster that is interrupted at its last fit of three."""

    fits = 0

    def _learn(self, panel):
        type(self).fits += 1
        if type(self).fits == 3:
            raise KeyboardInterrupt
        super()._learn(panel)


@pytest.mark.parametrize("y", [Y, PERIODS, PANEL], ids=["zone", "periods", "panel"])
@pytest.mark.parametrize("refit", ["never", 3])
def test_a_backtest_of_kept_parts_is_the_same_and_learns_nothing(y, refit, tmp_path, monkeypatch):
    arguments = {"cv": CV, "refit": refit, "quantiles": (0.1, 0.9)}
    alone = backtest(MODELS, y, **arguments)
    first = backtest(MODELS, y, **arguments, keep=tmp_path)
    monkeypatch.setattr(NaiveForecaster, "_fit", pytest.fail)
    monkeypatch.setattr(ThetaForecaster, "_fit", pytest.fail)
    second = backtest(MODELS, y, **arguments, keep=tmp_path)
    for result in (first, second):
        pd.testing.assert_frame_equal(result.forecasts, alone.forecasts, check_exact=True)
    assert second.settings["seconds"] == first.settings["seconds"]


def test_an_interrupted_backtest_goes_on_where_it_was(tmp_path):
    Failing.fits = 0
    with pytest.raises(KeyboardInterrupt):
        backtest({"x": Failing()}, Y, cv=CV, refit="always", keep=tmp_path)
    assert len(list(tmp_path.glob("*/*.parquet"))) == 2
    result = backtest({"x": Failing()}, Y, cv=CV, refit="always", keep=tmp_path)
    assert Failing.fits == 3 + 2
    expected = backtest({"x": NaiveForecaster()}, Y, cv=CV, refit="always")
    pd.testing.assert_frame_equal(result.forecasts, expected.forecasts)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"y": Y + 1}, "their data was"),
        ({"cv": RollingOrigin(horizon=2, origins=5)}, "their origins was .*origins=4"),
        ({"refit": "always"}, "their refit was never, and now it is always"),
        ({"quantiles": (0.5,)}, "their quantiles was"),
        ({"forecasters": {"naive": NaiveForecaster(2)}}, "their model naive was NaiveForecaster()"),
    ],
)
def test_parts_of_other_facts_are_refused_with_what_differs(changed, words, tmp_path):
    arguments = {"forecasters": MODELS, "X": None, "y": Y, "cv": CV}
    backtest(**arguments, keep=tmp_path)
    with pytest.raises(ValueError, match=words.replace("()", r"\(\)")):
        backtest(**{**arguments, **changed}, keep=tmp_path)
    backtest(**arguments, keep=tmp_path)


def test_further_models_join(tmp_path, monkeypatch):
    backtest({"naive": NaiveForecaster()}, Y, cv=CV, keep=tmp_path)
    monkeypatch.setattr(NaiveForecaster, "_fit", pytest.fail)
    assert list(backtest(MODELS, Y, cv=CV, keep=tmp_path).scores().index) == list(MODELS)


def test_a_part_that_has_failed_is_made_anew(tmp_path):
    """A repair, such as a library that is installed meanwhile, shows at the next attempt."""
    models = {"broken": Broken(), "naive": NaiveForecaster()}
    told = []
    first = backtest(models, Y, cv=CV, keep=tmp_path, failed=told.append)
    assert first.settings["refused"] == {"broken": "broken: it is broken"}
    assert len(told) == 1
    Broken.is_mended = True
    second = backtest(models, Y, cv=CV, keep=tmp_path, failed=pytest.fail)
    assert list(second.scores().index) == ["broken", "naive"]


class Broken(NaiveForecaster):
    """A forecaster that fails until it is mended."""

    is_mended = False

    def _learn(self, panel):
        if not self.is_mended:
            raise RuntimeError("it is broken")
        super()._learn(panel)


KEY = Key("x" * 300, 0, 2)  # a file cannot have so long a name
PART = Part(pd.DataFrame({"step": [1, 2]}), Told({"a": "b"}, 1.5))
FACTS = {"data": "d", "models": {KEY.model: "X()"}}


@pytest.mark.parametrize("make", [lambda _: HeldParts(), lambda folder: KeptParts(folder, FACTS)])
def test_what_was_told_of_a_part_and_its_table_are_kept(make, tmp_path):
    parts = make(tmp_path)
    assert parts.told(KEY) is None
    parts.keep(KEY, PART)
    assert parts.told(KEY) == PART.told
    pd.testing.assert_frame_equal(parts.table(KEY), PART.table)
    assert parts.told(KEY._replace(fold=3)) is None
    parts.keep(KEY, PART._replace(told=Told({}, 1.0, ValueError("x: no"))))
    assert str(parts.told(KEY).error) == "x: no"


def test_a_damaged_part_and_one_of_other_facts_are_made_anew(tmp_path):
    parts = KeptParts(tmp_path, FACTS)
    parts.keep(KEY, PART)
    (file,) = tmp_path.glob("*/*.parquet")
    # In the place of a part of other data it is found, and known for what it is.
    other = KeptParts(tmp_path / "other", FACTS | {"data": "e"})
    (tmp_path / "other" / file.parent.name / file.name).write_bytes(file.read_bytes())
    assert other.told(KEY) is None
    file.write_bytes(b"PAR1")
    assert parts.told(KEY) is None


def test_damaged_facts_are_refused(tmp_path):
    KeptParts(tmp_path, FACTS)
    Path(tmp_path / "facts.json").write_text("{")
    with pytest.raises(ValueError, match=r"cannot go on with .*Remove it"):
        KeptParts(tmp_path, FACTS)


def test_a_file_in_the_place_of_the_folder_is_left_as_it_is(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(ValueError, match=r"mine cannot hold the parts: .*Name another folder\."):
        KeptParts(tmp_path / "mine", FACTS)
    assert (tmp_path / "mine").read_text() == "mine"
