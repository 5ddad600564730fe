"""The notebooks run from top to bottom without error or warning, and are committed without output.

They run in small: numbers that say how much is learned are replaced before, and data sets are cut
to some weeks or years. They share a kernel, which imports TensorFlow once and forgets all names
between them. So a test takes seconds, and still runs every cell.
"""

from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# Seconds for one cell: far more than a cell takes alone, since tests share the processors.
TIMEOUT = 300
# What stands in a notebook, and what takes its place.
SMALL = {
    "gradients": {"EPOCHS = 20": "EPOCHS = 1", "toy(2000": "toy(100", "units=16": "units=4"},
    "stocks": {"ORIGINS = 5, 100": "ORIGINS = 5, 20"},
    "weather": {"EPOCHS = 5": "EPOCHS = 1"},
}
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
    forecast.load_weather = cut(forecast.load_weather, "2013-05-01", "2013-06-20")
    forecast.load_stocks = cut(forecast.load_stocks, "2011-06", None)
%reset -f
"""


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _shrink(notebook: nbformat.NotebookNode, smaller: dict[str, str]) -> None:
    """Replace what makes a notebook long, wherever it stands."""
    for text, replacement in smaller.items():
        cells = [cell for cell in _code(notebook) if text in cell.source]
        assert cells, f"no cell holds {text!r}"
        for cell in cells:
            cell.source = cell.source.replace(text, replacement)


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
