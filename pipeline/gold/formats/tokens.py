"""Tokens that end wherever a gold span does, for the formats that count in tokens."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

from spacy.tokens import Doc

from pipeline.gold.schema import Gold, Span


@cache
def _english() -> Any:
    import spacy

    return spacy.blank("en")


def tokenize(text: str, gold: Gold) -> Doc:
    """`text` by spaCy's English rules, cut at every boundary of a span of `gold` too; its text is `text` itself."""
    spans: list[Span] = [*gold.blocks, *gold.sentences, *gold.mentions, *gold.verbs]
    cuts = sorted({0, len(text), *(s.start for s in spans), *(s.end for s in spans)})
    words: list[str] = []
    spaces: list[bool] = []
    for start, end in pairwise(cuts):
        for token in _english().tokenizer(text[start:end]):
            words.append(token.text)
            spaces.append(bool(token.whitespace_))
    return Doc(_english().vocab, words=words, spaces=spaces)
