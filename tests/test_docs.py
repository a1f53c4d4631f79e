"""What the documents say is what the program does."""

from __future__ import annotations

from pathlib import Path

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
