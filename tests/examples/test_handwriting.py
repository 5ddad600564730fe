import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal


@pytest.fixture(scope="module")
def handwriting(example):
    return example("handwriting")


def test_shares_are_printed_and_the_letters_drawn(handwriting, lines, tmp_path):
    printed = lines(handwriting)
    assert printed[-4].strip() == "read right"
    assert [row[:17].strip() for row in printed[-3:]] == ["n-grams", "network", "outlines of fonts"]
    shares = [float(row.split()[-1]) for row in printed[-3:]]
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == 1  # l and o are told apart
    assert (tmp_path / "handwriting.png").stat().st_size > 5_000


def test_contours_are_closed_and_walked_in_equal_steps(handwriting):
    outer, inner = handwriting.outline("o", "DejaVu Sans", "normal")
    for contour in (outer, inner):
        assert_allclose(contour[0], contour[-1])
        steps = np.hypot(*np.diff(contour, axis=0).T)
        assert_allclose(steps, 0.8, atol=0.1)
        # Turns to the left: counter-clockwise.
        moves = np.diff(contour, axis=0)
        turns = moves[:-1, 0] * moves[1:, 1] - moves[:-1, 1] * moves[1:, 0]
        assert turns.min() > 0
    assert np.ptp(outer[:, 1]) > np.ptp(inner[:, 1])
    assert len(handwriting.outline("i", "DejaVu Sans", "normal")) == 2


def test_a_path_leads_along_the_contours(handwriting, monkeypatch):
    monkeypatch.setattr(handwriting, "WARP", 0)
    monkeypatch.setattr(handwriting, "TREMOR", 0)
    square = np.array([[1, 1], [2, 1], [2, 2], [1, 1]], float)
    dot = np.array([[5, 5], [5, 6]], float)
    path = handwriting.pen_path([square, dot], np.random.default_rng(0))
    assert_allclose(path[:, :2].cumsum(axis=0), [*square, *dot])
    assert_array_equal(path[:, 2], [1, 0, 0, 0, 1, 0])


def test_no_outline_is_learned_and_judged(handwriting):
    rng = np.random.default_rng(0)
    learned, _ = handwriting.outlines("ab", handwriting.FONTS, 3, rng)
    judged, names = handwriting.outlines("ab", handwriting.FONTS, 1, rng)
    assert names.tolist() == ["a", "b"] * 10
    known = {path.tobytes() for path in learned}
    assert len(known) == 60
    assert not known & {path.tobytes() for path in judged}


def test_n_grams_draw_what_they_have_counted(handwriting):
    # Of one path only, each move follows from the one before.
    path = np.array([[0.4, 0.4, 1], [0.8, 0, 0], [0, 0.8, 0], [-0.8, -0.8, 0]])
    drawn = handwriting.by_n_grams([path] * 3, np.array(["a"] * 3), "a", 0)
    assert len(drawn) == 8
    assert_allclose(drawn[0], path)
