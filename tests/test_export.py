"""A stance table in the columns of other event data, row by row against the table that it came from."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS, ROOT
from spacy.language import Language

from pipeline.article import Article
from pipeline.labels import ROOTS
from pipeline.run import run
from pipeline.table import write
from pipeline.table.events import CAMEO, SCORES, VIEWS

NAMES = ("uzbek-line-workers-freed", "taipei-court-jails-officer-who-sold-radar-plans", "why-tokyo-courts-moscow")
URL = "https://example.org/a?b=1"


@pytest.fixture(scope="module")
def told(syntax: Language) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the two tables of three articles, one dated to the day, one to the year, one not at all."""
    texts = [(CORPUS / f"{name}.txt").read_text(encoding="utf-8") for name in NAMES]
    dates = ("2024-02-03", "2023", "")
    documents: list[dict[str, Any]] = []
    articles = [Article(n, t, "", date=d, url=URL) for n, t, d in zip(NAMES, texts, dates, strict=True)]
    return list(run(articles, syntax, documents)), [{**row, "date": d} for row, d in zip(documents, dates, strict=True)]


@pytest.fixture
def exported(demarche, told, tmp_path: Path):
    """Exports the table and gives the rows of the file, with the rows of the table by id."""
    rows = [row | {"date": {d["document"]: d["date"] for d in told[1]}[row["document"]]} for row in told[0]]
    write(rows, told[1], tmp_path / "t.parquet")

    def call(name: str) -> tuple[list[Any], dict[str, dict[str, Any]], str]:
        done = demarche("export", "t.parquet", "-o", "events", "--as", name, "-F")
        assert done.returncode == 0, done.stderr
        lines = (tmp_path / "events").read_text("utf-8").splitlines()
        if name == "plover":
            return [json.loads(line) for line in lines], {row["id"]: row for row in rows}, done.stderr
        columns = VIEWS["gdelt"].columns if name == "gdelt" else None
        return list(csv.DictReader(lines, columns, delimiter="\t")), {row["id"]: row for row in rows}, done.stderr

    return call


def test_plover_keeps_every_status_as_a_context(exported) -> None:
    events, rows, said = exported("plover")
    assert [event["id"] for event in events] == list(rows)
    assert said == ""
    assert {row["status"] for row in rows.values()} >= {"actual", "negated", "proposed"}
    for event, row in zip(events, rows.values(), strict=True):
        assert event["event"] == [row["root"]]
        assert event["quad_code"] == row["quad"]
        assert (event["event_scale"] > 0) == (row["stance"] == "cooperative")
        assert bool(event["context"]) == (row["status"] != "actual")
        assert event["text"] == row["evidence"]
        assert event["cite_info"]["url"] == URL
        (source,) = event["source"]
        assert source["code"] == ("IGO" if row["source"].startswith("IGO:") else row["source"].partition("ORG:")[0])


@pytest.mark.parametrize("name", ["polecat", "icews", "gdelt"])
def test_only_what_happened_is_an_event_and_the_rest_is_counted(exported, name: str) -> None:
    events, rows, said = exported(name)
    actual = [row for row in rows.values() if row["status"] == "actual"]
    assert [next(iter(event.values())) for event in events] == [row["id"] for row in actual]
    assert said == f"{len(rows) - len(actual)} statements left out, for {name} has only what is actual\n"


def test_polecat_has_its_forty_columns(exported) -> None:
    events, rows, _ = exported("polecat")
    assert len(events[0]) == 40
    event = next(e for e in events if e["Actor Country"] == "QAT")
    row = rows[event["Event ID"]]
    assert (event["Actor Name"], event["Actor Name Raw"]) == ("Qatar", row["source_text"])
    assert (event["Event Type"], event["Quad Code"], event["Event Date"]) == (
        row["root"],
        str(row["quad"]),
        row["date"],
    )
    organisation = next(e for e in events if rows[e["Event ID"]]["target"].startswith("ORG:"))
    assert organisation["Recipient Country"] == ""
    assert organisation["Recipient Name"]


def test_icews_has_cameo_codes_and_names_of_countries(exported) -> None:
    events, rows, _ = exported("icews")
    assert len(events[0]) == 20
    event = next(e for e in events if rows[e["Event ID"]]["root"] == "CONSULT")
    row = rows[event["Event ID"]]
    assert (event["CAMEO Code"], event["Event Text"], event["Intensity"]) == ("040", "Consult", "1.0")
    assert (event["Story ID"], event["Sentence Number"]) == (row["document"], str(row["sentence"]))
    assert {e["Source Country"] for e in events} >= {"Qatar", "Taiwan"}


def test_gdelt_has_61_columns_and_as_much_of_a_date_as_is_known(exported) -> None:
    events, rows, _ = exported("gdelt")
    assert {len(event) for event in events} == {61}
    dates = {rows[e["GlobalEventID"]]["date"]: (e["Day"], e["MonthYear"], e["Year"]) for e in events}
    assert dates == {"2024-02-03": ("20240203", "202402", "2024"), "2023": ("", "", "2023"), "": ("", "", "")}
    event = next(e for e in events if rows[e["GlobalEventID"]]["root"] == "SUPPORT")
    assert (event["EventCode"], event["EventRootCode"], event["GoldsteinScale"]) == ("050", "05", "3.5")
    assert event["SOURCEURL"] == URL


def test_every_root_code_has_a_code_and_a_score_of_its_sign() -> None:
    assert set(CAMEO) == set(SCORES) == set(ROOTS)
    for root, quad in ROOTS.items():
        assert (SCORES[root] > 0) == (CAMEO[root][2] > 0) == (quad <= 2)


def test_the_page_names_the_columns_that_are_filled(exported) -> None:
    page = (ROOT / "docs" / "table.md").read_text(encoding="utf-8")
    for name in VIEWS:
        filled = {column for event in exported(name)[0] for column, value in event.items() if value}
        (line,) = re.findall(rf"^\| `{name}` \|.*\| (.*) \|$", page, re.MULTILINE)
        assert set(re.findall(r"`([^`]+)`", line)) == filled


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("t.jsonl", "-o", "e", "--as", "cameo"), "one of plover, polecat, icews, gdelt"),
        (("t.jsonl", "-o", "kept", "--as", "gdelt"), "--force replaces it"),
        (("t.jsonl", "-o", "e", "--as", "gdelt"), "'MAGIC' is no root code; one of AGREE"),
        (("none.csv", "-o", "e", "--as", "gdelt"), "no such file"),
    ],
)
def test_what_cannot_be_exported_is_one_line(demarche, told, tmp_path: Path, arguments, problem: str) -> None:
    (tmp_path / "kept").write_text("mine\n")
    write([told[0][0], told[0][1] | {"root": "MAGIC", "status": "actual"}], told[1], tmp_path / "t.jsonl")
    done = demarche("export", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert problem in done.stderr
    assert not (tmp_path / "e").exists()
    assert (tmp_path / "kept").read_text() == "mine\n"
