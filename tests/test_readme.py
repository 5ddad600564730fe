"""What the README shows is run, and what it claims of the LSTM is measured."""

import re
import shlex
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from forecast.cli.main import main

HOUSE = Path(__file__).parent.parent
README = (HOUSE / "README.md").read_text(encoding="utf-8")
DOCS = sorted((HOUSE / "docs").glob("*.md"))


def blocks(language, text=README):
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


# Keras saves by a call of numpy that numpy deprecates.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.slow
@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.stem)
def test_python_blocks_of_the_docs_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where a page may write its tables
    space: dict = {}
    for block in blocks("python", page.read_text(encoding="utf-8")):
        exec(compile(block, page.name, "exec"), space)


def numbers(text):
    """Return the numbers of a printed table, by the name of the row."""
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: [float(cell) for cell in row[1:]] for row in rows if len(row) == 4}


def test_python_blocks_print_what_is_shown(capsys):
    space: dict = {}
    first, *others = blocks("python")
    exec(compile(first, "README.md", "exec"), space)
    printed, (shown,) = capsys.readouterr().out, blocks("text")
    assert printed.split()[:4] == shown.split()[:4]
    found, expected = numbers(printed), numbers(shown)
    assert list(found) == list(expected) == ["seasonal", "pretrained", "ridge", "lstm"]
    for name, values in found.items():
        assert_allclose(values, expected[name], rtol=0.05)  # another processor rounds otherwise
    for block in others:
        exec(compile(block, "README.md", "exec"), space)


def test_the_example_is_one_whose_output_a_test_compares():
    (example,) = blocks("console")
    assert example in (HOUSE / "docs" / "command.md").read_text(encoding="utf-8")


def test_the_front_page_is_short():
    assert len(README.splitlines()) <= 120
    tables = re.findall(r"^\|[-|]+\|$", README, flags=re.MULTILINE)
    assert len(tables) <= 2


def test_commands_know_every_option_shown(capsys):
    pages = [README, *(page.read_text(encoding="utf-8") for page in DOCS)]
    shown = [part for page in pages for part in [*blocks("sh", page), *blocks("console", page)]]
    text = "\n".join(shown).replace("\\\n", " ")  # a command may go on in the next line
    lines = re.findall(r"^(?:\$ )?(forecast [^#\n]*)", text, flags=re.MULTILINE)
    commands = [line for line in lines if not re.match(r"forecast \w+: ", line)]  # no refusals
    assert len(commands) >= 5
    for line in commands:
        _, command, *rest = shlex.split(line)
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
        known = capsys.readouterr().out
        for option in (word for word in rest if word.startswith("-")):
            assert option in known, line


def test_links_lead_to_files():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (HOUSE / target).exists(), target
