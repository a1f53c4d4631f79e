"""Name the blocks of an article: headline, byline, body, caption, editor's note, footnote, boilerplate.

Works on plain text alone, by layout and by the conventions of news sites. Blocks never overlap, are in the order of the
text, and cover all of it but white space, the bars of run-in headings and the marks of footnotes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from pipeline.labels import BlockLabel

HEADING_WORDS = 16
REPEAT_WORDS = 6
REPEAT_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Block:
    """Characters `start` to `end` of the article; `repeat` when it says again what an earlier block said."""

    label: BlockLabel
    start: int
    end: int
    repeat: bool = False


_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_TERMINAL = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_BYLINE = re.compile(
    r"^(by\s+(?-i:[A-Z|]).{0,100}|by\s*\|.{0,80}"
    r"|\(?(reporting|writing|edited|editing|additional reporting) by\b.{0,200}"
    r"|(our |a )?(staff )?(correspondent|reporter|writer)s?|(?-i:[A-Z][\w ]{1,20} News, [A-Z][\w .'’-]{2,30})"
    r"|(published|updated|posted)\b.{0,60}\d{4}.{0,30}|\w+ \d{1,2},? \d{4}|\d{1,2} \w+ \d{4}|\d{4}-\d\d-\d\d)$",
    re.IGNORECASE,
)
_DAY = (
    r"(?:\d{1,2} [A-Z][a-z]{2,8}\.?|[A-Z][a-z]{2,8}\.? \d{1,2}|[A-Z][a-z]+day)(?:,? \d{1,2} [A-Z][a-z]+)?(?:,? \d{4})?"
)
_CAPITALS = r"(?=[^a-z]*[A-Z]{3})[A-ZÀ-Þ][A-ZÀ-Þ'’/. -]{2,40}"
_DATELINE = re.compile(
    rf"{_CAPITALS}(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)?)?"
    rf"(?:,? \({_DAY}\)|[,.]? {_DAY}(?: \([^()]{{2,40}}\))?|,? \([^()]{{2,40}}\)|(?<=[a-z]))"
    r"(?:\s*[-–—](?: (?:By )?[A-Z][\w'’-]+(?: [\w'’-]+){1,3})?)?"
    rf"|{_CAPITALS}, (?:staff writer|correspondent|reporter)|(?:[A-Z][a-zà-ž]+ ){{0,2}}[A-Z][a-zà-ž]+, {_DAY}"
    r"|(?:By|From) (?:our|a|the) [\w ]*(?:correspondent|desk|reporter|staff)\b.{0,60}"
    r"|(?:From|Analysis by|Interview:|Interview by) [A-Z][\w'’-]+ [A-Z].{0,50}"
)
"""The place, day, agency and author that open a report on a line of their own: "LIMA, 18 July (Litoral Press) –"."""
_AGENCY = r"\([^()]{2,40}\)"
_RUN_IN_DATELINE = re.compile(
    rf"(?:{_CAPITALS}(?:, [A-Z][a-z]+(?: [A-Z][a-z]+)?)?(?:[,.]? {_DAY})?(?:,? {_AGENCY})?"
    rf"|[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?(?:, {_DAY})? {_AGENCY})(?:(?<=\)) ?[-–—]+|\s*[-–—]+(?=\s))(?=\s*[A-Z“\"‘'\d])"
    rf"|{_CAPITALS}(?:[,.]? {_DAY})? {_AGENCY}:?(?=\s+[A-Z][a-z])"
    rf"|{_CAPITALS}, {_DAY}\. /[A-Z]{{3,}}/\.(?=\s+[A-Z“\"‘'])"
)
"""The same before a first sentence: "LIMA, 18 July (Litoral Press) – Peru …", "LIMA, July 18. /TASS/. Peru …"."""
_CREDIT = re.compile(
    r"([|(\[]\s*(image|photo(graph)?s?|picture|credit|source|file photo|illustration)\b[^|]{0,80}$"
    r"|\b(image|photo(graph)?|picture) (credit|by|courtesy)\b.{0,80}$"
    r"|(?-i:\b(Getty Images|AP Photo|AFP Photo|Reuters/\w+|EPA-EFE|Shutterstock))\W?.{0,40}$"
    r"|^(photo(graph)?|image( caption)?|caption|picture|in this (file )?photo)\b\s*[:,])",
    re.IGNORECASE,
)
_EDITORS_NOTE = re.compile(
    r"^(editors?['’]?s?['’]? note|note from the editor)\b|[–—-]\s*[^.!?]{3,60}\bEditor\W*$", re.I
)
_NOTES_HEADING = re.compile(r"^(references|notes|footnotes|endnotes|sources)\W*$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\[?\d{1,2}[\].)]?|[*†‡])\s+\S")
_RUN_IN = re.compile(r"^([^|.!?]{3,140}?)\s+\|\s+(?=[\"“‘'(]?[A-Z])")
_GLUED_NOTE = re.compile(r"(?<=[.!?”\"’)])(\d{1,2}\))(?=[A-Z“\"])")
_SENTENCE_END = re.compile(r"(?<![A-Z])(?<!\b(?:Mr|Dr|St))[.!?][”\"’)]*(?=\s+[A-Z“\"‘(]|\s*$)")
_WORD = re.compile(r"\w+")


@cache
def _boilerplate() -> re.Pattern[str]:
    lines = (files("pipeline") / "data" / "boilerplate.txt").read_text(encoding="utf-8").splitlines()
    return re.compile("|".join(f"(?:{line})" for line in lines if line and not line.startswith("#")), re.IGNORECASE)


_BREAK = re.compile(r"^[ \t]*(\S.*)\n(?=[ \t]*(\S))", re.MULTILINE)


def _wrap(text: str) -> int:
    """The width at which a text is wrapped, such as a column out of a PDF, or 0. It is wrapped if most of its line
    breaks stand before a small letter, so within a sentence."""
    breaks = [(len(line[1].rstrip()), line[2].islower()) for line in _BREAK.finditer(text)]
    within = [width for width, goes_on in breaks if goes_on]
    return max(within) if len(within) >= 3 and 2 * len(within) > len(breaks) else 0


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs without their outer white space. A line break inside hard-wrapped text does not end one."""
    start = end = width = -1
    narrow = min(_wrap(text), 50)
    for match in _LINE.finditer(text):
        line = match[0].strip()
        if not line:
            continue
        at = match.start() + match[0].index(line)
        gap = text[end:at] if end >= 0 else ""
        one_break = len(gap.replace("\r\n", "\n").strip(" \t\xa0")) == 1
        full = 50 <= width <= 100 or bool(narrow and 0.6 * narrow < width < 50)
        wrapped = one_break and full and len(line) <= 100 and not _NUMBERED.match(line)
        if start >= 0 and not wrapped:
            yield start, end
        if not wrapped:
            start = at
        end, width = at + len(line), len(line)
    if start >= 0:
        yield start, end


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[BlockLabel | None, int, int]]:
    """A paragraph without what is run into it: a heading before a bar, a dateline, a footnote glued to a sentence."""
    paragraph = text[start:end]
    if (dateline := _RUN_IN_DATELINE.match(paragraph)) and not _DATELINE.fullmatch(paragraph):
        yield "byline", start, start + dateline.end()
        start += len(paragraph) - len(paragraph[dateline.end() :].lstrip())
        paragraph = text[start:end]
    if (heading := _RUN_IN.match(paragraph)) and not _CREDIT.search(paragraph) and not _BYLINE.match(paragraph):
        yield "headline", start, start + heading.end(1)
        start += heading.end()
    for mark in list(_GLUED_NOTE.finditer(text, start, end)):
        if mark.start() < start:
            continue
        yield None, start, mark.start()
        close = _SENTENCE_END.search(text, mark.end(), end)
        note_end = close.end() if close else end
        yield "footnote", mark.end(), note_end
        start = note_end + len(text[note_end:end]) - len(text[note_end:end].lstrip())
    if start < end:
        yield None, start, end


def _label(text: str, first: bool, in_notes: bool) -> BlockLabel:
    words = len(text.split())
    if _boilerplate().search(text):
        return "boilerplate"
    if _NOTES_HEADING.match(text):
        return "boilerplate"
    if in_notes and _NUMBERED.match(text):
        return "footnote"
    if _BYLINE.match(text) or _DATELINE.fullmatch(text):
        return "byline"
    if _CREDIT.search(text):
        return "caption"
    if _EDITORS_NOTE.search(text):
        return "editors-note"
    if words <= HEADING_WORDS + 14 * first and not _TERMINAL.search(text) and any(c.isalpha() for c in text):
        return "headline"
    return "body"


def _counts(text: str) -> Counter[str]:
    return Counter(word.lower() for word in _WORD.findall(text))


def _same(one: Counter[str], other: Counter[str]) -> bool:
    """Whether two blocks say the same: the shorter has most of its words in the longer, and is not much shorter."""
    small, large = sorted((one.total(), other.total()))
    if small < REPEAT_WORDS or small < large / 2.5:
        return small > 0 and one == other
    return (one & other).total() / small >= (REPEAT_SHARE if small >= 3 * REPEAT_WORDS else 0.9)


_FRONT = frozenset({"headline", "byline", "caption", "editors-note", "boilerplate"})


def _note_before_signature(blocks: list[Block]) -> list[Block]:
    """An editor's note is signed at its end: the body paragraphs of the same front matter belong to it."""
    blocks = list(blocks)
    for at, block in enumerate(blocks):
        if block.label == "editors-note":
            start = at
            while start and blocks[start - 1].label == "body":
                start -= 1
            front = all(b.label in _FRONT for b in blocks[:start])
            if front and any(b.label in ("headline", "byline") for b in blocks[at + 1 : at + 3]):
                blocks[start:at] = [replace(b, label="editors-note") for b in blocks[start:at]]
    return blocks


MANY = 100
"""Blocks that are compared for one word, at most: a commoner word tells none apart, and would make time quadratic."""


def find_blocks(text: str) -> list[Block]:
    """The blocks of `text`, in order; offsets are characters of `text`."""
    blocks: list[Block] = []
    in_notes = False
    for start, end in _paragraphs(text):
        for known, a, b in _pieces(text, start, end):
            label = known or _label(text[a:b], not blocks, in_notes)
            in_notes = bool(_NOTES_HEADING.match(text[a:b])) or (in_notes and label == "footnote")
            blocks.append(Block(label, a, b))
    blocks = _note_before_signature(blocks)
    counts = [_counts(text[block.start : block.end]) for block in blocks]
    originals: dict[str, list[int]] = {}
    for at, block in enumerate(blocks):
        if block.label == "boilerplate":
            continue
        words = set(counts[at])
        seen = Counter(other for word in words for other in originals.get(word, ()))
        for other, _ in seen.most_common(3):
            if _same(counts[at], counts[other]):
                labels = {blocks[other].label, block.label}
                if labels == {"caption", "body"}:
                    blocks[other] = replace(blocks[other], label="caption")
                    block = replace(block, label="caption")
                blocks[at] = replace(block, repeat=True)
                break
        else:
            for word in words:
                if len(word) > 3 and len(places := originals.setdefault(word, [])) < MANY:
                    places.append(at)
    return blocks
