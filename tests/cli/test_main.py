"""The command as a process: what it loads, how it ends, what reaches its stderr."""

import os
import re
import signal
import socket
import sys

import pytest
from shop import COMMANDS, SMALL, command, python

import forecast
from forecast import NaiveForecaster
from forecast.cli.main import _parser, _with_minus, main

HEAVY = {"numpy", "pandas", "sklearn", "scipy", "matplotlib", "statsmodels", "keras", "tensorflow"}


def test_help_loads_neither_numpy_nor_pandas(tmp_path):
    program = f"""
import sys
from forecast.cli.main import main
for command in [[], *([c] for c in {COMMANDS})]:
    try:
        main([*command, "--help"])
    except SystemExit as stop:
        assert stop.code == 0
print("loaded:", sorted({HEAVY} & set(sys.modules)))
"""
    out, err = python("-c", program, cwd=tmp_path).communicate()
    assert out.splitlines()[-1] == "loaded: []"
    assert err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_for_each_flag(name):
    ran = command(name, "--help")
    assert ran.code == 0
    assert ran.err == ""
    assert ran.out.startswith(f"usage: forecast {name} ")
    flags = re.findall(r"^  (?:-\w.*, )?(--[a-z-]+)(?: [^ ]+)*(.*)$", ran.out, re.MULTILINE)
    assert {"--quiet", "--debug"} <= {flag for flag, _ in flags}


def test_the_version():
    ran = command("--version")
    assert ran.code == 0
    assert forecast.__version__ in ran.out


@pytest.mark.parametrize("arguments", [(), ("forcast",), ("backtest", "weather", "--workers", "2")])
def test_an_unknown_command_or_flag_is_refused(arguments):
    ran = command(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("forecast")
    assert "--help" in ran.err


def test_an_unknown_option_is_refused_by_the_command_that_does_not_know_it():
    ran = command("predict", "m", "--horison", "3")
    assert ran.code == 2
    assert ran.err == (
        "forecast predict: it does not take '--horison'; did you mean --horizon? "
        "See 'forecast predict --help'.\n"
    )
    assert (
        "forecast fit: it does not take 'b.csv'." in command("fit", "a", "b.csv", "--save", "m").err
    )


def test_a_marker_of_missing_values_may_begin_with_a_minus():
    for arguments in (["--missing", "-9999,?"], ["--missing=-9999,?"]):
        args, unknown = _parser().parse_known_args(_with_minus(["backtest", "a.csv", *arguments]))
        assert (args.missing, unknown) == (["-9999", "?"], [])


def test_debug_raises(monkeypatch):
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    with pytest.raises(ValueError, match="did you mean 'sales'"):
        main(["backtest", "sales.csv", "--target", "slaes", "--debug"])
    with pytest.raises(OSError, match="no file"):
        main(["backtest", "slaes.csv", "--debug"])


def test_a_fault_of_the_program_is_no_fault_of_the_input(monkeypatch):
    """Whatever a library raises on the way, the user reads one sentence, and exit code 1."""

    def failing(*_, **__):
        raise RuntimeError("SVD did not converge.")

    monkeypatch.setattr(NaiveForecaster, "_learn", failing)
    ran = command("backtest", "sales.csv", *SMALL, "--models", "naive", "--quiet")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "naive: SVD did not converge." in ran.err
    assert ran.err.endswith("Report it, with what the same command prints under --debug.\n")
    assert socket.gethostname() not in ran.err
    assert "Traceback" not in ran.err


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch, capsys):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["datasets", "weather"]) == 0
        monkeypatch.undo()
    assert capsys.readouterr().err == ""


def test_no_library_chatters(network):
    ran, file = network
    assert ran.code == 0, ran.err
    told = [line.split(":")[0].split(" ")[0] for line in ran.err.splitlines()]
    assert told == ["sales.csv", "learned"]
    assert ran.out.startswith("lstm.seqcast: LSTMForecaster(")
    assert ran.out.count("\n") == 1
    assert file.exists()


@pytest.fixture
def ctrl_c():
    """Let Ctrl-C interrupt, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_with_130_and_leaves_no_half_written_file(folder, monkeypatch):
    def interrupted(*_):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(NaiveForecaster, "_learn", interrupted)
    ran = command("backtest", "sales.csv", *SMALL, "--models", "naive", "--out", "run", "--quiet")
    assert ran.code == 130
    assert ran.out == ""
    assert ran.err == "\nforecast backtest: stopped by Ctrl-C; nothing was left half-written.\n"
    assert not (folder / "run").exists()
