"""The page in a real browser: it draws, answers mouse and keys, and asks nothing of a network."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from forecast import Backtest
from forecast.report.drawings import MOST_NUMBERS, backtest_data, error_data
from forecast.report.page import render

playwright = pytest.importorskip("playwright.sync_api", reason="install the extra 'dev'")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
]

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 380, "height": 800}
SERIOUS = {"serious", "critical"}
INK = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, place) => place % 4 === 3 && value > 0).length;
}"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(page, tmp_path_factory):
    """Write the page of the small run, and one of 200 series and 8 models."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "small.html").write_text(render(page), encoding="utf-8")
    (folder / "large.html").write_text(render(large(page)), encoding="utf-8")
    return folder


def large(page, n_series=200, n_models=8, n_origins=28, horizon=14):
    """Return a page with the charts of many series."""
    rng = np.random.default_rng(0)
    levels = [range(n_series), range(n_models), range(n_origins), range(1, horizon + 1)]
    index = pd.MultiIndex.from_product(levels, names=["series", "model", "origin", "step"])
    table = index.to_frame(index=False)
    day = pd.Timestamp("2024-01-01")
    table["timestamp"] = day + pd.to_timedelta(table["origin"] * 7 + table["step"], unit="D")
    table["origin"] = day + pd.to_timedelta(table["origin"] * 7, unit="D")
    table["actual"] = np.sin(table["timestamp"].dt.day) + table["series"]
    table["forecast"] = table["actual"] + rng.normal(0, 0.1, len(table))
    table["series"] = "store " + table["series"].astype(str).str.zfill(3)
    looks = [
        {"name": f"model {number}", "light": "#0072B2", "dark": "#56B4E9", "dash": []}
        for number in range(n_models)
    ]
    table["model"] = "model " + table["model"].astype(str)
    assert len(table) < MOST_NUMBERS
    result = Backtest(table)
    chart = backtest_data(result, None, looks, "model 0", ["model 0", "model 7"])
    errors = {
        by: error_data(result.scores(by)["mae"].unstack("model")) for by in ("step", "origin")
    }
    return replace(page, chart=chart, errors=page.errors._replace(charts=errors))


class Said(list):
    """What a page has said and asked for since it was opened."""

    def listen(self, opened):
        """Note errors, dialogs and requests."""
        opened.on("console", lambda message: self.append(message.text))
        opened.on("pageerror", lambda error: self.append(str(error)))
        opened.on("dialog", lambda dialog: (self.append("dialog"), dialog.dismiss()))
        opened.on("request", lambda request: self.append(request.url))


@pytest.fixture(scope="module")
def shared(browser):
    """Open a single page for all tests; return what it says as well."""
    opened = browser.new_page(viewport=WIDE)
    opened.set_default_timeout(60_000)  # a busy machine draws slowly
    said = Said()
    said.listen(opened)
    yield opened, said
    opened.close()


@pytest.fixture
def view(shared, files):
    """Show the small run anew; afterwards, nothing was said and nothing else asked for."""
    opened, said = shared
    yield show(opened, files / "small.html", said)
    assert said == []


def show(opened, path, said):
    """Show a file, and wait until its charts are drawn."""
    opened.emulate_media(media="screen", color_scheme="light")
    opened.set_viewport_size(WIDE)
    said.clear()  # where a test has failed, something may be left
    opened.goto(path.as_uri())
    opened.wait_for_selector("html[data-ready]")
    assert said == [path.as_uri()]
    said.clear()
    return opened


def picture(view, chart="forecasts"):
    """Return the picture in a chart."""
    return view.evaluate(f"document.querySelector('#chart-{chart} .plot canvas').toDataURL()")


def legend(view, chart="forecasts"):
    """Return the values that stand beside the names in a legend."""
    rows = view.locator(f"#chart-{chart} .legend .entry").all()
    pairs = [(r.locator(".name").text_content(), r.locator(".value").text_content()) for r in rows]
    return dict(pairs)


def rows_of(result, series, origin):
    """Return actual values and forecasts (steps, models) of a series from one of its origins."""
    table = result.forecasts[result.forecasts["series"] == series]
    moment = np.sort(table["origin"].unique())[origin]
    table = table[table["origin"] == moment]
    forecasts = table.pivot_table(index="step", columns="model", values="forecast", observed=True)
    return table.drop_duplicates("step").set_index("step")["actual"], forecasts


def test_charts_have_ink_and_take_the_place_of_figures(view):
    canvases = view.locator(".plot canvas")
    assert canvases.count() == 4
    for canvas in canvases.all():
        assert canvas.evaluate(INK) > 1000
    assert not any(figure.is_visible() for figure in view.locator(".chart .static").all())


def test_the_slider_moves_through_origins(view, result):
    slider = view.locator("#chart-forecasts input[type=range]")
    before = picture(view)
    slider.focus()
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    assert view.locator("#chart-forecasts output").text_content() == "2024-04-08 (8 of 10)"
    assert slider.get_attribute("aria-valuetext") == "2024-04-08"
    assert picture(view) != before
    actual, forecasts = rows_of(result, "north", 7)
    errors = forecasts.sub(actual, axis=0).abs().mean()
    shown = legend(view)
    assert_allclose([float(shown[name]) for name in errors.index], errors, atol=0.02)


def test_the_keys_of_a_chart_choose_origin_moment_and_zoom(view, result):
    plot = view.locator("#chart-forecasts .plot")
    plot.focus()
    last = picture(view)
    plot.press("Home")
    assert "(1 of 10)" in view.locator("#chart-forecasts output").text_content()
    plot.press("Shift+ArrowRight")
    plot.press("Shift+ArrowRight")
    actual, forecasts = rows_of(result, "north", 0)
    shown = legend(view)
    assert_allclose(float(shown["actual"]), actual[2], atol=0.02)
    for name, value in forecasts.loc[2].items():
        assert_allclose(float(shown[name]), value, atol=0.02)
    assert "90 % interval of seasonal" in view.locator("#chart-forecasts .readout").text_content()
    plot.press("End")
    assert picture(view) == last
    plot.press("+")
    assert picture(view) != last
    plot.press("0")
    assert picture(view) == last


def test_the_search_finds_a_series_by_a_part_of_its_name(view):
    search = view.get_by_label("Series, of 6").last
    before = picture(view)
    search.fill("zür")
    assert view.locator("#chart-forecasts-found").text_content() == "1 match"
    search.press("Enter")
    playwright.expect(search).to_have_value("Zürich")
    assert picture(view) != before
    search.fill("nowhere")
    search.press("Enter")
    assert search.input_value() == "Zürich"


def test_names_that_attack_are_names(view, result):
    buttons = view.locator("#chart-forecasts").get_by_role("button", name="Series after")
    search = view.get_by_label("Series, of 6").last
    first, *others = result.forecasts["series"].unique()
    assert "</script><script>alert(1)</script>" in others
    for name in [*others, first]:
        buttons.click()
        playwright.expect(search).to_have_value(name)


def test_models_and_intervals_are_chosen(view):
    before = picture(view)
    view.locator("#chart-forecasts").get_by_role("checkbox", name="naive").uncheck()
    fewer = picture(view)
    assert fewer != before
    assert legend(view)["naive"] == ""
    view.get_by_label("90 % interval of").select_option("ridge")
    assert picture(view) != fewer
    view.get_by_label("90 % interval of").select_option("")
    assert "interval" not in view.locator("#chart-forecasts .readout").text_content()


def test_the_mouse_reads_values_and_zooms(view):
    for chart, text in (("forecasts", "2024-0"), ("step", "Step "), ("origin", "Origin 2024-0")):
        area = view.locator(f"#chart-{chart} .u-over")
        area.scroll_into_view_if_needed()
        area.hover(position={"x": 300, "y": 100})
        assert view.locator(f"#chart-{chart} .readout").text_content().startswith(text)
    area = view.locator("#chart-forecasts .u-over")
    area.scroll_into_view_if_needed()
    before = picture(view)
    box = area.bounding_box()
    view.mouse.move(box["x"] + 200, box["y"] + 50)
    view.mouse.down()
    view.mouse.move(box["x"] + 500, box["y"] + 60, steps=3)
    view.mouse.up()
    assert picture(view) != before
    area.dblclick(position={"x": 100, "y": 100})
    assert picture(view) == before


def test_the_values_of_an_origin_are_a_table_as_well(view, result):
    view.locator("#chart-forecasts summary").click()
    table = view.locator("#chart-forecasts details table")
    # The page fills the table once it has been told that it is open.
    table.locator("tbody tr").first.wait_for()
    heads = table.locator("thead th").all_text_contents()
    actual, forecasts = rows_of(result, "north", 9)
    shown = [row.locator("td").all_text_contents() for row in table.locator("tbody tr").all()]
    numbers = pd.DataFrame(shown, columns=heads[1:]).astype(float)
    assert_allclose(numbers["actual"], actual, atol=0.02)
    assert_allclose(numbers["ridge"], forecasts["ridge"], atol=0.02)


def test_tables_sort_by_number_and_by_name(view, result):
    table = view.locator("#models-table")
    head = table.locator("th", has_text="mae").first
    scores = result.scores()["mae"].sort_values()
    names = table.locator("tbody th")
    for order, ascending in (("ascending", True), ("descending", False)):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == order
        expected = list(scores.sort_values(ascending=ascending).index)
        assert names.all_text_contents() == expected
    table.get_by_role("button", name="model", exact=True).click()
    assert names.all_text_contents() == sorted(scores.index)
    assert head.get_attribute("aria-sort") is None


def test_downloads_are_files(view, extras, tmp_path):
    with view.expect_download() as waiting:
        view.get_by_role("link", name="forecast.csv").click()
    waiting.value.save_as(tmp_path / "f.csv")
    assert_allclose(pd.read_csv(tmp_path / "f.csv")["forecast"], extras.forecast["forecast"])


def test_night_falls_by_itself_and_at_the_press_of_a_button(view):
    light = picture(view)
    background = "getComputedStyle(document.body).backgroundColor"
    assert view.evaluate(background) == "rgb(255, 255, 255)"
    view.emulate_media(color_scheme="dark")
    assert view.evaluate(background) == "rgb(22, 27, 34)"
    dark = picture(view)
    assert dark != light
    view.get_by_role("button", name="Light", exact=True).click()
    assert view.evaluate(background) == "rgb(255, 255, 255)"
    assert picture(view) == light
    view.get_by_role("button", name="Dark", exact=True).click()
    assert picture(view) == dark


def test_paper_shows_the_figures_and_opens_what_is_closed(view):
    opened = "document.querySelectorAll('main details[open]').length"
    before = view.evaluate(opened)
    pdf = view.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert view.evaluate(opened) == before
    view.emulate_media(media="print", color_scheme="dark")
    assert all(figure.is_visible() for figure in view.locator(".chart .static").all())
    assert not any(chart.is_visible() for chart in view.locator(".live").all())
    view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert view.evaluate(opened) > before
    assert view.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", WIDE), ("dark", NARROW)], ids=["light", "dark"]
)
def test_nobody_is_shut_out(view, scheme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    view.emulate_media(color_scheme=scheme)
    view.set_viewport_size(size)
    view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found = axe.Axe().run(view).response["violations"]
    serious = {each["id"]: each["nodes"][0]["html"] for each in found if each["impact"] in SERIOUS}
    assert serious == {}
    # Tables scroll inside their boxes, the page itself does not.
    assert view.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_without_a_program_tables_and_figures_are_there(browser, files):
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    opened = context.new_page()
    opened.goto((files / "small.html").as_uri())
    figures = opened.locator(".static svg")
    assert figures.count() == 5
    assert all(figure.is_visible() for figure in figures.all())
    assert opened.locator("#models-table tbody tr").count() == 3
    # What would do nothing is not shown.
    assert not any(button.is_visible() for button in opened.locator("button").all())
    context.close()


def test_200_series_of_8_models_stay_smooth(shared, files):
    opened, said = shared
    path = files / "large.html"
    assert path.stat().st_size < 4e6
    view = show(opened, path, said)
    milliseconds = view.evaluate(
        """async () => {
            const slider = document.querySelector("#chart-forecasts input[type=range]");
            const moves = [];
            for (let origin = 27; origin >= 0; origin--) {
                const begun = performance.now();
                slider.value = origin;
                slider.dispatchEvent(new Event("input"));
                await new Promise(requestAnimationFrame);
                moves.push(performance.now() - begun);
            }
            return moves;
        }"""
    )
    # A move takes 16 ms where nothing else runs: the next picture of the screen.
    assert np.median(milliseconds) < 100
    search = view.get_by_label("Series, of 200")
    search.fill("store 137")
    # The error of a perfect forecast of the wrong store would be 137.
    value = view.locator("#chart-forecasts .legend .entry", has_text="model 7").locator(".value")
    assert float(value.text_content()) < 0.2
    assert said == []
