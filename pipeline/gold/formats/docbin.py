"""spaCy's DocBin: mentions are entities, all spans stand in `doc.spans`, pairs in `doc._.rel`.

`doc._.rel` is that of spaCy's relation tutorial: `{(first token of source, first token of target): {stance: 1.0}}` for
every ordered pair of entities in a sentence. The statements in full are dictionaries in `doc.user_data["statements"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import permutations
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, DocBin, Span

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.files import replacing
from pipeline.gold.corpus import Annotated
from pipeline.gold.formats import Texts
from pipeline.gold.formats.tokens import tokenize
from pipeline.gold.schema import Block, Gold, Mention, Sentence, Statement, Verb
from pipeline.labels import STANCES

MANY = True
BESIDE = ""
LOST = "nothing"


def _doc(item: Annotated) -> Doc:
    gold, text = item.gold, item.text
    doc = tokenize(text, gold)

    def span(record: Any, label: str, key: str = "") -> Span:
        found = doc.char_span(record.start, record.end, label=label, kb_id=key)
        assert found is not None  # every boundary is a token's
        found.id_ = record.id
        return found

    mentions = {m.id: span(m, "ACTOR", " ".join(m.actors)) for m in gold.mentions}
    doc.set_ents(list(mentions.values()))
    doc.spans["blocks"] = [span(b, b.label, "repeat" if b.repeat else "") for b in gold.blocks]
    doc.spans["sentences"] = [span(s, "SENTENCE") for s in gold.sentences]
    doc.spans["actors"] = list(mentions.values())
    doc.spans["diplomatic_verbs"] = [span(v, v.root) for v in gold.verbs]
    pairs: dict[tuple[int, int], dict[str, float]] = {}
    for sentence in gold.sentences:
        here = [mentions[m.id].start for m in gold.mentions_in(sentence)]
        pairs |= {pair: dict.fromkeys(STANCES[:2], 0.0) for pair in permutations(here, 2)}
    for s in gold.statements:
        pair = (mentions[s.source_mention].start, mentions[s.target_mention].start)
        pairs.setdefault(pair, dict.fromkeys(STANCES[:2], 0.0))[s.stance] = 1.0
    doc._.rel = pairs
    doc.user_data["statements"] = [asdict(s) for s in gold.statements]
    doc.user_data["document"] = {"document": gold.document, "annotator": gold.annotator}
    return doc


def _register() -> None:
    if not Doc.has_extension("rel"):
        Doc.set_extension("rel", default={})


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write all documents as one DocBin."""
    _register()
    with replacing(path) as temporary:
        DocBin(docs=map(_doc, items), store_user_data=True).to_disk(temporary)


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read a DocBin; of one that holds no statements of ours, entities and `doc._.rel` are read. Raises InputError."""
    import spacy

    _register()
    try:
        docs = list(DocBin(store_user_data=True).from_disk(path).get_docs(spacy.blank("en").vocab))
    except Exception as error:  # a damaged file raises whatever its bytes lead to
        raise InputError(f"not a spaCy DocBin ({error})", path) from error
    for number, doc in enumerate(docs, start=1):
        if doc.user_data.get("statements") and "document" not in doc.user_data:
            raise InputError("these are Docs of the pipeline's own, and not gold; review them first", path)
        about = doc.user_data.get("document", {"document": f"{path.stem}-{number}", "annotator": ""})
        gold = Gold(about["document"], sha256(doc.text), about["annotator"])
        groups = doc.spans
        gold.blocks = [
            Block(b.id_, b.start_char, b.end_char, b.label_, b.kb_id_ == "repeat") for b in groups.get("blocks", [])
        ]
        gold.sentences = [Sentence(s.id_, s.start_char, s.end_char) for s in groups.get("sentences", [])]
        actors = groups.get("actors", doc.ents)
        gold.mentions = [
            Mention(m.id_ or f"m{n}", m.start_char, m.end_char, tuple(m.kb_id_.split()))
            for n, m in enumerate(actors, start=1)
        ]
        gold.verbs = [Verb(v.id_, v.start_char, v.end_char, v.label_) for v in groups.get("diplomatic_verbs", [])]
        if "statements" in doc.user_data:
            gold.statements = [Statement(**values) for values in doc.user_data["statements"]]
        else:
            gold.statements = list(_related(doc, gold))
        yield gold, doc.text


def _related(doc: Doc, gold: Gold) -> Iterator[Statement]:
    """Statements of `doc._.rel` alone, as other tools write it: no verb, no status."""
    starts = {doc.char_span(m.start, m.end).start: m for m in gold.mentions}  # type: ignore[union-attr]
    for (head, child), labels in doc._.rel.items():
        for stance in STANCES[:2]:
            if labels.get(stance, 0.0) >= 0.5 and head in starts and child in starts:
                source, target = starts[head], starts[child]
                ends = ("", source.id, "", target.id)
                yield Statement(f"t{head}-{child}", "", *ends, "", stance)
