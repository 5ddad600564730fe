"""A wheel of the tree, installed elsewhere, has the command and the data."""

import hashlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


class Installed(NamedTuple):
    """An environment of its own in which only the wheel of seqcast was installed."""

    bin: Path
    site: Path
    folder: Path  # an empty one to run in

    def run(self, command: str, *arguments: str) -> str:
        """Run a command of the environment in the empty folder; return what it printed."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        return _run([str(self.bin / command), *arguments], cwd=self.folder, env=inherited)


def _run(command: list[str], **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    _run([*command, "--outdir", str(folder), str(ROOT)], cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installed:
    home = tmp_path_factory.mktemp("installed")
    _run([sys.executable, "-m", "venv", "--without-pip", str(home)])
    paths = sysconfig.get_paths("venv", {"base": str(home), "platbase": str(home)})
    python = str(Path(paths["scripts"]) / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python]
    _run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)])
    # Dependencies come from this environment; its .pth files are not read there, so it hides the
    # checkout.
    (Path(paths["purelib"]) / "dependencies.pth").write_text(
        sysconfig.get_paths()["purelib"] + "\n"
    )
    return Installed(
        Path(paths["scripts"]), Path(paths["purelib"]), tmp_path_factory.mktemp("empty")
    )


def test_installed_package_is_the_wheels(installed):
    file = Path(installed.run("python", "-c", "import forecast; print(forecast.__file__)").strip())
    assert file.resolve() == (installed.site / "forecast" / "__init__.py").resolve()
    assert (installed.site / "forecast" / "py.typed").exists()


def test_wheel_has_every_registered_file(installed):
    data = installed.site / "forecast" / "_data"
    entries = [
        line.split() for line in (data / "registry.txt").read_text().splitlines() if line.strip()
    ]
    files = [entry for entry in entries if not entry[0].startswith("#")]
    assert len(files) >= 2
    for name, digest, *_ in files:
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest.removeprefix(
            "sha256:"
        )


def test_wheel_has_what_the_report_is_made_of(installed):
    report = Path("forecast", "report")
    parts = [
        *(ROOT / report / "templates").rglob("*.html"),
        *(ROOT / report / "assets").rglob("*.*"),
    ]
    names = {part.relative_to(ROOT) for part in parts}
    assert {
        report / "templates" / "report.html",
        report / "assets" / "script" / "chart.js",
    } <= names
    for name in names:
        assert (installed.site / name).read_bytes() == (ROOT / name).read_bytes()
    # The library for charts comes with its licence.
    (licence,) = installed.site.glob("seqcast-*.dist-info/licenses/**/uplot/LICENSE")
    assert "MIT" in licence.read_text()


def test_command_lists_the_data_sets(installed):
    printed = installed.run("forecast", "datasets")
    assert "weather" in printed
    assert "stocks" in printed


OPENED_BY_THE_LOADER = """
import builtins, gzip, io, os, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import forecast
frame = forecast.load_weather("JFK")
assert len(frame) > 8000, len(frame)
of_weather = [path for path in opened if "weather" in os.path.basename(path)]
print("\\n".join({os.path.realpath(path) for path in of_weather}))
"""


def test_weather_is_read_from_the_wheel(installed):
    printed = installed.run("python", "-c", OPENED_BY_THE_LOADER)
    read = [Path(line) for line in printed.split("\n") if line]
    data = (installed.site / "forecast" / "_data").resolve()
    assert read
    assert {path.parent for path in read} == {data}, read


def test_nothing_was_left_in_the_folder(installed):
    installed.run("forecast", "--help")
    assert list(installed.folder.iterdir()) == []
