"""The review page as a browser shows it: silent, readable for everybody, reachable by keyboard, printable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.committed import read_committed
from analysis.review.changes import compare
from analysis.review.facts import read_facts
from analysis.review.page import page
from tests.analysis import axe
from tests.chromium import Chromium, Tab, running
from tests.tools import need

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium")]

PAGES = ("default", "minimal", "maximal", "changes")
WIDTHS = (1280, 800, 390)
VIEWS = (
    *(("default", width, dark) for width in WIDTHS for dark in (False, True)),
    *((name, width, width == 390) for name in PAGES[1:] for width in (1280, 390)),
)
"""Page, width in pixels, and whether it is dark."""
LOUD = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded", "Audits.issueAdded")
OPEN_ALL = "document.querySelectorAll('details').forEach(item => item.open = true)"
FOCUSED = """(() => {
    const found = document.activeElement, box = found.getBoundingClientRect(), style = getComputedStyle(found);
    return [found.outerHTML.slice(0, 200), box.width > 0 && box.height > 0, style.outlineStyle != 'none',
        [...document.querySelectorAll('*')].indexOf(found)];
})()"""
WANTED_BY_KEYBOARD = """[...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
    .filter(found => found.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}))
    .map(found => [...document.querySelectorAll('*')].indexOf(found))"""
AXE = "axe.run(document, {resultTypes: ['violations', 'incomplete']})"


@pytest.fixture(scope="module")
def urls(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each page as a file's URL."""
    directory = tmp_path_factory.mktemp("pages")
    read = {name: read_facts(read_committed(root / "templates" / name)) for name in ("minimal", "maximal")}
    read["default"] = read_facts(read_committed(root / "templates"))
    texts = {name: page(facts) for name, facts in read.items()}
    texts["changes"] = page(read["default"], compare(read["minimal"], read["default"]))
    for name, text in texts.items():
        (directory / f"{name}.html").write_text(text)
    return {name: (directory / f"{name}.html").as_uri() for name in texts}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with running(need("chromium"), tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def tab(chromium: Chromium) -> Iterator[Tab]:
    tab = Tab(chromium)
    yield tab
    tab.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_nothing_on_the_console_and_asks_for_nothing(tab: Tab, urls: dict[str, str], name: str):
    tab.show(urls[name])

    asked = {event["request"]["url"] for event in tab.heard("Network.requestWillBeSent")}
    assert tab.heard(*LOUD) == []
    assert [url for url in asked if not url.startswith("data:")] == [urls[name]]
    assert tab.evaluate("[...document.images, ...document.querySelectorAll('image')].length") > 5


def test_a_script_that_got_into_the_page_would_not_run(tab: Tab, urls: dict[str, str], tmp_path: Path):
    text = Path(urls["default"].removeprefix("file://")).read_text()
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(text.replace("<main", "<script>document.title = 'it ran'</script><main"))
    tab.show(spoilt.as_uri())

    assert tab.evaluate("document.title").startswith("Review:")
    assert "Content Security Policy" in str(tab.heard("Log.entryAdded"))


@pytest.mark.parametrize(("name", "width", "dark"), VIEWS)
def test_axe_finds_nothing_with_everything_open(
    tab: Tab, urls: dict[str, str], root: Path, figures, name: str, width: int, dark: bool  # noqa: FBT001
):  # fmt: skip
    tab.show(urls[name], width=width, dark=dark)
    tab.evaluate(OPEN_ALL)
    tab.evaluate(axe.source(root))
    found = tab.evaluate(f"{AXE}.then(all => all.violations.map(one => [one.id, one.help, one.nodes[0].html]))")

    figures.count("review-page-views", held=found == [])
    assert found == []


def test_axe_finds_a_fault_that_is_there(tab: Tab, urls: dict[str, str], root: Path):
    tab.show(urls["default"])
    tab.evaluate("document.querySelector('.lead').setAttribute('aria-hidden', 'perhaps')")
    tab.evaluate("document.documentElement.removeAttribute('lang')")
    tab.evaluate(axe.source(root))

    found = tab.evaluate(f"{AXE}.then(all => all.violations.map(one => one.id))")
    assert sorted(found) == ["aria-valid-attr-value", "html-has-lang"]


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(tab: Tab, urls: dict[str, str], width: int):
    for name in PAGES:
        tab.show(urls[name], width=width)
        tab.evaluate(OPEN_ALL)

        assert (name, tab.evaluate("document.documentElement.scrollWidth")) == (name, width)


@pytest.mark.parametrize("name", ["default", "changes"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_link_and_every_list_is_reached_by_keyboard(tab: Tab, urls: dict[str, str], name: str, width: int):
    tab.show(urls[name], width=width)
    wanted = tab.evaluate(WANTED_BY_KEYBOARD)
    reached = []
    for _ in wanted:
        tab.press("Tab")
        text, is_seen, has_outline, position = tab.evaluate(FOCUSED)
        assert (text, is_seen, has_outline) == (text, True, True)
        reached.append(position)

    assert reached == wanted
    assert len(wanted) > 80


def test_a_list_opens_by_keyboard_and_a_link_opens_what_it_leads_to(tab: Tab, urls: dict[str, str]):
    tab.show(urls["default"])
    tab.evaluate("document.querySelector('details.card > summary').focus()")
    tab.press("Enter")

    assert tab.evaluate("document.querySelector('details.card').open")
    tab.evaluate("document.querySelector('table.cost a[href$=NatGatewayA]').focus()")
    tab.press("Enter")
    tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert tab.evaluate("document.getElementById('environment-NatGatewayA')?.closest('details').open")


def test_print_shows_every_closed_list(tab: Tab, urls: dict[str, str]):
    hidden = """[...document.querySelectorAll('main details *')].filter(found => !found.checkVisibility())
        .map(found => found.outerHTML.slice(0, 80))"""
    tab.show(urls["default"])
    assert len(tab.evaluate(hidden)) > 100
    tab.show(urls["default"], media="print")

    assert tab.evaluate(hidden) == []
    printed = tab.pdf()
    assert printed.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) > 10
