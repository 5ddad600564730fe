"""The notebooks run from top to bottom, without an error or a warning, and are committed without output."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
TIMEOUT = (
    300  # seconds for one cell: far more than a cell takes alone, since tests share the processors
)


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def _code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


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


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path):
    notebook = _read(path)
    client = NotebookClient(
        notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()  # raises the error of a cell
    outputs = [output for cell in _code(notebook) for output in cell.outputs]
    said = "".join(output.text for output in outputs if output.get("name") == "stderr")
    assert said == "", "a reader would see this warning"
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure was drawn"
    assert list(tmp_path.iterdir()) == [], "it left files in the reader's folder"
