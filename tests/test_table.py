"""A stance table from every side: read from anywhere, filtered, summed up, and refused in one line when damaged."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import CORPUS
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.article import read as articles
from pipeline.run import run
from pipeline.table import DOCUMENTS, STATEMENTS, per_pair, read, relation, write
from pipeline.table.files import defused, restored
from pipeline.table.read import read_documents, stream

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


@pytest.fixture
def large(told: Told, tmp_path: Path) -> Path:
    """A table as a large run leaves it, in parts: every row 60 times, a month later each time, the last undated."""
    folder = tmp_path / "large [1] *.run"
    for name in ("statements", "documents"):
        (folder / name).mkdir(parents=True)
    for n in range(60):
        date = f"{2015 + n // 12}-{1 + n % 12:02}-05" if n < 59 else ""
        names = {"document": f"d{n}", "date": date}
        rows, documents = ([{**row, **names} for row in rows] for rows in told)
        rows = [{**row, "id": f"{row['id']}-{n}", "confidence": n / 100} for row in rows]
        for name, schema, part in (("statements", STATEMENTS, rows), ("documents", DOCUMENTS, documents)):
            found = pa.Table.from_pylist(part, schema=schema)
            pq.write_table(found, folder / name / f"part-{n:05}.parquet", compression="zstd")
    return folder


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_show_reads_what_run_writes_to_standard_output(demarche) -> None:
    written = demarche("run", ARTICLE, "-m", "lexicon", "-o", "-").stdout
    piped = demarche("show", "-", "--pairs", data=written.encode())
    assert piped.returncode == 0, piped.stderr
    demarche("run", ARTICLE, "-m", "lexicon", "-o", "out.tsv")
    assert piped.stdout == demarche("show", "out.tsv", "--pairs").stdout
    assert demarche("show", "-", "-o", "chosen.csv", data=written.encode()).returncode == 0
    assert demarche("show", "chosen.csv", "--pairs").stdout == piped.stdout


def test_a_pair_is_shown_with_its_surest_sentence(demarche, told: Told) -> None:
    plain = told[0][0] | {"confidence": 0.4, "status": "actual"}
    sure = plain | {"confidence": 0.8, "evidence": "The surest of them."}
    maybe = plain | {"confidence": 0.9, "evidence": "Only a possibility.", "status": "hypothetical"}
    shown = demarche("show", "-", "--input-format", "jsonl", "--pairs", data=jsonl([plain, sure, maybe])).stdout
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
        ({"source": 4}, "column 'source': 4 is no text"),
        ({"confidence": math.nan}, "column 'confidence': nan is no number"),
    ],
)
def test_a_damaged_row_is_one_line_with_its_number(
    demarche, told: Told, line: bytes | dict[str, Any], problem: str
) -> None:
    """The damaged line is given, or what in a sound row is other."""
    first = told[0][0]
    damaged = line if isinstance(line, bytes) else jsonl([first | line])
    done = demarche("show", "-", "--input-format", "jsonl", data=jsonl([first]) + damaged)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith(f"error: -, line 2: {problem}")


def test_a_large_table_is_filtered_and_sorted_in_place(demarche, told: Told, large: Path) -> None:
    first = told[0][0]
    done = demarche(
        "show", large, "--source", first["source"], "--since", "2015-03", "--until", "2015",
        "--min-confidence", 0.04, "--sort", "-confidence", "-o", "chosen.jsonl",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (large.parent / "chosen.jsonl").read_text("utf-8").splitlines()]
    per_article = sum(row["source"] == first["source"] for row in told[0])
    assert [row["document"] for row in rows] == [f"d{n}" for n in range(11, 3, -1) for _ in range(per_article)]
    assert {row["source"] for row in rows} == {first["source"]}
    assert [row["document"] for row in read_documents(large.parent / "chosen.jsonl")] == [f"d{n}" for n in range(4, 12)]


def test_the_terminal_shows_the_first_rows_and_says_how_many_more(demarche, told: Told, large: Path) -> None:
    everything = 60 * len(told[0])
    shown = demarche("show", large).stdout
    assert f"… and {everything - 100} statements more; --limit 0 shows all" in shown
    pairs = shown.partition("Balance per pair")[2]
    assert sum(int(line.split("│")[7]) for line in pairs.splitlines() if line.startswith("│")) == everything
    assert "more" not in demarche("show", large, "--document", "d3").stdout


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--stance", "friendly", "no such stance: 'friendly'; one of cooperative, oppositional"),
        ("--status", "foo", "no such status: 'foo'; one of actual"),
        ("--since", "yesterday", "--since is a date such as 2016"),
        ("--actor", "Ruritania", "no such actor: 'Ruritania'; an id such as RUS"),
    ],
)
def test_what_there_is_not_is_said(demarche, large: Path, option: str, value: str, words: str) -> None:
    done = demarche("show", large, option, value)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr


def test_what_has_no_date_is_counted_where_dates_choose(demarche, told: Told, large: Path) -> None:
    done = demarche("show", large, "--since", "2010")
    assert done.stderr == f"{len(told[0])} statements left out, for their date names no year\n"
    source = told[0][0]["source"]
    count = sum(row["source"] == source for row in told[0])
    done = demarche("show", large, "--since", "2010", "--source", source)
    assert count < len(told[0])
    assert done.stderr == f"{count} statements left out, for their date names no year\n"


def test_an_actor_is_asked_for_by_name_too(demarche, large: Path) -> None:
    by_id = demarche("show", large, "--actor", "RUS", "--format", "csv").stdout
    assert by_id.count("\n") > 1
    assert all(
        demarche("show", large, "--actor", name, "--format", "csv").stdout == by_id for name in ("rus", "Russia")
    )


def test_what_a_user_gives_is_no_sql(demarche, large: Path) -> None:
    assert demarche("show", large, "--document", "x' OR '1'='1").stdout == "No statement found.\n"
    done = demarche("show", large, "--sort", 'confidence"; DROP TABLE statements; --')
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "to sort by; one of id, document" in done.stderr


def test_a_series_counts_each_pair_by_month_or_year(demarche, told: Told, large: Path) -> None:
    done = demarche("show", large, "--pairs", "--by", "year", "--format", "csv")
    assert done.stderr == f"{len(told[0])} statements left out, for their date names no year\n"
    series = list(csv.DictReader(done.stdout.splitlines()))
    assert list(series[0]) == "period source target cooperative oppositional balance statements".split()
    assert {row["period"] for row in series} == set(map(str, range(2015, 2020)))
    assert sum(int(row["statements"]) for row in series) == 59 * len(told[0])
    (row,) = (r for r in series if (r["period"], r["source"], r["target"]) == ("2015", "FRO", "GBR"))
    assert (row["cooperative"], row["oppositional"], row["balance"]) == ("12", "0", "1.0")
    months = demarche("show", large, "--pairs", "--by", "month", "--source", "FRO").stdout
    assert months.count("FRO") == 59
    assert "2019-11" in months


def test_a_surer_statement_weighs_more_in_the_balance(told: Told) -> None:
    row = told[0][0] | {"source": "NOR", "target": "LVA", "status": "actual"}
    weak = row | {"stance": "cooperative", "confidence": 0.3}
    strong = row | {"stance": "oppositional", "confidence": 0.9}
    unreal = row | {"stance": "oppositional", "confidence": 0.9, "status": "hypothetical"}
    (pair,) = stream(per_pair(relation([weak, strong, unreal])))
    assert (pair["cooperative"], pair["oppositional"], pair["balance"]) == (1, 1, -0.5)


def test_a_selection_is_a_table_again_and_its_formulas_are_defused(demarche, told: Told, tmp_path: Path) -> None:
    write(
        [row | {"document": "=h", "source": "ORG:a"} for row in told[0]],
        [told[1][0] | {"document": "=h"}],
        tmp_path / "t.duckdb",
    )
    assert demarche("show", "t.duckdb", "--stance", "cooperative", "-o", "c.csv").returncode == 0
    assert ",'=h," in (tmp_path / "c.csv").read_text("utf-8")
    chosen = read(tmp_path / "c.csv").to_pylist()
    assert {(row["document"], row["stance"]) for row in chosen} == {("=h", "cooperative")}
    assert [row["document"] for row in read_documents(tmp_path / "c.csv")] == ["=h"]
    assert demarche("show", "t.duckdb", "--pairs", "-o", "p.tsv").returncode == 0
    assert (tmp_path / "p.tsv").read_text("utf-8").startswith("source\ttarget\tcooperative")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--by", "month"), "add --pairs"),
        (("--pairs", "--by", "week"), "one of month, year"),
        (("--matrix", "-o", "m.csv"), "--matrix is for the terminal"),
        (("-o", "kept.csv"), "--force replaces it"),
        (("-o", "new.xlsx"), "no such table format"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    demarche, large: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (large.parent / "kept.csv").write_text("mine\n")
    done = demarche("show", large, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert problem in done.stderr
    assert (large.parent / "kept.csv").read_text() == "mine\n"


@pytest.mark.parametrize("command", [("show", "--pairs"), ("report",), ("show", "-o", "out.csv")])
def test_a_damaged_part_is_one_line_and_nothing_is_written(demarche, large: Path, command: tuple[str, ...]) -> None:
    part = large / "statements" / "part-00040.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    done = demarche(command[0], large, *command[1:])
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "part-00040" in done.stderr
    assert not list(large.parent.glob("*.csv")) + list(large.parent.glob("*.html"))


def test_a_folder_that_is_no_table_is_one_line(demarche, tmp_path: Path) -> None:
    done = demarche("show", tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no table in this folder" in done.stderr


@pytest.mark.parametrize("number", [None, math.nan])
def test_a_number_that_a_row_lacks_is_one_line(demarche, told: Told, tmp_path: Path, number: float | None) -> None:
    rows = [told[0][0] | {"confidence": number}]
    pq.write_table(pa.Table.from_pylist(rows, schema=STATEMENTS), tmp_path / "t.parquet")
    done = demarche("show", "t.parquet")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "a row without confidence" in done.stderr


@given(st.text(alphabet="'=+-@a\t", max_size=6))
def test_a_cell_comes_back_as_it_was_and_is_no_formula(cell: str) -> None:
    assert restored(defused(cell)) == cell
    assert not defused(cell).startswith(("=", "+", "-", "@", "\t"))


OLD = {
    "id": "a",
    "document": "d",
    "sentence": 1,
    "start": 0,
    "end": 19,
    "source": "NOR",
    "source_text": "Oslo",
    "target": "LVA",
    "target_text": "Riga",
    "root": "SUPPORT",
    "quad": 1,
    "stance": "cooperative",
    "confidence": 0.9,
    "status": "actual",
    "evidence": "Oslo thanked Riga.",
}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_table_of_an_older_version_still_opens(demarche, tmp_path: Path, ending: str) -> None:
    old, documents = tmp_path / f"old.{ending}", {"document": "d", "sha256": "0" * 64}
    for path, row in ((old, OLD), (old.with_suffix(f".documents.{ending}"), documents)):
        if ending == "parquet":
            pq.write_table(pa.Table.from_pylist([row]), path)
        elif ending == "jsonl":
            path.write_bytes(jsonl([row]))
        else:
            path.write_text(f"{','.join(row)}\n{','.join(map(str, row.values()))}\n")
    assert read(old).to_pylist() == [
        {"date": "", "verb": "", "mutual": "", "speaker": "", "block": "", "model": "", **OLD}
    ]
    assert "thanked" in demarche("show", old.name).stdout
    assert demarche("report", old.name).returncode == 0
