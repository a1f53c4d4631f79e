"""Commands and their options. What they do lives in the modules they import, lazily, so that `--help` is quick."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from pipeline.errors import InputError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Who takes which stance toward whom.")
gold_app = typer.Typer(no_args_is_help=True, help="Check, compare and convert hand annotations.")
app.add_typer(gold_app, name="gold")

Model = Annotated[str, typer.Option("--model", "-m", help="Model folder, name of a shipped model, or `lexicon`.")]
Device = Annotated[str, typer.Option(help="cpu, or cuda: an encoder then runs in torch.")]
FORMATS = "interlinear, label-studio, prodigy, brat, docbin or csv"
Force = Annotated[bool, typer.Option("--force", "-F", help="Replace an output that exists.")]


def _version(value: bool) -> None:
    if value:
        from pipeline import __version__

        print(f"demarche {__version__}")
        raise typer.Exit


class _Absent(MetaPathFinder):
    """While it is entered, modules of these names are as if not installed."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname in self.names:
            raise ModuleNotFoundError(fullname)

    def __enter__(self) -> None:
        sys.meta_path.insert(0, self)

    def __exit__(self, *error: object) -> None:
        sys.meta_path.remove(self)


def import_spacy() -> None:
    """Import spaCy without torch, which thinc imports wherever it is installed, and without spaCy's own command line:
    each takes longer than spaCy. A command that needs torch imports it later."""
    if "spacy" in sys.modules:
        return
    cli = ModuleType("spacy.cli.info")
    cli.info = None  # type: ignore[attr-defined]
    sys.modules |= {"spacy.cli": cli, "spacy.cli.info": cli}
    try:
        with _Absent("torch"):
            import spacy  # noqa: F401
    finally:
        del sys.modules["spacy.cli"], sys.modules["spacy.cli.info"]


def import_arrow() -> None:
    """Import pyarrow without pandas, which it looks for, once, when it makes its first array."""
    with _Absent("pandas"):
        import pyarrow

        pyarrow.array([])


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def run(
    inputs: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.", metavar="INPUT...")],
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help=".csv .tsv .jsonl .parquet .duckdb, a folder, or -"),
    ] = None,
    model: Model = "",
    text: Annotated[str, typer.Option("--text", help="Text column of JSONL, CSV and Parquet.")] = "text",
    input_format: Annotated[str | None, typer.Option("--input-format", help="Overrides the input's ending.")] = None,
    output_format: Annotated[str | None, typer.Option("--format", help="Overrides the output's ending.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of text without a byte order mark; else UTF-8.")] = None,
    workers: Annotated[int, typer.Option("--workers", "-n", min=1, help="Processes to share the work.")] = 1,
    min_confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Only rows at least this sure.")] = None,
    device: Device = "cpu",
    engine: Annotated[str, typer.Option(help="local, or ray: the workers are a cluster's.")] = "local",
    how: Annotated[bool, typer.Option("--explain", help="Print how each row came about instead.")] = False,
    force: Force = False,
) -> None:
    """Read articles; write (or print) the table of stances."""
    output = output or ("-" if output_format else None)
    if how and (output is not None or workers > 1 or engine != "local"):
        raise InputError("--explain prints to the terminal, by one process; leave out --output, --workers and --engine")
    if engine not in ("local", "ray"):
        raise InputError(f"no such engine: {engine!r}; local or ray")
    if workers > 1 and device != "cpu":
        raise InputError(f"--workers are processes on the CPU; leave them out with --device {device}")
    import_spacy()
    import_arrow()
    if output is not None:
        from pipeline.cli.run import check

        check(inputs, output, output_format, force)
    stance: dict[str, Any] = {"device": device}
    if min_confidence is not None:
        stance["min_confidence"] = min_confidence
    reading = {"column": text, "encoding": encoding, "form": input_format}
    if how:
        from pipeline.cli.explain import explain

        explain(inputs, model, stance, reading)
        return
    from pipeline.cli.run import run as run_articles

    try:
        code = run_articles(
            inputs, output, model, stance, reading, form=output_format, workers=workers, ray=engine == "ray"
        )
    except KeyboardInterrupt as stop:
        print(str(stop) or "interrupted", file=sys.stderr)
        code = 130
    raise typer.Exit(code)


@app.command()
def show(
    table: Annotated[Path, typer.Argument(help="A table that `run -o` wrote, or - for standard input (CSV).")],
    source: Annotated[list[str] | None, typer.Option(help="Only this source, by id or name; repeatable.")] = None,
    target: Annotated[list[str] | None, typer.Option(help="Only this target, by id or name; repeatable.")] = None,
    actor: Annotated[
        list[str] | None, typer.Option(help="Only rows with this actor on either side; repeatable.")
    ] = None,
    stance: Annotated[str | None, typer.Option(help="cooperative or oppositional.")] = None,
    status: Annotated[str | None, typer.Option(help="actual, proposed, hypothetical or negated.")] = None,
    document: Annotated[str | None, typer.Option(help="Only this document.")] = None,
    min_confidence: Annotated[float, typer.Option(min=0, max=1, help="Only rows at least this sure.")] = 0.0,
    sort: Annotated[str, typer.Option(help="Column to sort by; a leading - reverses.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=0, help="At most this many rows; 0 for all. The terminal shows 100 by default.")
    ] = None,
    since: Annotated[str, typer.Option(help="Only articles of this date (2016, 2016-05, 2016-05-31) or later.")] = "",
    until: Annotated[str, typer.Option(help="Only articles of this date or earlier.")] = "",
    pairs: Annotated[bool, typer.Option("--pairs", help="Aggregate per ordered pair of actors.")] = False,
    matrix: Annotated[bool, typer.Option("--matrix", help="Sources by targets, the main actors.")] = False,
    by: Annotated[str, typer.Option(help="With --pairs, a series: a line per pair and month or year.")] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", help="Write it: .csv .tsv .jsonl .parquet .duckdb, or -")
    ] = "",
    output_format: Annotated[str | None, typer.Option("--format", help="Overrides the output's ending.")] = None,
    input_format: Annotated[str | None, typer.Option("--input-format", help="Overrides the table's ending.")] = None,
    force: Force = False,
) -> None:
    """Filter, sort and aggregate a stance table, or a folder of Parquet, in place."""
    from pipeline.cli import display
    from pipeline.cli.show import check, ids, say_undated, show_pairs, show_statements
    from pipeline.table import per_pair, scan, select
    from pipeline.table.files import check_output

    output = output or ("-" if output_format else "")
    check(by, pairs, matrix, output, sort)
    if output:
        check_output(output, force=force, form=output_format, documents=not pairs)
    with scan(table, input_format) as statements:
        equal = {"source": ids(source), "target": ids(target), "stance": stance, "status": status, "document": document}
        found = select(statements, equal, actor=ids(actor), min_confidence=min_confidence)
        if since or until:
            undated, found = found, select(found, {}, since=since, until=until)
            say_undated(undated, "year")
        if matrix:
            display.matrix(per_pair(found).to_arrow_table())
        elif pairs:
            show_pairs(found, by, sort, limit, output, output_format)
        else:
            show_statements(found, sort, limit, (table, input_format), output, output_format)


@app.command()
def export(
    table: Annotated[Path, typer.Argument(help="A table that `run -o` wrote.")],
    output: Annotated[str, typer.Option("--output", "-o", help="The file to write; - is standard output.")],
    form: Annotated[str, typer.Option("--as", help="plover (JSONL), polecat, icews or gdelt (tab-separated).")],
    force: Force = False,
) -> None:
    """Write a stance table in the columns of other event data; what those have and it has not stays empty."""
    from pipeline.cli.export import export as export_table

    export_table(table, output, form, force)


@app.command()
def report(
    table: Annotated[Path, typer.Argument(help="A table that `run -o` wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")] = Path("report.html"),
    max_rows: Annotated[int, typer.Option(min=1, help="Statements that the page carries, the surest ones.")] = 2000,
    force: Force = False,
) -> None:
    """One HTML page to look at and to send: matrix, network, timeline, table, and the evidence in its text."""
    from pipeline.files import check_target

    if output.suffix.lower() not in (".html", ".htm"):
        raise InputError("a report is a page; name it .html", output)
    check_target(output, force)
    from pipeline.report.report import write_report

    write_report(table, output, max_rows)
    print(output)


@app.command()
def review(
    given: Annotated[
        str, typer.Argument(metavar="INPUT", help="An article (text, HTML, or -), or a table that `run -o` wrote.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of gold files.")] = Path("annotations/gold"),
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
    annotator: Annotated[str, typer.Option(help="Who judges; by default the user's name.")] = "",
    order: Annotated[str, typer.Option(help="uncertain (least certain first) or reading.")] = "uncertain",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 0,
    model: Model = "",
) -> None:
    """A local page to accept, correct and add statements; each decision is saved at once, as gold."""
    if order not in ("uncertain", "reading"):
        raise InputError(f"no such order: {order!r}; uncertain or reading")
    import_spacy()
    from getpass import getuser

    from pipeline.review.inputs import sessions
    from pipeline.review.server import serve

    serve(*sessions(given, model, output, corpus, annotator or getuser()), port, order)


@app.command()
def classify(
    pairs: Annotated[str, typer.Argument(help="JSONL of text, source [start, end], target [start, end]; or -")],
    output: Annotated[str, typer.Option("--output", "-o", help="JSONL; - is standard output.")] = "-",
    model: Model = "stance",
    device: Device = "cpu",
    force: Force = False,
) -> None:
    """Stance for given pairs: each row comes back, in order, with stance, confidence, scores, quad and root."""
    import_spacy()
    from pipeline.cli.classify import classify as classify_file

    classify_file(pairs, output, model, device, force)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Option(help="Folder of gold files.")] = Path("annotations/gold"),
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
    split: Annotated[str, typer.Option(help="train, dev, test, given (the given article), all or briefs.")] = "test",
    model: Model = "",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the scores as JSON too.")] = None,
    errors: Annotated[Path | None, typer.Option(help="Write every miss and false row to this HTML page.")] = None,
    force: Force = False,
) -> None:
    """Score every stage against gold, with support, confidence intervals and baselines."""
    import json

    from pipeline.files import check_target, write_text

    for target in filter(None, (output, errors)):
        check_target(target, force)
    import_spacy()
    from pipeline.cli import display
    from pipeline.evaluate import evaluate as score
    from pipeline.evaluate.errors import Error, write_page

    found: list[Error] = []
    with display.progress("documents") as advance:
        result = score(gold, corpus, split, model, advance=advance, errors=found if errors else None)
    display.scores(result)
    if errors is not None:
        write_page(found, errors, split, result["model"])
    if output is not None:
        write_text(output, json.dumps(result, indent=1) + "\n")


@app.command()
def train(
    output: Annotated[Path, typer.Option("--output", "-o", help="Model folder to write.")] = Path("models/stance"),
    gold: Annotated[list[Path] | None, typer.Option(help="Folder of gold files; repeatable.")] = None,
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
    external: Annotated[Path | None, typer.Option(help="Folder with plv_train.tsv and dse_train.txt.")] = None,
    kind: Annotated[str, typer.Option(help="encoder or linear.")] = "encoder",
    encoder: Annotated[str, typer.Option(help="Start from this encoder: a folder, or a name on the hub.")] = "",
    layers: Annotated[int | None, typer.Option(min=0, help="Keep the encoder's first layers; 0 keeps all.")] = None,
    actors: Annotated[int | None, typer.Option(min=2, max=8, help="Actors told apart in a reading.")] = None,
    init: Annotated[str, typer.Option(help="Model whose weights to start from.")] = "stance",
    teacher: Annotated[list[str] | None, typer.Option(help="Model whose answers to learn too; repeatable.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start from the encoder of config.cfg.")] = False,
    alone: Annotated[bool, typer.Option("--alone", help="Leave the project's own gold and sentences out.")] = False,
    epochs: Annotated[float | None, typer.Option(min=0.01)] = None,
    rate: Annotated[float | None, typer.Option(min=0, help="Of learning; by default that of config.cfg.")] = None,
    seed: Annotated[int, typer.Option()] = 0,
    kept: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of the weights started from that stays: forgets less, learns less."),
    ] = 0.0,
    force: Annotated[bool, typer.Option("--force", "-F", help="Replace a model even if it is better.")] = False,
) -> None:
    """Retrain the stance classifier on your gold beside the project's own; keeps the old model if that is better."""
    import_spacy()
    try:
        from pipeline.train.command import train as train_model
    except ModuleNotFoundError as error:
        if str(error.name).startswith("pipeline"):
            raise
        raise InputError(f"training needs {error.name}; install demarche[train]") from error

    train_model(
        output,
        gold or [Path("annotations/gold")],
        corpus,
        external=external,
        kind=kind,
        encoder=encoder,
        layers=layers,
        actors=actors,
        teachers=teacher or [],
        init="" if fresh or encoder or kind == "linear" else init,
        alone=alone,
        epochs=epochs,
        rate=rate,
        seed=seed,
        kept=kept,
        force=force,
    )


@gold_app.command("check")
def gold_check(
    files: Annotated[list[Path], typer.Argument(help="Gold files or folders.")],
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
) -> None:
    """Say what is wrong in gold files: file, line, and how to mend it."""
    from pipeline.gold.check import check

    problems = [problem for path in files for problem in check(path, corpus)]
    for problem in problems:
        print(problem)
    if problems:
        raise typer.Exit(2)
    print("no problem found")


@gold_app.command("agree")
def gold_agree(
    one: Annotated[Path, typer.Argument(help="Gold file or folder of the first annotator.")],
    other: Annotated[Path, typer.Argument(help="The same of the second.")],
) -> None:
    """Agreement of two annotators: kappa over ordered actor pairs per sentence, F1 over spans."""
    from pipeline.cli import display
    from pipeline.gold.agree import agree

    display.agreement(agree(one, other))


@gold_app.command("stats")
def gold_stats(
    gold: Annotated[Path, typer.Option(help="Folder of gold files.")] = Path("annotations/gold"),
    passes: Annotated[Path, typer.Option(help="Folder of double annotations, each with A and B.")] = Path(
        "annotations/passes"
    ),
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
) -> None:
    """Print the annotations in numbers, as Markdown."""
    from pipeline.gold.stats import page

    print(page(gold, passes, corpus), end="")


@gold_app.command("import")
def gold_import(
    files: Annotated[list[Path], typer.Argument(help="Files that an annotation tool wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of gold files.")] = Path("annotations/gold"),
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
    annotator: Annotated[str, typer.Option(help="Who annotated.")] = "",
    form: Annotated[str, typer.Option("--format", help=f"{FORMATS}; else by the file's ending.")] = "",
    force: Force = False,
) -> None:
    """Turn annotations made elsewhere into gold files."""
    import_spacy()
    from pipeline.gold.exchange import import_files

    for path in import_files(files, output, corpus, annotator, form, force):
        print(path)


@gold_app.command("export")
def gold_export(
    files: Annotated[list[Path], typer.Argument(help="Gold files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, or folder (interlinear, brat).")],
    form: Annotated[str, typer.Option("--format", help=f"{FORMATS}.")] = "interlinear",
    corpus: Annotated[Path, typer.Option(help="Folder of the texts and their manifest.")] = Path("corpus"),
    force: Force = False,
) -> None:
    """Write gold in the format of an annotation tool; what that cannot hold is said on standard error."""
    import_spacy()
    from pipeline.gold.exchange import export_files
    from pipeline.gold.formats import named

    for path in export_files(files, output, corpus, form, force):
        print(path)
    print(f"not in it: {named(form).LOST}", file=sys.stderr)


def main() -> None:
    """Entry point: a user's mistake is one line on standard error and exit code 2."""
    try:
        app()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except OSError as error:  # a full disk, a file that went away
        print(f"error: {InputError(error.strerror or str(error), error.filename)}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
