"""The notebooks run from top to bottom without error or warning, and are committed without output.

They run in small: what the cell with the tag "parameters" sets is replaced before. So a test takes
seconds, and still runs every cell.
"""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# Seconds for one cell: far more than a cell takes alone, since tests share the processors.
TIMEOUT = 300
SMALL = {"gradients": {"EPOCHS": 1}, "weather": {"EPOCHS": 1}}


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


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path):
    notebook = _read(path)
    _shrink(notebook, SMALL.get(path.stem, {}))
    client = NotebookClient(
        notebook, timeout=TIMEOUT, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()  # raises the error of a cell
    outputs = [output for cell in _code(notebook) for output in cell.outputs]
    said = "".join(output.text for output in outputs if output.get("name") == "stderr")
    assert said == "", "a reader would see this warning"
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure was drawn"
    assert list(tmp_path.iterdir()) == [], "it left files in the reader's folder"
