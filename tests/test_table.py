"""A stance table from every side: read from anywhere, filtered, summed up, and refused in one line when damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import CORPUS
from spacy.language import Language

from pipeline.article import read as articles
from pipeline.run import run
from pipeline.table import write
from pipeline.table.read import read_documents

ARTICLE = CORPUS / "the-mackerel-do-not-wait.txt"
Told = tuple[list[dict[str, Any]], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def told(syntax: Language) -> Told:
    """Rows of the two tables of an article."""
    documents: list[dict[str, Any]] = []
    return list(run(articles([ARTICLE]), syntax, documents)), documents


@pytest.fixture(params=["csv", "tsv", "jsonl", "parquet", "duckdb"])
def table(told: Told, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / f"out.{request.param}"
    write(*told, path)
    return path


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_show_reads_what_run_writes_to_standard_output(demarche) -> None:
    written = demarche("run", ARTICLE, "-m", "lexicon", "-o", "-").stdout
    piped = demarche("show", "-", "--pairs", data=written.encode())
    assert piped.returncode == 0, piped.stderr
    demarche("run", ARTICLE, "-m", "lexicon", "-o", "out.tsv")
    assert piped.stdout == demarche("show", "out.tsv", "--pairs").stdout


def test_a_pair_is_shown_with_its_surest_sentence(demarche, told: Told) -> None:
    plain = told[0][0] | {"confidence": 0.4, "status": "actual"}
    sure = plain | {"confidence": 0.8, "evidence": "The surest of them."}
    maybe = plain | {"confidence": 0.9, "evidence": "Only a possibility.", "status": "hypothetical"}
    shown = demarche("show", "-", "--format", "jsonl", "--pairs", data=jsonl([plain, sure, maybe])).stdout
    assert "The surest of them." in shown
    assert "0.70" in shown  # the mean
    assert "Only a possibility." not in shown


def test_a_damaged_documents_table_is_one_line(demarche, table: Path) -> None:
    assert [row["document"] for row in read_documents(table)] == [ARTICLE.stem]
    damaged = table if table.suffix == ".duckdb" else table.with_suffix(f".documents{table.suffix}")
    damaged.write_bytes(damaged.read_bytes()[:40])
    done = demarche("report", table)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert str(damaged) in done.stderr
    assert not (table.parent / "report.html").exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b'{"id": ', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"id": "a"}', "no column 'document'"),
        (None, "column 'source': 4 is no text"),
    ],
)
def test_a_damaged_row_is_one_line_with_its_number(demarche, told: Told, line: bytes | None, problem: str) -> None:
    first = told[0][0]
    done = demarche("show", "-", "--format", "jsonl", data=jsonl([first]) + (line or jsonl([first | {"source": 4}])))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"error: -, line 2: {problem}")
