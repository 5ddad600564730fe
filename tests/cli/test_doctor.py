"""``forecast doctor``: the libraries that pyproject.toml names, and what of them is missing."""

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from shop import command

from forecast.cli import doctor

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.fixture
def asked(monkeypatch):
    """Let the package ask for these requirements."""

    def ask(*requirements):
        monkeypatch.setattr(metadata, "requires", lambda _: list(requirements))

    return ask


def test_the_libraries_are_listed_with_what_is_wanted_of_them(asked):
    needed = PROJECT["dependencies"]
    asked(*needed, "mido>=1.3; extra == 'examples'", "ruff>=0.12; extra == 'dev'")
    ran = command("doctor")
    assert (ran.code, ran.err) == (0, "")
    first, *lines, last = ran.out.splitlines()
    assert first.startswith("seqcast ")
    assert [line.split()[0] for line in lines] == [*(Requirement(n).name for n in needed), "mido"]
    assert all(line.split()[1] == metadata.version(line.split()[0]) for line in lines)
    assert last.startswith("networks are trained on CPU")


def test_what_is_missing_for_an_extra_is_no_fault(asked, monkeypatch):
    monkeypatch.setattr(doctor, "_training", lambda: "trained")
    asked("numpy>=1.26", "surely-not-there>=2; extra == 'some-extra'")
    ran = command("doctor")
    assert ran.code == 0
    line = ran.out.splitlines()[2].split()
    assert line[:2] == ["surely-not-there", "missing"]
    assert line[-3:] == ["pip", "install", "'seqcast[some-extra]'"]


@pytest.mark.parametrize("wanted", ["surely-not-there>=2", "numpy>=1000"])
def test_what_everybody_needs_is_refused_with_the_command_that_installs_it(asked, wanted):
    asked("pandas>=2.2", wanted)
    ran = command("doctor")
    assert ran.code == 2
    assert f"seqcast needs {wanted}. Run: pip install '{wanted}'." in ran.err


def test_a_tensorflow_that_fails_is_said_to_fail(monkeypatch):
    import forecast.recurrent.backend as backend

    def fails():
        raise OSError("no such library")

    monkeypatch.setattr(backend.tf.config, "list_physical_devices", fails)
    assert doctor._training() == (
        "networks cannot be trained: TensorFlow fails (OSError: no such library)"
    )
