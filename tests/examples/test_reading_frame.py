import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal


@pytest.fixture(scope="module")
def module(example):
    return example("reading_frame")


def test_the_quick_run_prints_the_accuracy_of_each_model(module, lines):
    printed = lines(module)
    names = [
        "the codons, read",
        "network, base by base",
        "runs of one to six bases",
        "all are intact",
    ]
    assert printed[-5].split() == ["accuracy"]
    for name, line in zip(names, printed[-4:], strict=True):
        assert 0.2 < float(line.removeprefix(name)) <= 1


def test_genes_are_of_their_kinds(module):
    texts, kinds = module.distinct_genes(300, seed=1)
    assert len(set(texts)) == 300
    assert set(kinds) == set(module.KINDS)
    # A regular expression reads codon by codon up to the first stop.
    whole = re.compile(r"ATG(?:(?!TAA|TAG|TGA)[ACGT]{3})*(TAA|TAG|TGA)?")
    for text, kind in zip(texts, kinds, strict=True):
        found = whole.match(text)
        assert (found[1] is not None and found.end() == len(text)) == (kind == "intact")
        assert (len(text) % 3 != 0) == (kind == "shifted")
        if kind == "stop too early":
            assert found[1] is not None
        if kind == "stop lost":
            assert found[1] is None


def test_codons_are_as_frequent_as_in_the_table(module):
    texts, _ = module.distinct_genes(600, seed=0)
    codons = [text[place : place + 3] for text in texts for place in range(3, len(text) - 3, 3)]
    assert abs(codons.count("CTG") / len(codons) - 0.053) < 0.01
    assert codons.count("AGG") < 0.01 * len(codons)


def test_each_base_is_labelled_by_its_place_in_the_codon(module):
    # The stop TAA across two codons is none.
    assert module.annotation("ATGCTAAGCTGACC") == [*"123123123", *"12", *["over"] * 3]
    assert module.in_codons("ATGCTAAGCTGACC") == "ATG CTA AGC TGA cc"
    assert module.kind_of("ATGCTAAGCTGA") == "intact"


def test_a_gene_is_intact_where_reading_is_over_at_the_last_base(module):
    over, other = module.OVER, "3"
    labels = np.array(
        [
            ["1", "2", over, ""],
            ["1", over, over, ""],
            ["1", "2", "3", over],
            ["1", "2", "3", other],
        ]
    )
    texts = ["ATG", "ATG", "ATGC", "ATGC"]
    assert_array_equal(module.verdicts(labels, texts), [True, False, True, False])


def test_counts_see_the_ends_and_runs_of_bases(module):
    texts, _ = module.distinct_genes(40, seed=0)
    counts = module.k_mers()[0].fit(module.marked(texts))
    runs = set(counts.get_feature_names_out())
    assert {"A", "A$", "^ATG"} <= runs
    assert max(map(len, runs)) == 6
