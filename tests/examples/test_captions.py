import numpy as np
import pytest
from numpy.testing import assert_allclose


@pytest.fixture(scope="module")
def captions(example):
    return example("captions")


def test_shares_are_printed_and_the_pictures_drawn(captions, lines, tmp_path):
    printed = lines(captions)
    names = ["commonest sentence", "nearest picture", "network"]
    rows = [line for line in printed if line.startswith(tuple(names))]
    assert [row[:18].strip() for row in rows] == names * 2
    assert all(0 <= float(row.split()[-1]) <= 1 for row in rows)
    assert (tmp_path / "captions.png").stat().st_size > 10_000


def test_pictures_show_what_is_said_of_them(captions, monkeypatch):
    monkeypatch.setattr(captions, "NOISE", 0)
    pictures, sentences = captions.described(200, np.random.default_rng(0))
    whites = np.ones(3)
    for picture, sentence in zip(pictures, sentences, strict=True):
        words = sentence.split()
        colours = {tuple(pixel) for pixel in picture.reshape(-1, 3)} - {tuple(whites)}
        assert colours == {captions.COLOURS[word] for word in words if word in captions.COLOURS}
        covered = (picture.reshape(20, 20, 3) != whites).any(axis=2)
        if "above" in words:
            assert covered[:9].any()
            assert covered[11:].any()
        if "left" in words:
            assert covered[:, :9].any()
            assert covered[:, 11:].any()


def test_shapes_cover_their_area(captions):
    centre = np.array([9.5, 9.5])
    areas = {kind: captions.pixels(kind, centre, 8.0).sum() for kind in captions.SHAPES}
    assert areas["square"] == 16**2
    assert_allclose(areas["circle"], np.pi * 8**2, rtol=0.05)
    assert_allclose(areas["triangle"], 16**2 / 2, rtol=0.1)


def test_no_picture_is_drawn_twice(captions):
    pictures, _ = captions.described(100, np.random.default_rng(0))
    assert len(np.unique(pictures, axis=0)) == 100


def test_a_fifth_of_the_sentences_is_never_learned(captions):
    pictures, sentences = captions.described(2000, np.random.default_rng(0))
    kept, learned = captions.learnable(pictures, sentences)
    left_out = set(sentences) - set(learned)
    assert len(kept) == len(learned) < len(pictures)
    assert left_out == {sentence for sentence in sentences if captions.is_unseen(sentence)}
    assert 0.15 < len(left_out) / len(set(sentences)) < 0.25
    assert_allclose(kept[0], pictures[sentences.index(learned[0])])


def test_a_sentence_is_right_in_every_word_or_wrong(captions):
    said, truth = ["a red square", "a red circle", "a"], ["a red square", "a red square", "a"]
    assert captions.share_right(said, truth) == 2 / 3
    assert captions.share_right(said, truth, np.array([True, True, False])) == 0.5
