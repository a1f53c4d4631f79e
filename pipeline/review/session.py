"""One article under review: what the model says of it, what a person said of that, and the gold that follows."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.actors import mention
from pipeline.article import Article
from pipeline.errors import InputError
from pipeline.gold import schema
from pipeline.gold.corpus import add, new_entry, read_manifest
from pipeline.gold.schema import Gold, Mention, Sentence, Statement, Verb
from pipeline.gold.segments import blocks_of, sentences_of
from pipeline.review.journal import Decision, Journal, Role, parse
from pipeline.table.files import replacing
from pipeline.table.rows import rows


@dataclass(frozen=True, slots=True)
class Item:
    """A statement of the model, to be judged. Spans are characters of the text."""

    id: str
    sentence: int
    source: Role
    target: Role
    stance: str
    confidence: float
    verb: tuple[int, int]
    words: str
    root: str
    status: str
    speaker: str


class Session:
    """Items, decisions and gold of one article.

    The gold file `output/DOCUMENT.jsonl` is written after every decision. Statements that nobody judged yet are
    arguable in it, so that they count neither way in training and evaluation. Beside it `DOCUMENT.journal` keeps each
    decision with its time. Raises InputError where a gold file is there that no review wrote, or the corpus has another
    text of that name.
    """

    def __init__(self, article: Article, nlp: Language, output: Path, corpus: Path, annotator: str) -> None:
        doc = nlp(article.text)
        self.article, self.corpus = article, corpus
        self.base = _base(article, doc, annotator)
        self.path = output / f"{article.document}.jsonl"
        journal = self.path.with_suffix(".journal")
        if self.path.is_file() and not journal.is_file():
            raise InputError("this gold was not made by a review; name another folder with -o", self.path)
        self.items = _items(article, doc, self.base.sentences)
        self.journal = Journal(journal, self.base.sha256, len(article.text))
        references = {(m.start_char, m.end_char) for m in doc.spans[mention.KEY] if m.label_ == "reference"}
        self.names = [m for m in self.base.mentions if (m.start, m.end) not in references]
        entry = read_manifest(corpus, missing_ok=True).get(article.document)
        if entry is not None and entry.sha256 != self.base.sha256:
            raise InputError(
                f"the corpus has another text by the name of {article.document!r}; rename the article", article.file
            )
        self.in_corpus = entry is not None

    def decide(self, values: dict[str, Any]) -> None:
        """Keep a decision and write the gold. Raises ValueError for what is none."""
        decision = parse({**values, "time": datetime.now(UTC).isoformat(timespec="seconds")}, len(self.article.text))
        source, target = (self._sentence(role) for role in (decision.source, decision.target))
        if source is None or source != target:
            raise ValueError("source and target stand in one sentence")
        self.journal.add(decision)
        self.save()

    def undo(self) -> Decision | None:
        """Take back the last decision."""
        taken = self.journal.undo()
        self.save()
        return taken

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "items": [asdict(item) for item in self.items],
            "decisions": {name: asdict(decision) for name, decision in self.journal.latest().items()},
            "mentions": [asdict(m) for m in self.base.mentions],
            "sentences": [{"start": s.start, "end": s.end} for s in self.base.sentences],
        }

    def save(self) -> None:
        """Write the gold file, and the article into the corpus where that does not have it."""
        if not self.in_corpus:
            about = {"title": self.article.title, "author": self.article.author, "date": self.article.date}
            entry = new_entry(self.base, {**about, "invented": "no"})
            add(entry, self.article.text, self.corpus, read_manifest(self.corpus, missing_ok=True))
            self.in_corpus = True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as temporary:
            schema.write(self.gold(), temporary)

    def _sentence(self, role: Role) -> Sentence | None:
        return next((s for s in self.base.sentences if s.start <= role.start and role.end <= s.end), None)

    def _key(self, decision: Decision) -> tuple[Sentence | None, str, str, str]:
        """A sentence holds one statement for a pair and stance."""
        return self._sentence(decision.source), decision.source.actor, decision.target.actor, decision.stance

    def gold(self) -> Gold:
        """The annotation as far as it has come."""
        latest = self.journal.latest()
        items: dict[str, Item] = {item.id: item for item in self.items}
        pending = [Decision(i.id, "", i.stance, True, i.source, i.target) for i in self.items if i.id not in latest]
        stated = [decision for decision in [*pending, *latest.values()] if decision.stance != "none"]
        unique = {self._key(decision): (items.get(decision.item), decision) for decision in stated}
        kept = sorted(unique.values(), key=lambda found: (found[1].source.start, found[1].target.start))
        gold = replace(self.base, mentions=self._mentions([decision for _, decision in kept]), verbs=[], statements=[])
        places = {(m.start, m.end): m.id for m in gold.mentions}
        verbs: dict[tuple[int, int], Verb] = {}
        for n, (item, decision) in enumerate(kept, start=1):
            sentence = self._sentence(decision.source)
            assert sentence is not None
            verb = ""
            if item and item.root and decision.stance == item.stance:
                verb = verbs.setdefault(item.verb, Verb(f"v{len(verbs) + 1}", *item.verb, item.root)).id
            gold.statements.append(
                Statement(
                    id=f"t{n}",
                    sentence=sentence.id,
                    source=decision.source.actor,
                    source_mention=places[_within(decision.source, places)],
                    target=decision.target.actor,
                    target_mention=places[_within(decision.target, places)],
                    verb=verb,
                    stance=decision.stance,
                    status=item.status if item else "actual",
                    speaker=item.speaker if item else "",
                    arguable=decision.arguable,
                )
            )
        gold.verbs = list(verbs.values())
        return gold

    def _mentions(self, decisions: list[Decision]) -> list[Mention]:
        """The names in the text, and whatever a statement stands on; a corrected mention names whom a person says."""
        spans: dict[tuple[int, int], dict[str, None]] = {}
        known = {(m.start, m.end): m.actors for m in self.base.mentions}
        for role in (role for d in decisions for role in (d.source, d.target)):
            span = _within(role, {**dict.fromkeys(spans), **known})
            spans.setdefault(span, {})[role.actor] = None
        for span, actors in spans.items():
            if any(actor in known.get(span, ()) for actor in actors):
                actors.update(dict.fromkeys(known[span]))
        for m in self.names:
            spans.setdefault((m.start, m.end), dict.fromkeys(m.actors))
        return [Mention(f"m{n}", *span, tuple(spans[span])) for n, span in enumerate(sorted(spans), start=1)]


def _within(role: Role, spans: dict[tuple[int, int], Any]) -> tuple[int, int]:
    """The marked span that a role's words overlap, for mentions do not overlap; its own where there is none."""
    own = (role.start, role.end)
    return own if own in spans else next((s for s in spans if s[0] < role.end and role.start < s[1]), own)


def _base(article: Article, doc: Doc, annotator: str) -> Gold:
    spans = sorted(doc.spans[mention.KEY], key=lambda span: (span.start, span.end))
    return Gold(
        article.document,
        schema.sha256(article.text),
        annotator,
        blocks=blocks_of(doc),
        sentences=sentences_of(doc),
        mentions=[Mention(f"m{n}", m.start_char, m.end_char, mention.actors_of(m)) for n, m in enumerate(spans, 1)],
    )


def _items(article: Article, doc: Doc, sentences: list[Sentence]) -> list[Item]:
    found = []
    for row, s in zip(rows(article, doc), doc._.statements, strict=True):
        number = next(n for n, sentence in enumerate(sentences) if sentence.start <= s.source_span[0] < sentence.end)
        source = Role(s.source_span[0], s.source_span[1], s.source)
        target = Role(s.target_span[0], s.target_span[1], s.target)
        found.append(
            Item(
                row["id"],
                number,
                source,
                target,
                s.stance,
                row["confidence"],
                s.verb_span,
                s.verb,
                s.root,
                s.status,
                s.speaker,
            )
        )
    return found
