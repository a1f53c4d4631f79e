"""Write the report: one HTML file that needs nothing else."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.report.evidence import anchor_of, documents_of
from pipeline.report.summary import MATRIX_ACTORS, main_actors, matrix, sentences
from pipeline.table import per_pair, read
from pipeline.table.files import replacing
from pipeline.table.read import read_documents

COLUMNS = (
    "document",
    "date",
    "source",
    "target",
    "verb",
    "root",
    "stance",
    "confidence",
    "status",
    "speaker",
    "evidence",
)


def render(table_path: Path, max_rows: int) -> str:
    """The page for a stance table of any format: it carries the `max_rows` surest statements, and counts all.

    Raises InputError.
    """
    import jinja2

    from pipeline import __version__
    from pipeline.report import charts

    table = read(table_path)
    rows: list[dict[str, Any]] = table.to_pylist()
    if not rows:
        raise InputError("a table without a row: there is nothing to report", table_path)
    pairs = per_pair(table).to_pylist()
    actors = main_actors(pairs)
    surest = sorted(rows, key=lambda row: -row["confidence"])[:max_rows]
    kept = {row["id"] for row in surest}
    shown = [row for row in rows if row["id"] in kept]
    numbers = {name: n for n, name in enumerate(dict.fromkeys(row["document"] for row in shown))}
    datatables = files("itables") / "html"
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html").render(
        name=table_path.name,
        version=__version__,
        models=sorted({row["model"] for row in rows}),
        summary=sentences(rows, pairs),
        actors=actors,
        matrix=matrix(pairs, actors),
        left_out=len({row[side] for row in rows for side in ("source", "target")}) - len(actors),
        matrix_actors=MATRIX_ACTORS,
        network=charts.network(pairs, actors),
        timeline=charts.timeline(rows),
        total=len(rows),
        columns=COLUMNS,
        rows=[{**{name: row[name] for name in COLUMNS}, "anchor": anchor_of(row, numbers)} for row in shown],
        documents=list(documents_of(shown, read_documents(table_path), numbers)),
        datatables_script=(datatables / "dt_bundle.js").read_text(encoding="utf-8"),
        datatables_style=(datatables / "dt_bundle.css").read_text(encoding="utf-8"),
    )


def write_report(table_path: Path, output: Path, max_rows: int) -> None:
    """Render a stance table into the file `output`, which is replaced only when all went well."""
    page = render(table_path, max_rows)
    with replacing(output) as temporary:
        temporary.write_text(page, encoding="utf-8")
