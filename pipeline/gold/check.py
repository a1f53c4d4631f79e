"""Check gold files: schema, offsets, digest, actor ids, overlaps, duplicates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.gold.corpus import Entry, find_text, read_manifest
from pipeline.gold.schema import Gold, Span, Statement, gold_files, lines, read
from pipeline.labels import ACTOR_ID, BLOCKS, ROOTS, STANCES, STATUSES


def check(path: Path, corpus: Path) -> Iterator[str]:
    """What is wrong in a gold file, or in every one of a folder: one line a problem, with file, line and mend."""
    try:
        entries = read_manifest(corpus)
    except InputError as error:
        yield str(error)
        return
    for file in gold_files(path):
        yield from _check_file(file, corpus, entries)


def _check_file(path: Path, corpus: Path, entries: dict[str, Entry]) -> Iterator[str]:
    try:
        gold = read(path)
        entry = entries.get(gold.document)
        text = find_text(gold.sha256, entry, corpus)
    except InputError as error:
        yield str(error)
        return
    numbers = {values.get("id", ""): number for number, values in lines(path)}
    for record, problem in _problems(gold, text, known=entry is not None):
        yield str(InputError(problem, path, numbers.get(record, 1)))


def _known_actors() -> frozenset[str]:
    from pipeline.actors.gazetteer import names

    return frozenset(name.actor for name in names())


def _problems(gold: Gold, text: str | None, known: bool) -> Iterator[tuple[str, str]]:
    if not known:
        yield "", f"document {gold.document!r} is not in the manifest; add it there"
    if text is not None and sha256(text) != gold.sha256:
        yield "", "the text has changed since it was annotated (SHA-256 differs); annotate it as it is now"
    for identity, times in Counter(record.id for record in gold.records()).items():
        if times == 1:
            continue
        yield identity, f"id {identity!r} stands twice; give each record its own"
    length = len(text) if text is not None else None
    spans: list[Span] = [*gold.blocks, *gold.sentences, *gold.mentions, *gold.verbs]
    for record in spans:
        if not 0 <= record.start < record.end or (length is not None and record.end > length):
            yield (
                record.id,
                f"offsets {record.start} to {record.end} are empty or outside the text ({length} characters)",
            )
        elif text is not None and text[record.start : record.end] != text[record.start : record.end].strip():
            yield record.id, "the span begins or ends with white space; move its offsets inward"
    for block in gold.blocks:
        if block.label not in BLOCKS:
            yield block.id, f"label {block.label!r} is no block; one of {', '.join(BLOCKS)}"
    # verbs may nest: "called for talks"
    flat: tuple[Sequence[Span], ...] = (gold.blocks, gold.sentences, gold.mentions)
    for kind in flat:
        for one, other in pairwise(sorted(kind, key=lambda record: (record.start, record.end))):
            if other.start < one.end:
                yield other.id, f"overlaps {one.id!r} ({one.start} to {one.end}); spans of one type do not"
    yield from _labels(gold)
    yield from _links(gold)


def _labels(gold: Gold) -> Iterator[tuple[str, str]]:
    actors = _known_actors()
    for mention in gold.mentions:
        for actor in mention.actors:
            if not ACTOR_ID.fullmatch(actor):
                yield mention.id, f"{actor!r} is no actor id; ISO alpha-3, IGO:… or ORG:…"
            elif not actor.startswith("ORG:") and actor not in actors:
                yield mention.id, f"unknown actor {actor!r}; see pipeline/data/actors.csv"
        if not mention.actors:
            yield mention.id, "a mention of nobody; name its actors"
    for verb in gold.verbs:
        if verb.root not in ROOTS:
            yield verb.id, f"root {verb.root!r} is none of {', '.join(ROOTS)}"
    for s in gold.statements:
        if s.stance not in STANCES[:2]:
            yield s.id, f"stance {s.stance!r} is neither cooperative nor oppositional"
        if s.status not in STATUSES:
            yield s.id, f"status {s.status!r} is none of {', '.join(STATUSES)}"
        if s.speaker and not ACTOR_ID.fullmatch(s.speaker):
            yield s.id, f"speaker {s.speaker!r} is no actor id"


def _links(gold: Gold) -> Iterator[tuple[str, str]]:
    sentences = {s.id: s for s in gold.sentences}
    mentions = {m.id: m for m in gold.mentions}
    verbs = {v.id: v for v in gold.verbs}
    statements = {s.id: s for s in gold.statements}
    seen: dict[tuple[str, ...], str] = {}
    for s in gold.statements:
        sentence = sentences.get(s.sentence)
        if sentence is None:
            yield s.id, f"sentence {s.sentence!r} does not exist"
            continue
        for role, identity, actor in (("source", s.source_mention, s.source), ("target", s.target_mention, s.target)):
            mention = mentions.get(identity)
            if mention is None:
                yield s.id, f"{role}_mention {identity!r} does not exist"
            elif actor not in mention.actors:
                yield s.id, f"{role} {actor!r} is not what mention {identity!r} names ({', '.join(mention.actors)})"
            elif not sentence.start <= mention.start < sentence.end:
                yield s.id, f"{role}_mention {identity!r} is outside sentence {s.sentence!r}"
        if s.verb and s.verb not in verbs:
            yield s.id, f"verb {s.verb!r} does not exist"
        elif s.verb and not sentence.start <= verbs[s.verb].start < sentence.end:
            yield s.id, f"verb {s.verb!r} is outside sentence {s.sentence!r}"
        if s.source == s.target:
            yield s.id, "source and target are the same actor"
        if s.mutual and not _mirrors(s, statements.get(s.mutual)):
            yield s.id, f"mutual {s.mutual!r} is not its other direction; the two name each other"
        key = (s.sentence, s.source, s.target, s.stance)
        if key in seen:
            yield s.id, f"the same as {seen[key]!r}; one statement for a pair and stance in a sentence"
        seen[key] = s.id


_SHARED = attrgetter("sentence", "stance", "status", "verb", "speaker", "arguable")
"""What the two directions of a mutual statement have in common."""


def _mirrors(s: Statement, other: Statement | None) -> bool:
    if other is None or (other.mutual, other.source, other.target) != (s.id, s.target, s.source):
        return False
    return _SHARED(other) == _SHARED(s)
