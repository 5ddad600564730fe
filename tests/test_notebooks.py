"""The notebooks are committed with what they show, and show the same when they are run again.

They share a kernel, which imports TensorFlow once and forgets all names between them.
"""

import platform
import re
from importlib.metadata import version

import nbformat
import pytest
from notebook_runs import (
    NOTEBOOKS,
    code_of,
    compact,
    differences,
    joined,
    kernel,
    run,
    says_the_same,
    texts_of,
)

for_notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
LARGEST = 400 * 1024  # bytes
# Folders of the machine on which it was written.
PATHS = re.compile(r"(?<![\w.])/(home|root|tmp|usr|var|work|Users)/|[A-Z]:\\\\")


# Libraries whose other versions compute, or print tables, in another way.
SHOWING = ("numpy", "pandas", "scikit-learn", "statsmodels", "tensorflow")


def are_pinned():
    """Whether the libraries are those with which the outputs were made."""
    lines = (NOTEBOOKS[0].parents[1] / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if "==" in line)
    return all(version(name) == pins[name] for name in SHOWING)


@pytest.fixture(scope="module")
def manager():
    with kernel() as manager:
        yield manager


def test_the_stories_are_there():
    names = {path.stem for path in NOTEBOOKS}
    assert names >= {"gradients", "sequences", "stocks", "weather"}


@for_notebooks
def test_a_notebook_is_committed_with_its_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    cells = code_of(notebook)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure is shown"
    assert not any(output.get("name") == "stderr" for output in outputs)
    assert not any(output.output_type == "error" for output in outputs)


@for_notebooks
def test_a_notebook_is_small_and_names_no_machine(path):
    assert path.stat().st_size < LARGEST
    for cell in code_of(nbformat.read(path, as_version=4)):
        for text in texts_of(cell):
            assert PATHS.search(text) is None
            assert platform.node() not in text.split()


@pytest.mark.slow
@for_notebooks
def test_a_notebook_shows_what_is_committed(path, manager, tmp_path):
    found = run(path, manager, str(tmp_path))
    said = [
        output.text
        for cell in code_of(found)
        for output in cell.outputs
        if output.get("name") == "stderr"
    ]
    assert said == [], "a reader would see this warning"
    assert list(tmp_path.iterdir()) == [], "it left files in the reader's folder"
    if not are_pinned():
        pytest.skip("it runs; with other versions than those of constraints.txt it shows others")
    changed = differences(nbformat.read(path, as_version=4), found)
    assert not changed, "\n".join([*changed, "If that is right: make notebooks"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mae 4.031", "mae   4.032"),
        ("p = 1.00e-07", "p = 1.009e-07"),
        ("learned in 1.5 s", "learned in 12 s"),
        ("2013-12-02 23:00", "2013-12-02  23:00"),
        ("-0.50", "-0.51"),
        ("", ""),
    ],
)
def test_numbers_may_be_rounded_otherwise(old, new):
    assert says_the_same(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mae 4.031", "mae 4.131"),
        ("mae 4.031", "mase 4.031"),
        ("2013-12-02", "2013-12-03"),
        ("28 origins", "29 origins"),
        ("1.00 2.00", "1.00"),
        ("0.20", "-0.20"),
        ("p = 1.00e-07", "p = 1.00e-08"),
    ],
)
def test_other_numbers_and_other_words_are_differences(old, new):
    assert not says_the_same(old, new)


def test_what_was_learned_may_differ_by_more():
    assert says_the_same("right 0.95, mae 4.03", "right 0.91, mae 4.9", is_learned=True)
    assert not says_the_same("right 0.95", "right 0.55", is_learned=True)


def notebook_of(text, tags=()):
    """Return a notebook with one cell that prints a text."""
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    cell = nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": list(tags)}, id="one")
    return nbformat.v4.new_notebook(cells=[cell])


def test_differences_are_told_by_cell_unless_they_were_drawn():
    assert differences(notebook_of("a 1.0"), notebook_of("a 1.0")) == []
    (said,) = differences(notebook_of("a 1.0"), notebook_of("a 2.0"))
    assert said == "one says\na 1.0\nnow\na 2.0"
    assert differences(notebook_of("C D E", ["drawn"]), notebook_of("C E", ["drawn"])) == []
    silent = notebook_of("")
    silent.cells[0].outputs = []
    (said,) = differences(notebook_of("a"), silent)
    assert said == "one shows [['stream']], now []"


def test_what_is_printed_in_pieces_is_one_text():
    pieces = [*notebook_of("a ").cells[0].outputs, *notebook_of("b").cells[0].outputs]
    (output,) = joined(pieces)
    assert output.text == "a b"


def test_what_is_said_on_stderr_is_left_out():
    notebook = notebook_of("a")
    notebook.cells[0].outputs[0].name = "stderr"
    compact(notebook)
    assert notebook.cells[0].outputs == []
