"""Run the notebooks, and compare what they show with what is committed in them.

``make notebooks`` writes their outputs anew: this module as a program.
"""

import base64
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
# Seconds for one cell: far more than a cell takes alone, since tests share the processors.
TIMEOUT = 300
# Runs before the first cell of a notebook, in its kernel.
BEFORE = """
import os
import pandas
os.chdir({folder!r})
pandas.reset_option("display.precision")
%reset -f
"""
# Tags of cells. What a network has learned differs with the rounding of a processor, and what is
# drawn or sorted by it may be something else altogether.
LEARNED = "learned"
DRAWN = "drawn"
COLORS = 128  # of a picture: few are needed for lines, and the file is a third
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
SECONDS = re.compile(r"\d+(?:\.\d+)? s(?:econds?)?\b")


@contextmanager
def kernel() -> Iterator[KernelManager]:
    """Give a kernel that one notebook after the other may use: it imports TensorFlow once."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    try:
        yield manager
    finally:
        manager.shutdown_kernel(now=True)


def code_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def run(path: Path, manager: KernelManager, folder: str) -> nbformat.NotebookNode:
    """Return a notebook as it is after a run in a folder; the error of a cell is raised."""
    notebook = nbformat.read(path, as_version=4)
    metadata = deepcopy(notebook.metadata)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(BEFORE.format(folder=folder)))
    client = NotebookClient(notebook, km=manager, timeout=TIMEOUT, record_timing=False)
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
    del notebook.cells[0]
    # A kernel names its version of Python there.
    notebook.metadata = metadata
    for number, cell in enumerate(code_of(notebook), 1):
        cell.execution_count = number
        cell.outputs = joined(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    return notebook


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Return outputs with what is printed in one piece: a slow kernel sends it in several."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
        else:
            joined.append(output)
    return joined


def differences(shown: nbformat.NotebookNode, found: nbformat.NotebookNode) -> list[str]:
    """Return in words what two runs of a notebook show differently."""
    said = []
    for cell, again in zip(code_of(shown), code_of(found), strict=True):
        kinds = [_kinds(each) for each in (cell, again)]
        if kinds[0] != kinds[1]:
            said.append(f"{cell.id} shows {kinds[0]}, now {kinds[1]}")
            continue
        tags = cell.metadata.get("tags", [])
        if DRAWN in tags:
            continue
        for old, new in zip(texts_of(cell), texts_of(again), strict=True):
            if not says_the_same(old, new, LEARNED in tags):
                said.append(f"{cell.id} says\n{old}\nnow\n{new}")
    return said


def _kinds(cell: nbformat.NotebookNode) -> list[list[str]]:
    """Return what kinds of text and pictures a cell shows."""
    return [sorted(output.get("data", {output.output_type: ""})) for output in cell.outputs]


def texts_of(cell: nbformat.NotebookNode) -> list[str]:
    """Return the texts that a cell shows; tables in HTML are among them as plain text."""
    return [output.get("text") or output.data.get("text/plain", "") for output in cell.outputs]


def says_the_same(old: str, new: str, is_learned: bool = False) -> bool:
    """Whether two texts have the same words, and numbers as good as the same.

    Whole numbers are the same. Others may differ by a hundredth, or by one unit of their last digit
    but one; by a quarter, or by 0.05, where a network has learned them. Seconds do not count.
    """
    old, new = (SECONDS.sub("some seconds", text) for text in (old, new))
    words = [NUMBER.sub("0", text).split() for text in (old, new)]
    if words[0] != words[1]:
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(_are_near(a, b, is_learned) for a, b in pairs)


def _are_near(a: str, b: str, is_learned: bool) -> bool:
    """Whether two numbers are as good as the same."""
    if "." not in a:
        return a == b
    digits, _, power = a.partition("e")
    unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    relative, absolute = (0.25, 0.05) if is_learned else (0.01, 1.5 * unit)
    return abs(float(a) - float(b)) <= max(relative * abs(float(a)), absolute)


def compact(notebook: nbformat.NotebookNode) -> None:
    """Leave out what programs said on stderr, and make pictures small."""
    for cell in code_of(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = _smaller(data["image/png"])


def _smaller(png: str) -> str:
    """Return a picture with fewer colours."""
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    written = io.BytesIO()
    picture.quantize(COLORS).save(written, format="png", optimize=True)
    return base64.b64encode(written.getvalue()).decode()


def main() -> None:
    """Run notebooks, by default all, and write what they show into them."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    with kernel() as manager, TemporaryDirectory() as folder:
        for path in named or NOTEBOOKS:
            notebook = run(path, manager, folder)
            compact(notebook)
            nbformat.write(notebook, path)
            sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main()
