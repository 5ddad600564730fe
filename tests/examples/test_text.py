import asyncio
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def module(example):
    return example("text")


def test_the_quick_run_prints_bits_and_writes_a_page(module, lines, tmp_path):
    printed = lines(module)
    names = ["network and counts", "counts of characters", "xz", "bz2", "zlib"]
    assert printed[-6].split() == ["bits", "per", "character"]
    for name, line in zip(names, printed[-5:], strict=True):
        assert 1 < float(line.removeprefix(name)) < 8
    page = (tmp_path / "text.txt").read_text(encoding="utf-8")
    assert page.count("Return the ") >= 4
    assert "=== counts of characters" in page


def test_no_docstring_is_in_both_parts(module):
    folder = Path(asyncio.__file__).parent
    learned, asked = module.parted(module.texts_by_module(folder))
    parts = [set(module.BETWEEN.join(texts).split(module.BETWEEN)) for texts in (learned, asked)]
    assert not parts[0] & parts[1]
    assert sum(map(len, asked)) > 0.05 * sum(map(len, learned))


def test_samples_end_with_the_docstring(module):
    model = module.SequenceGenerator(order=4, epochs=0)
    model.fit(["Return the x.\n\n\nRaise y.\n\n\nThe file z.\n\n\nThis module w.\n\n\nEnd."])
    written = module.samples("counts", model, longest=60, seed=0)
    docstrings = written.split("\n--- temperature ")[1:]
    assert len(docstrings) == 8
    for text, beginning in zip(docstrings, 2 * module.BEGINNINGS, strict=True):
        assert text.split("\n", 1)[1].startswith(beginning)
    assert "\n\n\n" not in written
