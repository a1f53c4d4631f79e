"""What the documents say is what the program does."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from spacy.language import Language

from pipeline.article import read
from pipeline.run import run

ROOT = Path(__file__).parents[1]


def test_the_table_in_the_readme_is_what_run_prints(nlp: Language) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = readme.partition("<!-- table -->\n")[2].split("\n\n")[0].splitlines()
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    names = shown[0]
    rows = list(run(read([ROOT / "corpus" / "uzbek-line-workers-freed.txt"]), nlp, []))

    def cell(row: dict[str, object], name: str) -> str:
        return f"{row[name]:.2f}" if name == "confidence" else str(row[name])

    assert len(shown) > 5
    assert shown[2:] == [[cell(row, name) for name in names] for row in rows[: len(shown) - 2]]


def test_the_notebook_page_runs(syntax: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    monkeypatch.setattr("pipeline.load", lambda: syntax)
    monkeypatch.chdir(tmp_path)
    Path("article.txt").write_text("Norway condemned Latvia's cod quota. <b>Latvia</b> thanked Estonia.", "utf-8")
    names: dict[str, Any] = {}
    shown = []
    for cell in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        *before, last = ast.parse(cell).body
        exec(compile(ast.Module(before, []), "notebook.md", "exec"), names)
        if isinstance(last, ast.Expr):
            shown.append(eval(compile(ast.Expression(last.value), "notebook.md", "eval"), names))
        else:
            exec(compile(ast.Module([last], []), "notebook.md", "exec"), names)
    statements, triples, evidence, written, queried = shown
    table = statements._repr_html_()
    assert "<td>LVA</td><td>EST</td>" in table
    assert "<td>Latvia thanked Estonia for its support.</td>" in table
    assert ("NOR", "oppositional", "LVA") in triples
    assert evidence.count("oppositional") == [stance for _, stance, _ in triples].count("oppositional")
    assert "NOR → LVA" in evidence
    assert written is None
    assert ("NOR", "LVA", "oppositional") in {row[:3] for row in queried.fetchall()}


def test_a_hostile_sentence_stays_text_in_a_notebook(syntax: Language) -> None:
    told = syntax("Norway condemned Latvia's <script>alert(1)</script> cod quota.")._.statements._repr_html_()
    assert "&lt;script&gt;" in told
    assert "<script>" not in told
