"""``forecast plot``: one picture of what a file or a folder holds."""

from pathlib import Path

import pytest
from shop import command, contents, is_png, write_run

from forecast import LSTMForecaster, NaiveForecaster, read, save


def test_plot_a_saved_forecaster(saved):
    ran = command("plot", saved, "-o", "a.png", "--horizon", "5")
    assert (ran.code, ran.out) == (0, "a.png\n")
    assert is_png("a.png")


def test_plot_a_fan_of_intervals(refused, saved):
    ran = command("plot", saved, "-o", "fan.svg", "--horizon", "5", "--coverage", "0.95, 0.5,0.8")
    assert ran.code == 0, ran.err
    drawn = Path("fan.svg").read_text()
    shares = [share for share in (95, 90, 80, 50) if f"<!-- {share} % interval -->" in drawn]
    assert shares == [95, 80, 50]
    arguments = ("plot", saved, "-o", "b.png", "--horizon", "5", "--coverage")
    assert "got 1.5" in refused(*arguments, "0.5,1.5")
    assert "'0.5;0.9' is no list of numbers" in refused(*arguments, "0.5;0.9")
    assert not Path("b.png").exists()


@pytest.mark.parametrize("model", ["naive", "theta"])
def test_every_saved_model_shows_its_history(model):
    flags = ("--target", "sales", "--horizon", "5", "--model", model, "--save", "m")
    assert command("fit", "sales.csv", *flags).code == 0
    assert command("plot", "m", "-o", "fan.svg").code == 0
    assert "<!-- history -->" in Path("fan.svg").read_text()


def test_models_of_a_backtest_are_chosen(refused, finished, saved):
    for kind in ("forecasts", "step"):
        ran = command("plot", finished[1], "-o", f"{kind}.svg", "--kind", kind, "--models", "drift")
        assert ran.code == 0, ran.err
        drawn = Path(f"{kind}.svg").read_text()
        assert "<!-- drift -->" in drawn
        assert "<!-- naive -->" not in drawn
    arguments = ("plot", finished[1], "-o", "a.png", "--models")
    assert "model 'dirft' is not in the backtest; did you mean 'drift'?" in refused(
        *arguments, "dirft"
    )
    sentence = refused(*arguments, "drift", "--kind", "pit")
    assert "--models would have no effect: --kind pit draws all models. Leave it out" in sentence
    assert "holds one model" in refused("plot", saved, "-o", "a.png", "--models", "drift")
    assert not Path("a.png").exists()


@pytest.mark.parametrize("kind", ["step", "pit"])
def test_plot_a_backtest(finished, kind):
    ran = command("plot", finished[1], "-o", "a.png", "--kind", kind)
    assert (ran.code, ran.out) == (0, "a.png\n")
    assert is_png("a.png")
    drawn = finished[1] / f"{kind}.png"
    assert not drawn.exists() or drawn.read_bytes() == Path("a.png").read_bytes()


def test_a_picture_may_be_svg(finished):
    assert command("plot", finished[1], "-o", "a.svg").code == 0
    assert b"<svg" in Path("a.svg").read_bytes()


def test_no_calibration_without_quantiles(refused):
    write_run(NaiveForecaster())
    arguments = ("plot", "run", "-o", "a.png", "--kind", "calibration")
    assert "no quantile. Backtest with some" in refused(*arguments)


@pytest.mark.usefixtures("networks_by_descent")
def test_plot_the_gates_of_a_saved_network(refused, saved):
    network = LSTMForecaster(2, 1, units=3, epochs=1, random_state=0)
    file = save(network.fit(read("sales.csv")["sales"]), "lstm.seqcast")
    ran = command("plot", file, "-o", "gates.png", "--kind", "gates")
    assert ran.code == 0, ran.err
    assert is_png("gates.png")
    arguments = ("plot", saved, "-o", "a.png", "--kind", "gates")
    assert "has no gates: fit one with --model lstm" in refused(*arguments)


def test_kinds_of_the_other_are_refused(refused, saved):
    for kind in ("step", "calibration"):
        assert f"got {kind}" in refused("plot", saved, "-o", "a.png", "--kind", kind)
    assert "--kind may be forecasts or step or origin" in refused(
        "plot", ".", "-o", "a.png", "--kind", "gates"
    )
    assert not Path("a.png").exists()


@pytest.mark.parametrize("out", ["missing/a.png", "sales.csv/a.png", "a.gif", "a"])
def test_a_picture_that_cannot_be_written_is_refused(refused, saved, out):
    before = contents(Path())
    assert Path(out).name in refused("plot", saved, "-o", out, "--horizon", "2")
    assert contents(Path()) == before


def test_plot_refuses_what_is_neither(refused, folder):
    assert "holds no run" in refused("plot", folder, "-o", "a.png")
    assert "missing cannot be read" in refused("plot", "missing", "-o", "a.png")
    assert "sales.csv is not a seqcast file" in refused("plot", "sales.csv", "-o", "a.png")


def test_what_has_no_part_in_the_picture_of_a_backtest_is_refused(refused):
    write_run(NaiveForecaster())
    for flags in (["sales.csv"], ["--horizon", "3"], ["--coverage", "0.5"], ["--freq", "D"]):
        sentence = refused("plot", "run", *flags, "-o", "a.png")
        assert "would have no effect" in sentence
        assert command("plot", "run", "-o", "a.png").code == 0
        Path("a.png").unlink()
