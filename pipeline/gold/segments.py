"""The blocks and sentences that the pipeline finds, as gold records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.article.tokenizer import trimmed
from pipeline.gold.schema import Block, Sentence

if TYPE_CHECKING:
    from spacy.tokens import Doc


def blocks_of(doc: Doc) -> list[Block]:
    """The blocks of a document after the pipeline."""
    spans = enumerate(doc.spans["blocks"], start=1)
    return [Block(f"b{n}", b.start_char, b.end_char, b.label_, b.id_ == "repeat") for n, b in spans]


def sentences_of(doc: Doc) -> list[Sentence]:
    """The sentences of a document after the pipeline, without what only sets them off."""
    bounds = [(start, end) for start, end in map(trimmed, doc.sents) if start < end]
    return [Sentence(f"s{n}", start, end) for n, (start, end) in enumerate(bounds, start=1)]
