"""The main job, from the command line and as a library."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
import spacy
from conftest import CORPUS, GOLD, run_demarche
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

import pipeline
from pipeline.gold.corpus import Annotated, read_annotated
from pipeline.gold.pairs import statements_of
from pipeline.table import STATEMENTS, per_pair, read, relation
from pipeline.table.documents import articles
from pipeline.table.read import read_documents

ARTICLE = CORPUS / "gunmen-free-three-norwegians.txt"
DATES = {
    "3 May 2021": "2021-05-03",
    "20210503": "2021-05-03",
    "2021-05": "2021-05",
    "2021-05-03T10:00": "2021-05-03T10:00",
    "soon": "",
    "2021-13-45": "",
    "20211345": "",
    "1.11.2021": "2021-11-01",
    "Nov. 1, 2021": "2021-11-01",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table of an article."""
    folder = tmp_path_factory.mktemp("written")
    assert run_demarche(folder, "run", ARTICLE, "-o", "a.jsonl").returncode == 0
    return folder / "a.jsonl"


@pytest.mark.parametrize(
    ("text", "source", "target", "stance"),
    [
        ("Moscow condemned North Korea's rocket launch.", "RUS", "PRK", "oppositional"),
        ("North Korea's launch was condemned by Russia.", "RUS", "PRK", "oppositional"),
        ("Moscow's condemnation of the DPRK surprised nobody.", "RUS", "PRK", "oppositional"),
        ("Japan and Russia held talks on Monday.", "RUS", "JPN", "cooperative"),
        ("Japan and Russia held talks on Monday.", "JPN", "RUS", "cooperative"),
    ],
)
def test_syntax_finds_source_and_target(syntax: Language, text: str, source: str, target: str, stance: str) -> None:
    found = {(s.source, s.target, s.stance) for s in syntax(text)._.statements}
    assert (source, target, stance) in found


def test_the_accused_does_not_accuse(syntax: Language) -> None:
    found = {(s.source, s.target) for s in syntax("Moscow condemned North Korea's rocket launch.")._.statements}
    assert found == {("RUS", "PRK")}


def test_a_person_keeps_the_state_that_the_text_gave(syntax: Language) -> None:
    doc = syntax(
        "Russian Foreign Minister Pavel Ozerov flew to Lima on Monday. It rained. Ozerov thanked Chile for its offer."
    )
    assert ("RUS", "CHL", "cooperative") in {(s.source, s.target, s.stance) for s in doc._.statements}


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "duckdb"])
def test_every_format_says_the_same(demarche, tmp_path: Path, written: Path, ending: str) -> None:
    assert demarche("run", ARTICLE, "-o", f"out.{ending}").returncode == 0
    table = read(tmp_path / f"out.{ending}")
    assert table.num_rows > 0
    assert table.to_pylist() == read(written).to_pylist()
    assert table.schema == STATEMENTS


def test_rows_point_into_the_text_as_given(demarche, tmp_path: Path) -> None:
    text = ARTICLE.read_text(encoding="utf-8").replace("\n", "\r\n")
    (tmp_path / "a.txt").write_bytes(text.encode())
    assert demarche("run", "a.txt", "-o", "a.jsonl").returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows
    assert all(" ".join(text[row["start"] : row["end"]].split()) == row["evidence"] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)


def test_show_filters_and_aggregates(demarche, written: Path) -> None:
    assert "Balance per pair" in demarche("show", written, "--pairs").stdout
    shown = demarche("show", written, "--stance", "cooperative").stdout.split("Balance")[0]
    assert "cooperative" in shown
    assert "oppositional" not in shown


def test_min_confidence_leaves_out_what_is_less_sure(demarche, tmp_path: Path, written: Path) -> None:
    demarche("run", ARTICLE, "-o", "sure.jsonl", "--min-confidence", "0.9")
    rows = read(written).to_pylist()
    sure = read(tmp_path / "sure.jsonl").to_pylist()
    assert 0 < len(sure) < len(rows)
    assert [row["id"] for row in sure] == [row["id"] for row in rows if row["confidence"] >= 0.9]


def test_the_surer_rows_are_more_often_right(nlp: Language) -> None:
    judged = []
    for item in islice(read_annotated(GOLD, CORPUS, {"dev"}), 8):
        for s in nlp(item.text)._.statements:
            told = statements_of(item.gold, s.source_span[0], s.source, s.target)
            if not any(one.arguable for one in told):
                judged.append((s.confidence, any(one.stance == s.stance for one in told)))
    right = [hit for _, hit in sorted(judged)]
    half = len(right) // 2
    assert sum(right[half:]) / len(right[half:]) > sum(right[:half]) / half + 0.1


def test_a_device_that_is_not_there_is_one_line(demarche) -> None:
    done = demarche("run", ARTICLE, "--device", "quantum")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "'quantum'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_classify_answers_in_order(demarche) -> None:
    rows = [
        {
            "id": n,
            "text": f"{a} {verb} {b}.",
            "source": [0, len(a)],
            "target": [len(a) + len(verb) + 2, len(a) + len(verb) + 2 + len(b)],
        }
        for n, (a, verb, b) in enumerate([("Peru", "condemned", "Chile"), ("Peru", "thanked", "Chile")])
    ]
    done = demarche("classify", "-", data="".join(json.dumps(row) + "\n" for row in rows).encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(a["id"], a["stance"]) for a in answers] == [(0, "oppositional"), (1, "cooperative")]


def test_pairs_are_read_the_same_from_a_file_and_a_pipe(demarche, tmp_path: Path) -> None:
    pair = {"text": "Peru condemned Chile.", "source": [0, 4], "target": [15, 20]}
    data = b"\xef\xbb\xbf" + json.dumps(pair).encode() + b"\n"
    (tmp_path / "a.jsonl").write_bytes(data)
    assert json.loads(demarche("classify", "a.jsonl").stdout) == json.loads(demarche("classify", "-", data=data).stdout)
    many = "".join(json.dumps(pair | {"id": number}) + "\n" for number in range(600))  # more than two batches
    answers = demarche("classify", "-", data=many.encode()).stdout.splitlines()
    assert [json.loads(answer)["id"] for answer in answers] == list(range(600))
    done = demarche("classify", "-", data=data + json.dumps(pair | {"note": "\ud800"}).encode())
    assert done.returncode == 2
    assert done.stderr.startswith("error: -, line 2: half a character")


def test_a_run_imports_nothing_slow_that_it_does_not_use(demarche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    done = demarche("run", ARTICLE, "-o", "out.csv")
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "spacy.language" in imported
    assert not {"torch.nn", "spacy.cli", "transformers", "sklearn", "pandas.core", "duckdb", "ray"} & imported


@pytest.mark.parametrize(
    "arguments", [("export", "a.jsonl", "--as", "gdelt", "-o", "events"), ("gold", "check", GOLD, "--corpus", CORPUS)]
)
def test_what_reads_no_text_imports_no_spacy(demarche, monkeypatch, tmp_path: Path, written: Path, arguments) -> None:
    shutil.copy(written, tmp_path)
    shutil.copy(written.with_name("a.documents.jsonl"), tmp_path)
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    done = demarche(*arguments)
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert done.returncode == 0
    assert "pipeline.actors.gazetteer" in imported
    assert not {"torch", "spacy"} & imported


def test_the_month_of_march_is_no_protest(nlp: Language) -> None:
    doc = nlp("Oslo thanked Riga in March. Students marched on the Latvian embassy in Oslo.")
    assert [span.text for span in doc.spans["diplomatic_verbs"]] == ["thanked", "marched on"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "none.txt"], "none.txt: no such file"),
        (["run", "a.txt", "-o", "nowhere/out.csv"], "no such folder"),
        (["run", "a.txt", "-o", "out.xlsx"], "no such table format"),
        (["run", "a.txt", "-o", "kept.csv"], "--force replaces it"),
        (["run", "a.txt", "-m", "nothing"], "no model here"),
        (["run", "a.txt", "-m", "damaged"], "damaged model"),
        (["show", "kept.csv"], "no column 'id'"),
        (["train", "--kind", "magic"], "no such kind of model"),
        (["run", "a.txt", "--input-format", "josnl"], "no such input format: 'josnl'"),
        (["run", "-", "-"], "name - once"),
        (["run", "Oslo thanked Riga. " * 30], "no file name"),
        (["run", "a.txt", "-o", "."], "this is the folder you are in"),
        (["evaluate", "-o", "nowhere/scores.json"], "no such folder"),
        (["evaluate", "-o", "kept.csv"], "--force replaces it"),
        (["evaluate", "--split", "briefs", "--errors", "e.html"], "--errors is for the other splits"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(demarche, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "a.txt").write_text("Oslo thanked Riga.")
    (tmp_path / "kept.csv").write_text("mine\n")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "model.json").write_text('{"kind": "encoder", "files": {"model.onnx": "00"}}')
    done = demarche(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (tmp_path / "kept.csv").read_text() == "mine\n"


def test_a_pipe_has_two_ends(demarche) -> None:
    assert "Oslo" in demarche("run", "-", "-o", "-", data=b"Oslo condemned Riga.").stdout


def test_what_stands_beside_an_output_is_not_lost(demarche, tmp_path: Path) -> None:
    """What is written beside a table, or taken away there, is nobody's file, least of all an input."""
    article = json.dumps({"text": "Oslo condemned Riga."})
    for name in ("q.rejects.jsonl", "t.documents.csv", "in.csv"):
        (tmp_path / name).write_text(article)
    assert demarche("run", "q.rejects.jsonl", "-o", "made.csv").returncode == 0
    for arguments in (
        ("run", "q.rejects.jsonl", "-o", "q.csv"),
        ("run", "q.rejects.jsonl", "-o", "q.csv", "--force"),
        ("run", "q.rejects.jsonl", "-o", "t.csv"),
        ("run", "in.csv", "--input-format", "jsonl", "-o", "in.csv", "--force"),
        ("show", "made.csv", "-o", "t.csv"),
    ):
        done = demarche(*arguments)
        assert done.returncode == 2, arguments
        assert "this file exists" in done.stderr or "this is an input" in done.stderr
    assert all((tmp_path / name).read_text() == article for name in ("q.rejects.jsonl", "t.documents.csv", "in.csv"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("classify", "a.jsonl", "-o", "a.csv"), "a.csv: the answers are lines of JSON; name the file .jsonl"),
        (("report", "a.jsonl", "-o", "a.csv"), "a.csv: a report is a page; name it .html"),
    ],
)
def test_no_file_has_the_ending_of_another_kind(demarche, tmp_path: Path, arguments: list[str], words: str) -> None:
    (tmp_path / "a.jsonl").touch()
    done = demarche(*arguments)
    assert (done.returncode, done.stderr) == (2, f"error: {words}\n")


def test_formulas_are_defused(demarche, tmp_path: Path) -> None:
    row = {"id": "=1+1", "text": "Russia condemned North Korea's rocket launch."}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n")
    assert demarche("run", "a.jsonl", "-m", "lexicon", "-o", "a.csv").returncode == 0
    assert ",'=1+1," in (tmp_path / "a.csv").read_text()
    assert read(tmp_path / "a.csv")["document"].to_pylist() == ["=1+1"]


def test_the_given_article_balances_as_its_gold(given_article: Annotated, demarche, tmp_path: Path) -> None:
    """Toward whom each leans of whom gold surely has three statements or more."""
    (tmp_path / "given.txt").write_bytes(given_article.text.encode())
    assert demarche("run", "given.txt", "-o", "g.parquet").returncode == 0
    table = read(tmp_path / "g.parquet")
    pairs = per_pair(relation(table.to_pylist())).to_arrow_table().to_pylist()
    balance = {(row["source"], row["target"]): row["balance"] for row in pairs}
    sure = [s for s in given_article.gold.statements if not s.arguable and s.status != "hypothetical"]
    told = Counter((s.source, s.target) for s in sure)
    leaning = Counter()
    for s in sure:
        leaning[s.source, s.target] += 1 if s.stance == "cooperative" else -1
    decided = [pair for pair, times in told.items() if times >= 3 and leaning[pair]]
    assert len(decided) >= 10
    assert not [(pair, balance.get(pair)) for pair in decided if balance.get(pair, 0) * leaning[pair] <= 0]
    assert balance["JPN", "RUS"] > balance["KOR", "RUS"], "the article's own point"
    assert balance["JPN", "RUS"] > 0
    assert balance["JPN", "PRK"] < 0
    assert balance["RUS", "PRK"] < 0
    assert balance["KOR", "USA"] > 0
    assert not {"boilerplate", "byline"} & set(table["block"].to_pylist())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_any_text_goes_through(syntax: Language, text: str) -> None:
    doc = syntax(text)
    assert len(doc.text) == len(text)


def test_what_a_text_says_is_shown_and_not_obeyed(demarche, tmp_path: Path) -> None:
    """Escape sequences went to the terminal as they were, and rich took "[/a]" in a table for its markup."""
    (tmp_path / "a.txt").write_text("Oslo condemned \x1b]0;owned\x07\x1b[2J Riga.\n", encoding="utf-8")
    shown = demarche("run", "a.txt").stdout
    assert "condemned" in shown
    assert "\x1b" not in shown
    assert "\x1b" not in demarche("run", "a.txt", "--explain").stdout
    demarche("run", "a.txt", "-o", "a.csv")
    table = (tmp_path / "a.csv").read_text(encoding="utf-8")
    (tmp_path / "b.csv").write_text(table.replace("actual", "[/a]").replace("oppositional", "cold"), encoding="utf-8")
    assert "[/a]" in demarche("show", "b.csv").stdout


def test_a_date_is_iso_or_none_and_an_option_is_not_forgotten(demarche, tmp_path: Path) -> None:
    rows = [{"id": n, "body": "Oslo condemned Riga.", "date": date} for n, date in enumerate(DATES)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert demarche("run", "a.jsonl", "--text", "body", "-o", "out.jsonl").returncode == 0
    assert [row["date"] for row in read(tmp_path / "out.jsonl").to_pylist()] == list(DATES.values())
    demarche("run", "-", "-o", "piped.jsonl", data=b"Oslo condemned Riga.")
    documents = [*read_documents(tmp_path / "out.jsonl"), *read_documents(tmp_path / "piped.jsonl")]
    assert len(articles(documents)) == len(DATES) + 1
    assert {article.text for article in articles(documents).values()} == {"Oslo condemned Riga."}


def test_a_pipeline_that_was_saved_reads_as_before(syntax: Language, tmp_path: Path) -> None:
    text = "Oslo and Riga\n\nNorway condemned Latvia."
    syntax.to_disk(tmp_path / "saved")
    doc, again = syntax(text), spacy.load(tmp_path / "saved")(text)
    assert [block.label_ for block in again.spans["blocks"]] == ["headline", "body"]
    assert again._.statements == doc._.statements
    with pytest.raises(TypeError, match="no such component: statments"):
        pipeline.load(None, statments={})


def test_explain_says_what_made_a_row(demarche, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Norway condemned Latvia's new cod quota on Monday.\n", encoding="utf-8")
    done = demarche("run", "a.txt", "--explain")
    assert done.returncode == 0, done.stderr
    assert "NOR > LVA  oppositional" in done.stdout
    assert '"condemned", ACCUSE, actual' in done.stdout
    assert "scores" in done.stdout
