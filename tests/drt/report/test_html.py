"""The page: whole in one file, escaped, and looked at by a browser where there is one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from drt.report import FORMATS, gather
from drt.report.charts import Line, over_time
from drt.report.heat import compact, level, operators
from tests.drt.report.logs import HOSTILE, SPELLED, find, write_log

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)
VOID = {"meta"}


class Page(HTMLParser):
    """Checks that elements nest, and collects what a reader gets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def page_of(tmp_path: Path, finds: list[dict[str, object]], **options: object) -> str:
    return FORMATS["html"](gather([write_log(tmp_path / "r<i>&'\"n", finds, **options)]))


@pytest.fixture
def hostile(tmp_path: Path) -> str:
    finds = [
        find(f"signature{HOSTILE}", "1-1", HOSTILE, target=f"t{HOSTILE}", path=f"/no/{HOSTILE}"),
        find("b", "1-2", says={"engine": HOSTILE, "says": HOSTILE}),
    ]
    return page_of(tmp_path, finds)


def test_the_page_is_well_formed_and_holds_no_markup_of_others(hostile: str) -> None:
    page = Page(hostile)

    assert page.faults == []
    assert page.open == []
    assert not {tag for tag, _ in page.seen} & {"script", "img", "iframe", "link", "object", "form"}
    assert not [name for _, attributes in page.seen for name in attributes if name.startswith("on")]
    assert all(spelled in page.text for spelled in SPELLED)
    assert "<script>alert(1)</script>" in page.text, "shown as what it is"


def test_the_page_needs_nothing_from_anywhere(hostile: str) -> None:
    page = Page(hostile)
    links = [attributes.get("href") for _, attributes in page.seen if "href" in attributes]
    anchors = {attributes.get("id") for _, attributes in page.seen if "id" in attributes}

    assert links
    assert all(link is not None and link.startswith("#") and link[1:] in anchors for link in links)
    assert not [1 for _, attributes in page.seen if "src" in attributes]
    assert not re.search(r"url\(|@import|https?://", hostile)
    hostile.encode()


def test_the_page_can_be_read_aloud(hostile: str) -> None:
    page = Page(hostile)
    drawings = [attributes for tag, attributes in page.seen if tag == "svg"]

    assert ("html", {"lang": "en"}) in page.seen
    assert drawings
    assert all(attributes.get("role") == "img" and attributes.get("aria-label") for attributes in drawings)
    assert all(attributes.get("scope") for tag, attributes in page.seen if tag == "th")
    assert [tag for tag, _ in page.seen].count("h1") == 1


def test_the_page_tells_what_was_found(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, [find("a like b", path="/c/x")]))

    for words in (
        "1 finding", "Exit code 1: a finding.", "a like b", "seen 6 times", "request 0", "engines_agree", "≠ answer",
        "allow", "deny", "policy1 (type)", "They part at", "spec 02 §4.4", "drt replay /c/x", "0.1 %", "random seed",
        "request not answered", "1,200",
    ):  # fmt: skip
        assert words in page.text, words


def test_a_flood_of_findings_is_counted(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, [find(f"s{number}", f"1-{number}") for number in range(230)]))

    assert "230 findings" in page.text
    assert [tag for tag, _ in page.seen].count("article") == 200
    assert "30 findings more are in the JSON report." in page.text


def test_a_clean_run_says_so(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, []))

    assert "No divergence" in page.text
    assert "The engines agreed on everything that could be compared." in page.text


def test_the_heat_map_holds_every_cell_once(tmp_path: Path) -> None:
    features = {"<|long,long|true": 3, "+|long,string|type": 1}
    found = {operator.name: operator for operator in operators(features)}

    assert sum(len(counts) for one in found.values() for counts in one.by_kinds.values()) == 2656
    assert found["<"].by_kinds[("long", "long")] == {"true": 3, "false": 0}
    assert found["+"].by_outcome == {"type": 1, "value": 0, "overflow": 0}
    page = page_of(tmp_path, [])
    assert "<title>&lt; on long, long: false never, true 3</title>" in page
    assert "<title>+ on long, string: type 1</title>" in page


def test_counts_are_darker_by_powers_of_ten() -> None:
    assert [level(count) for count in (0, 1, 9, 10, 99, 100, 1000, 10_000, 10**9)] == [
        0,
        1,
        1,
        2,
        2,
        3,
        4,
        5,
        5,
    ]
    shown = [compact(count) for count in (0, 999, 1000, 1234, 9949, 9950, 34_567, 999_499, 5_600_000, 10**10)]
    assert shown == ["0", "999", "1.0k", "1.2k", "9.9k", "10k", "35k", "999k", "5.6M", "10G"]


def test_a_chart_keeps_its_lines_inside() -> None:
    curve = ((0.0, 0.0), (5.0, 70.0), (10.0, 30.0))
    chart = over_time("Title", "caption", [Line("a", curve), Line("b", ((0.0, 1.0), (10.0, 29.0)))], 100.0)
    [line, other] = [
        re.findall(r"[\d.]+,[\d.]+", path)
        for path in re.findall(r'<polyline points="([^"]*)"', chart.drawing)
    ]
    heights = [float(point.split(",")[1]) for point in line]

    assert len(line) == 3
    assert len(other) == 2
    assert all(0 <= height <= 220 for height in heights)
    assert heights[1] < heights[2] < heights[0], "more is higher"
    names = [float(y) for y in re.findall(r'y="([\d.]+)" class="hue', chart.drawing)]
    assert len(names) == 2
    assert names[1] - names[0] >= 14, "names never cover each other"


# In a browser


def browse(*arguments: str) -> str:
    assert CHROMIUM is not None
    result = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *arguments],
        capture_output=True, encoding="utf-8", errors="replace", timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: put it on the PATH or name it in CHROMIUM")
@pytest.mark.slow
class TestInABrowser:
    def test_it_reads_what_was_written(self, tmp_path: Path, hostile: str) -> None:
        (tmp_path / "report.html").write_text(hostile, encoding="utf-8")
        page = Page(browse("--dump-dom", f"file://{tmp_path}/report.html"))

        assert page.text.split() == Page(hostile).text.split(), "the browser has nothing to repair"
        assert "They part at" in page.text

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_draws_the_plots(self, tmp_path: Path, hostile: str, scheme: str) -> None:
        (tmp_path / "report.html").write_text(hostile, encoding="utf-8")
        picture = tmp_path / f"{scheme}.png"
        dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
        browse(*dark, "--window-size=1280,4000", f"--screenshot={picture}", f"file://{tmp_path}/report.html")
        drawn = picture.read_bytes()

        assert drawn.startswith(b"\x89PNG\r\n")
        assert int.from_bytes(drawn[16:20]) == 1280
        assert int.from_bytes(drawn[20:24]) == 4000
        assert len(drawn) > 60_000, "an empty page would be a tenth of it"
