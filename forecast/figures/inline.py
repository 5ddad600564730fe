"""Figures as part of an HTML page: SVG without a frame of its own, whose ids nobody else has."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

from matplotlib import rc_context

_SETTINGS: Any = {
    "svg.fonttype": "none",  # letters stay letters, in the font of the page
    "svg.hashsalt": "seqcast",  # the same figure has the same ids, today and tomorrow
    "text.parse_math": False,  # a series may be named "$5 or $10"
}


def inline_svg(draw: Callable[[], Any], name: str, label: str) -> str:
    """Return the figure of a display as an SVG element.

    Parameters
    ----------
    draw : callable
        Returns a display, which has the attribute `figure_`.
    name : str
        Begins every id of the element: no two figures of a page may share one.
    label : str
        What the figure shows, for readers who do not see it.

    Returns
    -------
    str
        The element, in which every text is escaped.
    """
    file = io.BytesIO()
    with rc_context(_SETTINGS):
        draw().figure_.savefig(file, format="svg", transparent=True)
    root = ElementTree.fromstring(file.getvalue())
    _drop(root, ("metadata", "style"))  # a rule of style would hold for the whole page
    for element in root.iter():
        _adopt(element, name)
    # The page says how wide the figure is; its height follows.
    for attribute in ("width", "height"):
        del root.attrib[attribute]
    root.attrib |= {"role": "img", "aria-label": label}
    return ElementTree.tostring(root, encoding="unicode")


def _drop(root: ElementTree.Element, names: tuple[str, ...]) -> None:
    """Remove all elements of these names."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in names:
                parent.remove(child)


def _adopt(element: ElementTree.Element, name: str) -> None:
    """Make an element one of HTML: names without a namespace, ids and references of its own."""
    element.tag = _local(element.tag)
    attributes = {_local(key): value for key, value in element.attrib.items()}
    element.attrib.clear()
    for key, value in attributes.items():
        if key == "id":
            value = f"{name}-{value}"
        elif key == "href":
            value = value.replace("#", f"#{name}-", 1)
        element.set(key, value.replace("url(#", f"url(#{name}-"))


def _local(name: str) -> str:
    """Return the name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]
