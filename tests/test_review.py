"""A review as a person does it: in a browser, by keyboard, with the process killed in the middle."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from conftest import CORPUS, shoot
from playwright.sync_api import Browser, Page, expect

from pipeline.gold import read
from pipeline.table.documents import articles
from pipeline.table.read import read_documents

NAMES = (
    "why-tokyo-courts-moscow",
    "uzbek-line-workers-freed",
    "three-flags-over-a-weir",
    "qatari-trade-envoy-on-nine-months-of-boycott",
)
Start = Callable[..., tuple[str, subprocess.Popen[str]]]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """A long article, with a rare character before everything: browsers count it as two, Python as one."""
    path = tmp_path / "long.txt"
    texts = [(CORPUS / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES]
    path.write_text("\n\n".join(["𝟜 stories", *texts]), encoding="utf-8")
    return path


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a review and gives its address."""
    running = []

    def begin(article: Path, annotator: str = "ann", folder: str = "gold") -> tuple[str, subprocess.Popen[str]]:
        command = [sys.executable, "-m", "pipeline", "review", article.name, "-o", folder, "--annotator", annotator]
        process = subprocess.Popen([*command, "-m", "lexicon"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        return process.stdout.readline().split()[0], process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def judge(page: Page, key: str) -> None:
    """Press a key and wait until the decision is counted."""
    before = page.inner_text("#count")
    page.keyboard.press(key)
    expect(page.locator("#count")).not_to_have_text(before)


def visit(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")


def test_thirty_statements_by_keyboard_and_a_kill_in_the_middle_loses_none(
    demarche, start: Start, page: Page, article: Path, tmp_path: Path
) -> None:
    address, process = start(article)
    visit(page, address)
    for key in "afanr" * 3:
        judge(page, key)
    shoot(page, "review")
    process.kill()
    process.wait()
    address, _ = start(article)
    visit(page, address)
    assert page.inner_text("#count").startswith("15 of ")
    for key in "afanr" * 3:
        page.keyboard.press("j")
        while page.locator("#card", has_text="not judged yet").count() == 0:
            page.keyboard.press("j")
        judge(page, key)
    assert page.inner_text("#count").startswith("30 of ")
    done = demarche("gold", "check", "gold")
    assert (done.returncode, done.stdout) == (0, "no problem found\n")
    decisions = [json.loads(line) for line in (tmp_path / "gold" / "long.journal").read_text("utf-8").splitlines()[1:]]
    assert [d["stance"] for d in decisions].count("none") == 6
    assert all(d["time"] for d in decisions)
    assert read(tmp_path / "gold" / "long.jsonl").annotator == "ann"


def test_nothing_to_undo_and_a_journal_without_its_first_line_lock_nobody_out(
    start: Start, page: Page, article: Path, tmp_path: Path
) -> None:
    address, process = start(article)
    visit(page, address)
    with page.expect_response("**/undo") as answer:
        page.keyboard.press("u")
    answer.value.finished()
    process.kill()
    process.wait()
    assert not (tmp_path / "gold" / "long.jsonl").exists()
    (tmp_path / "gold").mkdir(exist_ok=True)
    (tmp_path / "gold" / "long.journal").write_text('{"doc', encoding="utf-8")  # killed in its first line
    for count in ("1 of ", "2 of "):
        address, process = start(article)
        visit(page, address)
        while page.locator("#card", has_text="not judged yet").count() == 0:
            page.keyboard.press("j")
        judge(page, "a")
        assert page.inner_text("#count").startswith(count)
        process.kill()
        process.wait()


def test_a_decision_that_cannot_be_written_down_is_named_on_the_page(
    start: Start, browser: Browser, article: Path, tmp_path: Path
) -> None:
    address, _ = start(article)
    with browser.new_page() as page:
        visit(page, address)
        (tmp_path / "corpus").mkdir(exist_ok=True)
        (tmp_path / "corpus" / "manifest.jsonl").write_text("no manifest\n", encoding="utf-8")
        page.keyboard.press("a")
        expect(page.locator("#error")).to_contain_text("manifest.jsonl, line 1")


def test_a_page_whose_server_is_gone_says_so_and_loses_nothing(start: Start, browser: Browser, article: Path) -> None:
    address, process = start(article)
    with browser.new_page() as page:
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        visit(page, address)
        judge(page, "a")
        process.kill()
        process.wait()
        count = page.inner_text("#count")
        for key in "au":
            page.keyboard.press(key)
            expect(page.locator("#error")).to_contain_text("is demarche review still running?")
        assert page.inner_text("#count") == count
        assert broken == []


def test_what_nobody_judged_counts_neither_way(start: Start, page: Page, article: Path, tmp_path: Path) -> None:
    address, _ = start(article)
    visit(page, address)
    judge(page, "a")
    told = [s.arguable for s in read(tmp_path / "gold" / "long.jsonl").statements]
    assert told.count(False) == 1
    assert told.count(True) > 30


def decision(page: Page, own: str) -> dict[str, Any]:
    """What accepting the first statement sends to the server at `own`."""
    item = page.request.get(f"{own}/1/state").json()["items"][0]
    names = ("source", "target", "stance", "verb", "root", "status", "speaker")
    return {name: item[name] for name in names} | {"item": item["id"], "arguable": False}


def select(page: Page, sentence: str, words: str) -> None:
    """Select words in the first sentence that has others."""
    page.evaluate(
        """([sentence, words]) => {
            const span = [...document.querySelectorAll('.sentence')].find((s) => s.textContent.includes(sentence));
            const walker = document.createTreeWalker(span, NodeFilter.SHOW_TEXT);
            for (let node; (node = walker.nextNode()); ) {
                const at = node.textContent.indexOf(words);
                if (at >= 0) { getSelection().setBaseAndExtent(node, at, node, at + words.length); return; }
            }
            throw new Error(`no ${words} in one piece`);
        }""",
        [sentence, words],
    )


def test_a_missed_statement_is_added_and_undone(start: Start, page: Page, article: Path, tmp_path: Path) -> None:
    address, _ = start(article)
    visit(page, address)
    text = article.read_text(encoding="utf-8")
    select(page, "Takhar", "Kabul")
    page.keyboard.press("1")
    select(page, "Takhar", "China")
    page.keyboard.press("2")
    judge(page, "o")
    gold = read(tmp_path / "gold" / "long.jsonl")
    mentions = {m.id: text[m.start : m.end] for m in gold.mentions}
    added = [s for s in gold.statements if not s.arguable]
    assert [(mentions[s.source_mention], mentions[s.target_mention], s.stance) for s in added] == [
        ("Kabul", "China", "oppositional")
    ]
    page.keyboard.press("u")
    expect(page.locator("#count")).not_to_contain_text("added")
    assert all(s.arguable for s in read(tmp_path / "gold" / "long.jsonl").statements)


def test_offsets_hold_where_lines_end_as_on_windows(start: Start, page: Page, tmp_path: Path) -> None:
    """The page dropped every carriage return, and the gold had the places of the page."""
    text = (
        "Oslo and Riga quarrel over cod and nothing comes of it\r\n\r\n"
        "Latvia, which had waited for a long and rainy week to hear from the other\r\n"
        "side of the sea what was meant by it, has condemned Norway over the cod that\r\n"
        "was caught on Monday.\r\n"
    )
    (tmp_path / "windows.txt").write_bytes(text.encode())
    address, _ = start(tmp_path / "windows.txt")
    visit(page, address)
    select(page, "Monday", "sea")
    page.keyboard.press("1")
    page.fill("#actor", "ORG:sea")
    page.keyboard.press("Enter")
    select(page, "Monday", "Norway")
    page.keyboard.press("2")
    judge(page, "o")
    gold = read(tmp_path / "gold" / "windows.jsonl")
    mentions = {m.id: text[m.start : m.end] for m in gold.mentions}
    (added,) = [s for s in gold.statements if not s.arguable]
    assert (mentions[added.source_mention], mentions[added.target_mention]) == ("sea", "Norway")


def test_a_decision_that_cannot_be_kept_is_said(start: Start, page: Page, article: Path, tmp_path: Path) -> None:
    """The answer was no JSON, and the page went on as if nothing had happened."""
    address, _ = start(article)
    own = address.rstrip("/")
    (tmp_path / "gold").touch()
    values = decision(page, own)
    done = page.request.post(f"{own}/1/decide", data=values, headers={"Origin": own})
    assert done.status == 500
    assert "the decision is not saved" in done.json()["error"]
    done = page.request.post(f"{own}/1/decide", data=[], headers={"Origin": own})
    assert (done.status, done.json()["error"]) == (400, "not a decision; one is a JSON object")


def test_an_added_statement_has_verb_and_status(start: Start, page: Page, article: Path, tmp_path: Path) -> None:
    address, _ = start(article)
    visit(page, address)
    for words, key in (("Kabul", "1"), ("China", "2"), ("finances", "v")):
        select(page, "Takhar", words)
        page.keyboard.press(key)
    page.keyboard.press("x")
    page.keyboard.press("2")
    page.keyboard.press("o")
    expect(page.locator("#question")).to_contain_text("What does the verb do?")
    judge(page, "2")
    gold = read(tmp_path / "gold" / "long.jsonl")
    text = article.read_text(encoding="utf-8")
    (added,) = (s for s in gold.statements if not s.arguable)
    verbs = {v.id: (text[v.start : v.end], v.root) for v in gold.verbs}
    assert (added.stance, added.status, verbs[added.verb]) == ("oppositional", "proposed", ("finances", "ACCUSE"))


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"actor": "XQX"}, "unknown actor 'XQX'"),
        ({"actor": "=1+1"}, "no actor id"),
        ({"end": 10**9}, "a span outside the text"),
        ({"start": 0, "end": 1}, "source and target stand in one sentence"),
        ({"arguable": "maybe"}, "arguable is true or false"),
        ({"speaker": []}, "a speaker is an actor id"),
    ],
)
def test_what_would_be_no_gold_is_refused(
    start: Start, page: Page, article: Path, tmp_path: Path, wrong: dict[str, object], problem: str
) -> None:
    address, _ = start(article)
    own = address.rstrip("/")
    values = decision(page, own)
    changed = wrong if wrong.keys() <= values.keys() else {"source": values["source"] | wrong}
    done = page.request.post(f"{own}/1/decide", data=values | changed, headers={"Origin": own})
    assert done.status == 400
    assert problem in done.json()["error"]
    assert not (tmp_path / "gold").exists()


@pytest.fixture
def table(demarche, tmp_path: Path) -> Path:
    """The stances of two files and a page, as a table; the model's confidence is set to what no model says."""
    pages = {
        "a.txt": "Oslo condemned Riga's new cod quota on Monday.",
        "b.txt": "Japan and Russia held talks on Monday.",
        "c.html": "<html><body><article><h1>Cod</h1><p>Latvia thanked Estonia for its support on Tuesday, and "
        "a long and quiet week of cod fishing went by in the Gulf of Riga.</p></article></body></html>",
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = demarche("run", *pages, "-o", "t.jsonl", "-m", "lexicon")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text("utf-8").splitlines()]
    assert {row["document"] for row in rows} == {"a", "b", "c"}
    told = "".join(json.dumps(row | {"confidence": 0.4321}) + "\n" for row in rows)
    (tmp_path / "t.jsonl").write_text(told, encoding="utf-8")
    return tmp_path / "t.jsonl"


def test_a_table_is_reviewed_article_by_article(demarche, start: Start, page: Page, table: Path) -> None:
    rows = [json.loads(line) for line in table.read_text("utf-8").splitlines()]
    address, _ = start(table)
    visit(page, address)
    for number, document in enumerate("abc", start=1):
        expect(page.locator("nav")).to_contain_text(f"Article {number} of 3")
        for row in (row for row in rows if row["document"] == document):
            expect(page.locator("#card")).to_contain_text(f"{row['stance']} 0.43")
            judge(page, "a")
        page.keyboard.press("J")
        if number < 3:
            page.wait_for_url(f"**/{number + 1}")
            page.wait_for_selector("body[data-ready]")
    gold = {name: read(table.parent / "gold" / f"{name}.jsonl") for name in "abc"}
    told = {(name, s.source, s.target, s.stance) for name, g in gold.items() for s in g.statements if not s.arguable}
    assert told == {(row["document"], row["source"], row["target"], row["stance"]) for row in rows}
    decided = [json.loads(line)["item"] for name in "abc" for line in journal(table, name)]
    assert decided == [row["id"] for row in rows]
    one, other = gold["b"].statements  # "held talks", both ways
    assert (one.mutual, other.mutual) == (other.id, one.id)
    assert demarche("gold", "check", "gold").stdout == "no problem found\n"


def journal(table: Path, name: str) -> list[str]:
    return (table.parent / "gold" / f"{name}.journal").read_text("utf-8").splitlines()[1:]


def test_a_table_finds_its_articles_from_another_folder(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (table.parent / "elsewhere").mkdir()
    monkeypatch.chdir(table.parent / "elsewhere")
    assert set(articles(read_documents(Path("../t.jsonl")))) == {"a", "b", "c"}


def test_a_changed_article_of_a_table_is_left_out(demarche, start: Start, page: Page, table: Path) -> None:
    (table.parent / "a.txt").write_text("Oslo thanked Riga.", encoding="utf-8")
    address, _ = start(table)
    visit(page, address)
    expect(page.locator("nav")).to_contain_text("Article 1 of 2")
    (table.parent / "t.documents.jsonl").unlink()
    done = demarche("review", "t.jsonl", "-o", "gold")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "none of its articles is at hand" in done.stderr


def test_a_document_id_is_no_way_out_of_the_folder(demarche, table: Path) -> None:
    for name in ("t.jsonl", "t.documents.jsonl"):
        path = table.parent / name
        path.write_text(path.read_text("utf-8").replace('"document": "a"', '"document": "../../a"'), encoding="utf-8")
    done = demarche("review", "t.jsonl", "-o", "gold")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be the name of a file" in done.stderr


def test_a_wrong_source_is_corrected_by_number_and_by_id(
    start: Start, page: Page, article: Path, tmp_path: Path
) -> None:
    address, _ = start(article)
    visit(page, address)
    page.keyboard.press("s")
    page.fill("#actor", "ORG:fishermen")
    judge(page, "Enter")
    gold = read(tmp_path / "gold" / "long.jsonl")
    assert [s.source for s in gold.statements if not s.arguable] == ["ORG:fishermen"]


def test_two_people_make_two_files_that_agree_compares(demarche, start: Start, page: Page, article: Path) -> None:
    for annotator in ("ann", "bob"):
        address, _ = start(article, annotator, annotator)
        visit(page, address)
        for key in "aaan" if annotator == "ann" else "aafn":
            judge(page, key)
    done = demarche("gold", "agree", "ann", "bob")
    assert done.returncode == 0
    assert "kappa" in done.stdout


def status(address: str, **headers: str) -> int:
    data = b"{}" if headers.pop("post", "") else None
    try:
        with urlopen(
            Request(address, data, {name.replace("_", "-"): value for name, value in headers.items()})
        ) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_other_sites_and_other_host_names_are_refused(start: Start, article: Path, tmp_path: Path) -> None:
    address, _ = start(article)
    own = address.rstrip("/")
    assert status(address) == 200
    assert status(address, Host="evil.example") == 403
    assert status(f"{own}/1/state", Origin="http://evil.example") == 403
    assert status(f"{own}/1/undo", post="yes") == 403
    assert status(f"{own}/1/decide", post="yes", Origin=own, Content_Type="application/json") == 400
    assert not (tmp_path / "gold" / "long.jsonl").exists()


def test_a_folder_that_cannot_be_is_said_before_any_decision(demarche, article: Path, tmp_path: Path) -> None:
    (tmp_path / "gold").touch()
    done = demarche("review", article, "-o", "gold/mine")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "gold: a file of this name is in the way" in done.stderr


def test_a_review_never_replaces_other_gold(demarche, article: Path, tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "long.jsonl").write_text("by hand\n", encoding="utf-8")
    done = demarche("review", "long.txt", "-o", "gold", "-m", "lexicon")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "this gold was not made by a review" in done.stderr
    assert (tmp_path / "gold" / "long.jsonl").read_text(encoding="utf-8") == "by hand\n"


def test_a_port_that_is_taken_is_one_line(demarche, article: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = demarche("review", "long.txt", "--port", taken.getsockname()[1], "-m", "lexicon")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--port 0 picks a free one" in done.stderr
