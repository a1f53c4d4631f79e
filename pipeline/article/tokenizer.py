"""The tokenizer of the pipeline: block by block, so that nothing is glued across a block's end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry

from pipeline.article.blocks import Block, find_blocks
from pipeline.article.plain import plain

_CLOSING = frozenset("\"'”’)]»")
_CLOSERS = 8
"""Closing quotes, brackets and spaces that a sentence may end in."""
LONGEST = 200
"""Characters that a word may have: on a line of brackets the tokenizer takes the square of its length."""
_RUN = re.compile(rf"\S{{{LONGEST + 1},}}")
_AFTER_DOT = re.compile(r"(?<=[A-Z]\.)(-)(?=[A-Za-z])")
"""Where "U.S.-China" and "U.N.-led" come apart, as "US-China" does without help."""
_NOTED = re.compile(r"(?<=[a-z]{3})([.,;:!?]?)(\[\d{1,3}|[¹²³⁰⁴-⁹]+)$|(?<=[a-z]{3})([.!?])(\d{1,3})$")
_MARK = re.compile(r"\[?\d{1,3}|[¹²³⁰⁴-⁹]+")
"""The mark of a footnote, which comes off the word that it is glued to: "invaded Ukraine.[3]"."""
_NUMBER = re.compile(r"\(?\w{1,3}[.)]|[A-Z]:")


def _is_mark(words: list[str], spaces: list[bool], at: int) -> bool:
    """Whether a token is a footnote's mark, glued to the token before it."""
    return bool(_MARK.fullmatch(words[at])) and not spaces[at - 1]


def _closes_mark(words: list[str], spaces: list[bool], at: int) -> bool:
    """Whether a token is a footnote's mark, or the bracket that closes one."""
    return words[at] == "]" or _is_mark(words, spaces, at)


def _parts(word: str) -> list[str]:
    """A token, cut where it is to come apart."""
    return [part for piece in _AFTER_DOT.split(word) for part in _NOTED.split(piece) if part]


def _may_end(words: list[str], spaces: list[bool], first: int, at: int) -> bool:
    """Whether a sentence can end at a token: with its stop, within closing quotes, brackets and white space, and not
    with the number of the paragraph, which begins at token `first`."""
    last = max(first, at - _CLOSERS)
    while at > last and (words[at] in _CLOSING or words[at].isspace() or _is_mark(words, spaces, at)):
        at -= 1
    if words[at][-1] not in ".?!…":
        return False
    return at - first > 3 or any(spaces[first:at]) or not _NUMBER.fullmatch("".join(words[first : at + 1]))


def trimmed(sentence: Span) -> tuple[int, int]:
    """The characters of a sentence without what only sets it off: white space, the bar in "| Photo: Reuters"."""
    inner = sentence.text.strip().strip("|").strip()
    start = sentence.start_char + sentence.text.index(inner)
    return start, start + len(inner)


def ahead(doc: Doc, start: int, most: int) -> Span:
    """At most `most` tokens from `start` on, up to the next beginning of a sentence. `Token.sent` walks the whole
    sentence, which for every token would be quadratic."""
    end = start
    while end < min(start + most, len(doc)) and not doc[end].is_sent_start:
        end += 1
    return doc[start:end]


def _pieces(text: str) -> Iterator[str]:
    """The text, cut so that no piece has more than `LONGEST` characters without a space."""
    at = 0
    for run in _RUN.finditer(text):
        for cut in range(run.start() + LONGEST, run.end(), LONGEST):
            yield text[at:cut]
            at = cut
    yield text[at:]


def _stretches(text: str, blocks: list[Block]) -> Iterator[tuple[int, int, Block | None]]:
    at = 0
    for block in blocks:
        if at < block.start:
            yield at, block.start, None
        yield block.start, block.end, block
        at = block.end
    if at < len(text):
        yield at, len(text), None


class ArticleTokenizer:
    """Tokenizes each block by itself; blocks go to `doc.spans["blocks"]` and start a sentence each.

    `doc.text` has the length of the text as given, character for character, with quotes straightened and every
    space plain: models were trained on such text, and offsets into one are offsets into the other.
    """

    def __init__(self, tokenizer: Callable[[str], Doc]) -> None:
        self.tokenizer = tokenizer

    def __call__(self, text: str) -> Doc:
        blocks = find_blocks(text)
        text = plain(text)
        words: list[str] = []
        spaces: list[bool] = []
        starts: list[bool | None] = []
        bounds: list[tuple[Block, int, int]] = []
        for start, end, block in _stretches(text, blocks):
            if block is None and text[start:end].isspace():
                if words and not spaces[-1] and text[start] == " ":
                    spaces[-1], start = True, start + 1
                if start < end:
                    words.append(text[start:end])
                    spaces.append(False)
                    starts.append(True)
                continue
            first = len(words)
            for piece in _pieces(text[start:end]):
                for token in self.tokenizer(piece):
                    parts = _parts(token.text)
                    words += parts
                    spaces += [*[False] * (len(parts) - 1), bool(token.whitespace_)]
            starts += [True, *[None] * (len(words) - first - 1)]
            if block is None:
                continue
            bounds.append((block, first, len(words)))
            for at in range(first + 1, len(words)):
                marks = _closes_mark(words, spaces, at)  # it belongs to the sentence before
                if (
                    block.label == "headline"
                    or words[at].isspace()
                    or marks
                    or not _may_end(words, spaces, first, at - 1)
                ):
                    starts[at] = False
                elif words[at][0].isupper() and _closes_mark(words, spaces, at - 1):
                    starts[at] = True
        vocab = self.tokenizer.vocab  # type: ignore[attr-defined]
        doc = Doc(vocab, words=words, spaces=spaces, sent_starts=starts)  # type: ignore[arg-type]
        doc.spans["blocks"] = [
            Span(doc, first, last, label=block.label, span_id="repeat" if block.repeat else "")
            for block, first, last in bounds
        ]
        return doc

    def __getattr__(self, name: str) -> Any:
        if name == "tokenizer":
            raise AttributeError(name)
        return getattr(self.tokenizer, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return ArticleTokenizer, (self.tokenizer,)


@registry.tokenizers("demarche.ArticleTokenizer.v1")  # type: ignore[untyped-decorator]
def create_article_tokenizer() -> Callable[[Language], ArticleTokenizer]:
    """The registered tokenizer: English rules, applied to one block at a time."""
    english = registry.tokenizers.get("spacy.Tokenizer.v1")()
    return lambda nlp: ArticleTokenizer(english(nlp))
