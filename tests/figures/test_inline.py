"""Figures inside a page: elements of HTML, whose texts are texts."""

from xml.etree import ElementTree

from matplotlib.figure import Figure

from forecast.figures.inline import inline_svg


class Display:
    """A line whose title and label are no markup and no mathematics."""

    def __init__(self, title="a"):
        self.figure_ = Figure()
        axis = self.figure_.subplots()
        axis.plot([0, 1], [1, 2], label="line")
        axis.set_title(title)
        axis.set_ylabel("y")


def test_texts_are_letters_whatever_they_look_like():
    title = "<script>alert(1)</script> $5 or \\bad$ & more"
    svg = inline_svg(lambda: Display(title), "f", 'a "label" < b')
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)
    assert title in [element.text for element in root.iter("text")]
    assert root.get("aria-label") == 'a "label" < b'
    assert root.get("role") == "img"


def test_ids_belong_to_the_figure_and_are_found():
    svg = inline_svg(Display, "one", "a line")
    root = ElementTree.fromstring(svg)
    ids = [element.get("id") for element in root.iter() if "id" in element.attrib]
    assert all(each.startswith("one-") for each in ids)
    used = {element.get("href") for element in root.iter("use")}
    clips = {element.get("clip-path") for element in root.iter()} - {None}
    assert used
    assert clips
    assert used <= {f"#{each}" for each in ids}
    assert clips <= {f"url(#{each})" for each in ids}
    other = inline_svg(Display, "two", "a line")
    assert other.replace("two-", "one-") == svg


def test_it_has_no_frame_and_no_size_of_its_own():
    svg = inline_svg(Display, "f", "a line")
    assert svg.startswith("<svg ")
    for part in ("<?xml", "<!DOCTYPE", "xmlns", "<style", "metadata"):
        assert part not in svg
    root = ElementTree.fromstring(svg)
    assert not {"width", "height"} & set(root.attrib)
    assert "viewBox" in root.attrib
