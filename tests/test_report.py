"""The report as a reader has it: opened in a browser, filtered, followed to the sentence and back."""

from __future__ import annotations

import csv
import json
import shutil
import time
from pathlib import Path

import pytest
from conftest import CORPUS, run_demarche, shoot
from playwright.sync_api import Page, expect

from pipeline.gold.corpus import read_manifest
from pipeline.report.charts import timeline
from pipeline.table import read, write
from pipeline.table.read import read_documents, scan

HOSTILE = (
    '=HYPERLINK("http://example.org") <script>document.title = "owned"</script>\n\n'
    "Norway condemned Latvia's cod quota on Monday. <img src=x onerror=\"document.title='owned'\"> "
    "Latvia thanked Estonia for its support.\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stances of four dated articles, one of them hostile, as `stances.csv`, and `report.html` of them."""
    folder = tmp_path_factory.mktemp("report")
    entries = read_manifest(CORPUS)
    names = ("why-tokyo-courts-moscow", "uzbek-line-workers-freed", "three-flags-over-a-weir")
    texts = [(name, entries[name].date, (CORPUS / f"{name}.txt").read_text(encoding="utf-8")) for name in names]
    articles = [
        {"id": name, "date": date, "text": text} for name, date, text in [*texts, ("=h", "2024-02-03", HOSTILE)]
    ]
    (folder / "articles.jsonl").write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    for call in (("run", "articles.jsonl", "-o", "stances.csv", "-m", "lexicon"), ("report", "stances.csv")):
        done = run_demarche(folder, *call)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def table(folder: Path, tmp_path: Path) -> Path:
    """The table in the test's own folder."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("report.html"))
    return tmp_path / "stances.csv"


@pytest.fixture
def report(folder: Path, page: Page) -> Page:
    page.goto((folder / "report.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    shoot(page, "report")
    return page


def rows(page: Page) -> int:
    return page.locator("#rows tbody tr[tabindex]").count()


def test_a_cell_of_the_matrix_shows_its_statements_and_no_others(report: Page) -> None:
    everything = rows(report)
    cell = report.locator('.matrix button[data-source="NOR"][data-target="LVA"]')
    assert cell.inner_text() == "-1"
    cell.click()
    assert 0 < rows(report) < everything
    assert set(report.locator("#rows tbody .column-source").all_inner_texts()) == {"NOR"}
    report.get_by_role("button", name="Show all").click()
    expect(report.locator("#rows tbody tr[tabindex]")).to_have_count(everything)


def test_from_a_row_to_its_sentence_and_back_by_keyboard(report: Page) -> None:
    report.get_by_label("Search").fill("thanked Estonia")
    row = report.locator("#rows tbody tr", has_text="Latvia thanked Estonia")
    expect(report.locator("#rows tbody tr[tabindex]")).to_have_count(1)
    row.first.focus()
    report.wait_for_timeout(500)
    expect(row.first).to_be_focused()  # the table is not drawn once more
    row.first.press("Enter")
    sentence = report.locator("mark.found")
    told = sentence.inner_text()
    assert "Latvia thanked Estonia" in told
    assert sentence.locator("u").all_inner_texts() == ["Latvia", "Estonia"]
    report.keyboard.press("Enter")
    assert set(report.locator("#rows tbody .column-evidence").all_inner_texts()) == {told}


def test_search_and_filters_narrow_the_table(report: Page) -> None:
    report.locator("#filters select[name=stance]").select_option("oppositional")
    assert set(report.locator("#rows tbody .column-stance").all_inner_texts()) == {"oppositional"}
    report.get_by_label("Search").fill("cod quota")
    assert rows(report) == 1


def test_on_a_phone_and_on_paper_every_row_is_whole(report: Page) -> None:
    report.set_viewport_size({"width": 390, "height": 844})
    evidence = report.locator("#rows tbody .column-evidence").first
    box = evidence.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["width"] > 250
    assert box["x"] + box["width"] <= 390
    assert report.evaluate("document.documentElement.scrollWidth") <= 390
    counted = int(report.inner_text("header").partition(": ")[2].split()[0])
    report.set_viewport_size({"width": 794, "height": 1123})
    report.emulate_media(media="print")
    report.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows(report) == counted
    expect(report.get_by_label("Search")).to_be_hidden()
    report.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows(report) == 25


def test_a_hostile_article_stays_text(report: Page, tmp_path: Path) -> None:
    assert report.title() == "Stances in stances.csv"
    assert report.locator("article script, article img, #rows img").count() == 0
    assert "<script>document.title" in report.locator("#articles").inner_text()
    with report.expect_download() as download:
        report.get_by_role("button", name="Download CSV").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        downloaded = list(csv.DictReader(file))
    assert {row["document"] for row in downloaded} >= {"'=h"}
    assert not any(value.startswith(("=", "+", "@")) for row in downloaded for value in row.values())


def test_the_timeline_needs_dates_and_has_them(report: Page) -> None:
    assert report.locator("#charts svg").count() == 2
    assert "No timeline" not in report.inner_text("body")


@pytest.mark.parametrize(
    ("dates", "drawn"),
    [
        (("2015", "2016", "2017"), True),
        (("2015-01", "2016"), True),
        (("2015-01", "2015-03-02"), True),
        (("2015-01", "2015-01-31"), False),
        (("", ""), False),
    ],
)
def test_a_timeline_is_drawn_of_two_months_or_years(table: Path, dates: tuple[str, ...], drawn: bool) -> None:
    few = read(table).to_pylist()[: len(dates)]
    path = table.parent / "dated.parquet"
    write(({**row, "date": date} for row, date in zip(few, dates, strict=True)), read_documents(table), path)
    with scan(str(path)) as statements:
        assert bool(timeline(statements)) == drawn


def many(table: Path, count: int) -> Path:
    """A table of `count` rows, made of the rows of another."""
    few = read(table).to_pylist()
    path = table.parent / "many.parquet"
    rows = ({**few[n % len(few)], "id": f"{n:016x}", "confidence": n % 100 / 100} for n in range(count))
    write(rows, read_documents(table), path)
    return path


def test_a_thousand_rows_are_under_two_megabytes(demarche, table: Path) -> None:
    assert demarche("report", many(table, 1000), "-o", "many.html").returncode == 0
    assert (table.parent / "many.html").stat().st_size < 2_000_000


def test_a_huge_table_opens_at_once_counts_all_and_says_what_it_leaves_out(demarche, table: Path, page: Page) -> None:
    begun = time.perf_counter()
    assert demarche("report", many(table, 100_000), "-o", "many.html").returncode == 0
    assert time.perf_counter() - begun < 60
    begun = time.perf_counter()
    page.goto((table.parent / "many.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    assert time.perf_counter() - begun < 3
    assert "the 2,000 surest of 100,000 statements" in page.inner_text(".notice")
    assert "100,000 statements between" in page.inner_text("header")
    told = page.locator(".matrix button").evaluate_all(
        "cells => cells.map((cell) => cell.title.match(/\\d+(?= [co])/g))"
    )
    main = set(page.locator(".matrix tbody th").evaluate_all("names => names.map((name) => name.title)"))
    rows = read(table.parent / "many.parquet").to_pylist()
    counted = [row for row in rows if row["status"] != "hypothetical" and {row["source"], row["target"]} <= main]
    assert sum(int(number) for numbers in told for number in numbers) == len(counted) > 90_000
    page.get_by_label("Search").fill("cod quota")
    expect(page.locator("#rows tbody tr[tabindex]").first).to_contain_text("cod quota")


def test_what_cannot_be_reported_is_one_line(demarche, table: Path) -> None:
    (table.parent / "taken.html").touch()
    for arguments, problem in (
        (("none.csv",), "no such file"),
        (("articles.jsonl",), "line 1: no column 'document'; a stance table"),
        (("stances.csv", "-o", "missing/report.html"), "no such folder"),
        (("stances.csv", "-o", "stances.csv"), "a report is a page; name it .html"),
        (("stances.csv", "-o", "taken.html"), "this file exists; --force replaces it"),
    ):
        done = demarche("report", *arguments)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert problem in done.stderr


def test_a_long_table_is_written_and_read_whole(table: Path) -> None:
    assert read(many(table, 2500)).num_rows == 2500


def test_show_filters_by_date_and_prints_a_matrix(demarche, table: Path) -> None:
    lines = demarche("show", "stances.csv", "--since", "2024-02", "--until", "2024-02", "--matrix").stdout.splitlines()
    norway = next(line for line in lines if "NOR" in line and "-1" in line)
    assert norway.count("-1") == 1
    assert not any("RUS" in line for line in lines)
