"""`run --explain`: how each row came about."""

from __future__ import annotations

from itertools import chain
from typing import Any

from rich.console import Console

import pipeline
from pipeline.article import read
from pipeline.cli.display import COLOURS, text
from pipeline.errors import InputError
from pipeline.statements import statement
from pipeline.statements.path import mention_at, path_of
from pipeline.table.rows import one_line


def explain(inputs: list[str], model: str, stance: dict[str, Any], reading: dict[str, Any]) -> None:
    """Print each statement with the mentions, the verb and the path that made it, and what each class scored;
    `stance` are settings of that component, `reading` those of `read`. Raises InputError."""
    articles = read(inputs, **reading)
    first = next(articles, None)  # a bad first article is reported before any model is loaded
    if first is None:
        raise InputError("no article in the input")
    nlp = pipeline.load(model, stance=stance)
    console = Console(soft_wrap=True, highlight=False)
    found = 0
    for doc, article in nlp.pipe(((article.text, article) for article in chain([first], articles)), as_tuples=True):
        last = None
        for s in statement.load(doc):
            found += 1
            if (article.document, s.sentence) != last:
                last = (article.document, s.sentence)
                console.print()
                console.print(text(f"{article.document}: {one_line(article.text[slice(*s.sentence)])}", "bold"))
            console.print(text(f"  {s.source} > {s.target}  {s.stance} {s.confidence:.2f}", COLOURS[s.stance]))
            for side, actor, span in (("source", s.source, s.source_span), ("target", s.target, s.target_span)):
                found_as = mention_at(doc, span)
                kind = found_as.label_ if found_as is not None else "mention"
                console.print(text(f'    {side}  {actor}, "{article.text[slice(*span)]}" ({kind})'))
            told = f", told by {s.speaker}" if s.speaker else ""
            console.print(text(f'    verb    "{article.text[slice(*s.verb_span)]}", {s.root}, {s.status}{told}'))
            console.print(text(f"    path    {path_of(doc, s)}"))
            scores = ", ".join(f"{name} {score:.2f}" for name, score in s.scores.items())
            own = "  (the classifier's alone; how sure the row is counts the syntax too)" if s.linked else ""
            console.print(text(f"    scores  {scores}{own}"))
    if not found:
        console.print("No statement found.")
