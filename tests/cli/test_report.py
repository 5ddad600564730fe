"""``forecast report`` writes one HTML file of a run, and replaces nothing unasked."""

import shutil

import pytest
from shop import command


@pytest.fixture
def run(finished, folder):
    """Copy the finished run: reports are written into it."""
    return shutil.copytree(finished[1], folder / "mine")


def test_the_report_lies_in_the_folder_of_the_run(run):
    ran = command("report", run)
    assert ran.code == 0, ran.err
    assert ran.out == f"{run / 'report.html'}\n"
    assert ran.err.startswith(f"written to {run / 'report.html'}: 0.")
    text = (run / "report.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "Forecasts of sales" in text


def test_it_is_replaced_with_force_only(run, refused):
    out = run.parent / "r.html"
    out.write_text("mine")
    assert "r.html exists" in refused("report", run, "-o", out)
    assert out.read_text() == "mine"
    assert command("report", run, "-o", out, "--force", "--quiet").err == ""
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_what_is_no_run_is_refused(folder, run, refused):
    assert "holds no run" in refused("report", folder)
    (run / "choice.json").write_text("{")
    assert "cannot read" in refused("report", run)
    assert not (run / "report.html").exists()


def test_a_forecast_of_other_moments_is_refused(run, refused):
    (run / "forecast.csv").write_text("timestamp,forecast\nsoon,1\n")
    assert "not of the kind of those of the backtest" in refused("report", run)
