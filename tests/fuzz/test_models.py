"""A small sample of hostile model files; ``make fuzz`` takes a large one."""

import numpy as np
import pytest
from hostile_models import KINDS, mutant
from models import bases, judge, make


@pytest.mark.parametrize("number", range(60))
def test_what_loads_answers(number, tmp_path):
    base, kind, content = make(number)
    word, reason = judge(base, content, tmp_path / "model.seqcast")
    assert word != "wrong", f"{kind} of {base.name}: {reason}"


@pytest.mark.parametrize("base", bases(), ids=lambda base: base.name)
def test_a_whole_file_is_loaded_and_answers(base, tmp_path):
    word, reason = judge(base, base.content, tmp_path / "model.seqcast")
    assert word in ("answers", "refused later"), reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_makes_other_files(kind):
    rng = np.random.default_rng(0)
    whole = bases()[0].content
    made = {mutant(whole, rng, (kind,))[1] for _ in range(20)}
    assert len(made - {whole}) > 2
