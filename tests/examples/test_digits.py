import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits


@pytest.fixture(scope="module")
def module(example):
    return example("digits")


def test_the_quick_run_prints_the_accuracy_of_each_reader(module, lines, tmp_path):
    printed = lines(module)
    names = [
        "read row by row, 4 rows",
        "read row by row, 8 rows",
        "nearest whole image",
        "logistic regression",
        "the commonest digit",
    ]
    assert printed[-6].split() == ["accuracy"]
    accuracy = {}
    for name, line in zip(names, printed[-5:], strict=True):
        accuracy[name] = float(line.removeprefix(name))
    assert accuracy["the commonest digit"] < 0.2
    assert accuracy["read row by row, 4 rows"] > 0.4
    assert 0.7 < accuracy["read row by row, 8 rows"] <= 1
    assert (tmp_path / "digits.png").stat().st_size > 1000


def test_no_image_is_in_both_parts(module):
    images, labels, asked, expected = module.parted()
    assert (len(images), len(asked)) == (len(labels), len(expected)) == (1347, 450)
    both = np.concatenate([images, asked]).reshape(1797, 64)
    assert len(np.unique(both, axis=0)) == 1797


def test_a_timestep_is_a_row_of_the_image(module):
    *_, asked, expected = module.parted()
    digits = load_digits()
    assert_allclose(asked[3, 2], digits.images[1350, 2] / 16)
    assert expected[3] == digits.target[1350]


def test_the_nearest_image_and_the_commonest_label_are_judged_on_what_is_asked(module):
    images = np.zeros((4, 8, 8))
    images[:, 0, 0] = [0, 0.1, 0.9, 1]
    asked = np.zeros((2, 8, 8))
    asked[:, 0, 0] = [0.05, 0.8]
    accuracy = module.whole_images(images, np.array([3, 3, 3, 5]), asked, np.array([3, 5]))
    assert accuracy["nearest whole image"] == 0.5  # 0.9 is nearest to 0.8, and is a 3
    assert accuracy["the commonest digit"] == 0.5


def test_an_image_is_written_row_by_row(module):
    image = np.zeros((8, 8))
    image[0, 1] = 1
    assert module.written(image).split("\n") == ["  ##", *[""] * 7]
