"""Statements of one article to rows of the table."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from typing import Any

from spacy.tokens import Doc

from pipeline.article import Article
from pipeline.statements.statement import Statement
from pipeline.statements.statement import load as statements_of


def _id(article: Article, s: Statement) -> str:
    parts = (article.document, *s.sentence, s.source, s.target, *s.verb_span, s.stance, s.model)
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()[:16]


def one_line(text: str) -> str:
    """The text with its white space folded."""
    return " ".join(text.split())


def rows(article: Article, doc: Doc) -> list[dict[str, Any]]:
    """One row a statement, in the order of the text; `doc` is `article.text` after the pipeline."""
    statements = statements_of(doc)
    ids = [_id(article, s) for s in statements]
    starts = [sentence.start_char for sentence in doc.sents if not sentence.text.isspace()]
    text = article.text
    return [
        {
            "id": identity,
            "document": article.document,
            "date": article.date,
            "sentence": bisect_right(starts, s.sentence[0]),
            "start": s.sentence[0],
            "end": s.sentence[1],
            "source": s.source,
            "source_text": one_line(text[slice(*s.source_span)]),
            "target": s.target,
            "target_text": one_line(text[slice(*s.target_span)]),
            "verb": s.verb,
            "root": s.root,
            "quad": s.quad,
            "stance": s.stance,
            "confidence": round(s.confidence, 4),
            "status": s.status,
            "mutual": ids[s.mutual] if s.mutual is not None else "",
            "speaker": s.speaker,
            "block": s.block,
            "evidence": one_line(text[slice(*s.sentence)]),
            "model": s.model,
        }
        for identity, s in zip(ids, statements, strict=True)
    ]
