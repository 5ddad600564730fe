"""The page is one file that is complete in itself, and texts of the data stay texts."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from forecast.exceptions import InputError
from forecast.report.page import render, write_report


class Page(HTMLParser):
    """Collect what a browser would find: tags, ids, addresses, texts, scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.addresses, self.texts, self.scripts = [], [], [], [], []
        self.inside = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.inside = (tag, attributes)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.addresses += [attributes[name] for name in ("href", "src") if name in attributes]

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside and self.inside[0] == "script":
            self.scripts.append((self.inside[1].get("type"), data))
        else:
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def text(page):
    return render(page)


@pytest.fixture(scope="module")
def found(text):
    return Page(text)


def test_nothing_is_loaded_from_elsewhere(found, text):
    outside = [each for each in found.addresses if not each.startswith(("data:text/csv", "#"))]
    assert outside == []
    assert not {tag for tag, _ in found.tags} & {"link", "img", "iframe", "object", "base", "form"}
    assert "url(http" not in text
    assert "@import" not in text


def test_only_the_scripts_of_the_page_may_run(found):
    policies = [a["content"] for tag, a in found.tags if "http-equiv" in a and tag == "meta"]
    (policy,) = policies
    assert policy.startswith("default-src 'none'; ")
    programs = [source for kind, source in found.scripts if kind is None]
    assert len(programs) == 2
    for source in programs:
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "script-src 'unsafe" not in policy


def test_the_library_comes_with_its_licence(found):
    library, _ = [source for kind, source in found.scripts if kind is None]
    assert "The MIT License" in library
    assert "Leon Sorokin" in library


def test_names_of_series_stay_texts(found, result):
    hostile = "</script><script>alert(1)</script>"
    assert hostile in found.texts
    assert '<img src=x onerror="alert(2)">' in found.texts
    assert not any("alert" in source for kind, source in found.scripts if kind is None)
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    ((_, data),) = [script for script in found.scripts if script[0] == "application/json"]
    names = [series["name"] for series in json.loads(data)["forecasts"]["series"]]
    assert names == list(result.forecasts["series"].unique())


def test_ids_are_there_once(found):
    assert len(found.ids) == len(set(found.ids))
    references = [a["aria-labelledby"] for _, a in found.tags if "aria-labelledby" in a]
    assert set(references) <= set(found.ids)


def test_what_there_is_stands_on_the_page_in_order(text, result):
    heads = re.findall(r"<h2 [^>]*>(.*?)</h2>", text)
    assert heads == [
        "The answer",
        "The forecast",
        "The models",
        "What was forecast, and what came",
        "Where the errors are",
        "Whether the intervals hold",
        "What it is made of",
    ]
    assert "refused the table" in text
    assert "opened 3 missing rows" in text
    assert "forecast backtest stores.csv --out &#39;my run&#39;" in text
    assert text.count("<svg ") == 5  # the forecast, three of the backtest, calibration
    for name, version in result.settings["versions"].items():
        assert f"<dt>{name}</dt><dd>{version}</dd>" in text


def test_two_reports_of_a_backtest_are_the_same(small, tmp_path):
    one, other = small.report(tmp_path / "r.html"), tmp_path / "other.html"
    assert write_report(small, other) == other
    text = one.read_text(encoding="utf-8")
    assert text == other.read_text(encoding="utf-8")
    assert "it holds forecasts of the past" in text


def test_a_place_that_cannot_be_written_is_refused(small, tmp_path, monkeypatch):
    monkeypatch.setattr("forecast.report.page.render", lambda _: "")
    with pytest.raises(InputError, match="there is no folder"):
        small.report(tmp_path / "nowhere" / "r.html")
