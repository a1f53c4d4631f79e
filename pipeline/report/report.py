"""Write the report: one HTML file that needs nothing else."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.report.evidence import anchor_of, documents_of
from pipeline.report.summary import MATRIX_ACTORS, actors_of, main_actors, matrix, sentences, totals
from pipeline.table import per_pair, scan
from pipeline.table.pairs import query
from pipeline.table.read import read_documents, stream

if TYPE_CHECKING:
    from duckdb import DuckDBPyRelation as Relation

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

    with scan(table_path) as statements:
        total = totals(statements)
        if not total["statements"]:
            raise InputError("a table without a row: there is nothing to report", table_path)
        pairs = list(stream(per_pair(statements)))
        rows = list(stream(_surest(statements, max_rows)))
        timeline = charts.timeline(statements)
    actors = main_actors(pairs)
    numbers = {name: n for n, name in enumerate(dict.fromkeys(row["document"] for row in rows))}
    datatables = files("itables") / "html"
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html").render(
        name=table_path.name,
        version=__version__,
        models=sorted(total["models"]),
        summary=sentences(total, pairs),
        actors=actors,
        matrix=matrix(pairs, actors),
        left_out=len(actors_of(pairs)) - len(actors),
        matrix_actors=MATRIX_ACTORS,
        network=charts.network(pairs, actors),
        timeline=timeline,
        dated=total["dated"],
        total=total["statements"],
        columns=COLUMNS,
        rows=[{**{name: row[name] for name in COLUMNS}, "anchor": anchor_of(row, numbers)} for row in rows],
        documents=list(documents_of(rows, read_documents(table_path, numbers), numbers)),
        datatables_script=(datatables / "dt_bundle.js").read_text(encoding="utf-8"),
        datatables_style=(datatables / "dt_bundle.css").read_text(encoding="utf-8"),
    )


def _surest(statements: Relation, most: int) -> Relation:
    """The surest rows, in the order of the table."""
    return query(
        statements,
        f"""
        SELECT * EXCLUDE place FROM (
            SELECT *, row_number() OVER () AS place FROM statements ORDER BY confidence DESC, place LIMIT {most}
        ) ORDER BY place
        """,
    )


def write_report(table_path: Path, output: Path, max_rows: int) -> None:
    """Render a stance table into the file `output`, which is replaced only when all went well."""
    page = render(table_path, max_rows)
    write_text(output, page)
