"""The notebooks run from top to bottom without error or warning, and are committed without output.

They run in small: what the cell with the tag "parameters" sets is replaced before, and data sets
are cut to some months or years. They share a kernel, which imports TensorFlow once and forgets all
names between them. So a test takes seconds, and still runs every cell.
"""

import re
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# Seconds for one cell: far more than a cell takes alone, since tests share the processors.
TIMEOUT = 300
SMALL = {"gradients": {"EPOCHS": 1}, "weather": {"EPOCHS": 1}}
# Runs before the first cell of a notebook, in its kernel.
BEFORE = """
%reset -f
import os
import forecast

os.chdir({folder!r})

def cut(load, begin, end):
    def loaded(*names, **options):
        table = load(*names, **options)
        times = slice(begin, end)
        return table.loc[times if table.index.nlevels == 1 else (slice(None), times), :]
    return loaded

if not hasattr(forecast, "is_cut"):
    forecast.is_cut = True
    forecast.load_weather = cut(forecast.load_weather, "2013-05-01", "2013-08-10")
    forecast.load_stocks = cut(forecast.load_stocks, "2010", None)
%reset -f
"""


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shrink(notebook: nbformat.NotebookNode, settings: dict[str, int]) -> None:
    """Replace the values of the cell of parameters, each of which has a line of its own."""
    if not settings:
        return
    (cell,) = [cell for cell in _code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    for name, value in settings.items():
        cell.source, found = re.subn(
            rf"^{name} = \d+", f"{name} = {value}", cell.source, flags=re.MULTILINE
        )
        assert found == 1, f"the cell of parameters does not set {name}"


def test_the_three_stories_are_there():
    assert {path.stem for path in NOTEBOOKS} >= {"gradients", "stocks", "weather"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_without_output(path):
    notebook = _read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in _code(notebook):
        assert cell.outputs == [], cell.source
        assert cell.execution_count is None, cell.source


@pytest.fixture(scope="module")
def kernel():
    """Return the manager of a kernel that one notebook after the other may use."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    yield manager
    manager.shutdown_kernel(now=True)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, kernel, tmp_path):
    notebook = _read(path)
    _shrink(notebook, SMALL.get(path.stem, {}))
    before = nbformat.v4.new_code_cell(BEFORE.format(folder=str(tmp_path)))
    notebook.cells.insert(0, before)
    client = NotebookClient(notebook, km=kernel, timeout=TIMEOUT)
    try:
        client.execute()  # raises the error of a cell
    finally:
        client.kc.stop_channels()
    outputs = [output for cell in _code(notebook) for output in cell.outputs]
    said = "".join(output.text for output in outputs if output.get("name") == "stderr")
    assert said == "", "a reader would see this warning"
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure was drawn"
    assert list(tmp_path.iterdir()) == [], "it left files in the reader's folder"
