"""One article under review: what the model says of it, what a person said of that, and the gold that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.actors import mention
from pipeline.actors.gazetteer import names
from pipeline.article import Article
from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.gold import schema
from pipeline.gold.corpus import add, check_name, new_entry, read_manifest
from pipeline.gold.schema import Gold, Mention, Sentence, Statement, Verb
from pipeline.gold.segments import blocks_of, sentences_of
from pipeline.labels import ROOTS, STANCES, STATUSES, stance_of_quad
from pipeline.review.journal import Decision, Journal, Role, parse
from pipeline.table.rows import rows
from pipeline.text import spaced
from pipeline.verbs.component import KEY as VERBS
from pipeline.verbs.component import predicate_of


@dataclass(frozen=True, slots=True)
class Item:
    """A statement of the model, to be judged. Spans are characters of the text."""

    id: str
    sentence: int
    source: Role
    target: Role
    stance: str
    confidence: float
    verb: tuple[int, int] | None
    words: str
    root: str
    status: str
    speaker: str


class Session:
    """Items, decisions and gold of one article.

    The items are the rows `told` of a stance table, else what `nlp` says. The gold file `output/DOCUMENT.jsonl` is
    written after every decision. Statements that nobody judged yet are arguable in it, so that they count neither way
    in training and evaluation. Beside it `DOCUMENT.journal` keeps each decision with its time. Raises InputError where
    a gold file is there that no review wrote, or the corpus has another text of that name.
    """

    def __init__(
        self,
        article: Article,
        nlp: Language,
        output: Path,
        corpus: Path,
        annotator: str,
        told: list[dict[str, Any]] | None = None,
    ) -> None:
        check_name(article.document, output, corpus)
        doc = nlp(article.text)
        self.article, self.corpus, self.output = article, corpus, output
        self.base = _base(article, doc, annotator)
        self.path = output / f"{article.document}.jsonl"
        journal = self.path.with_suffix(".journal")
        if self.path.is_file() and not journal.is_file():
            raise InputError("this gold was not made by a review; name another folder with -o", self.path)
        told = rows(article, doc) if told is None else told
        self.items = list(_items(told, doc, self.base.sentences))
        self.verbs = [
            {"start": v.start_char, "end": v.end_char, "root": predicate_of(v).root} for v in doc.spans[VERBS]
        ]
        self.journal = Journal(journal, self.base.sha256, article.text)
        references = {(m.start_char, m.end_char) for m in doc.spans[mention.KEY] if m.label_ == "reference"}
        self.names = [m for m in self.base.mentions if (m.start, m.end) not in references]
        entry = read_manifest(corpus, missing_ok=True).get(article.document)
        if entry is not None and entry.sha256 != self.base.sha256:
            raise InputError(
                f"the corpus has another text by the name of {article.document!r}; rename the article", article.file
            )
        self.in_corpus = entry is not None

    def decide(self, values: Any) -> None:
        """Keep a decision and write the gold. Raises ValueError for what is none, OSError where it cannot be kept."""
        if not isinstance(values, dict):
            raise ValueError("not a decision; one is a JSON object")
        decision = parse({**values, "time": datetime.now(UTC).isoformat(timespec="seconds")}, self.article.text)
        source, target = (self._sentence(role.start, role.end) for role in (decision.source, decision.target))
        if source is None or source != target:
            raise ValueError("source and target stand in one sentence")
        if decision.verb and self._sentence(*decision.verb) != source:
            raise ValueError("the verb stands in the sentence of source and target")
        known = {name.actor for name in names()}
        for actor in (decision.source.actor, decision.target.actor):
            if not actor.startswith("ORG:") and actor not in known:
                raise ValueError(f"unknown actor {actor!r}; an organisation that is not known is ORG:its-name")
        self.journal.add(decision)
        self.save()

    def undo(self) -> Decision | None:
        """Take back the last decision, where there is one."""
        taken = self.journal.undo()
        if taken is not None:
            self.save()
        return taken

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "items": [asdict(item) for item in self.items],
            "decisions": {name: asdict(decision) for name, decision in self.journal.latest().items()},
            "mentions": [asdict(m) for m in self.base.mentions],
            "sentences": [{"start": s.start, "end": s.end} for s in self.base.sentences],
            "verbs": self.verbs,
            "roots": {
                stance: [root for root, quad in ROOTS.items() if stance_of_quad(quad) == stance]
                for stance in STANCES[:2]
            },
            "statuses": STATUSES,
        }

    def save(self) -> None:
        """Write the gold file, and the article into the corpus where that does not have it."""
        if not self.in_corpus:
            about = {"title": self.article.title, "author": self.article.author, "date": self.article.date}
            entry = new_entry(self.base, {**about, "invented": "no"})
            add(entry, self.article.text, self.corpus, read_manifest(self.corpus, missing_ok=True))
            self.in_corpus = True
        schema.write(self.gold(), self.path)

    def _sentence(self, start: int, end: int) -> Sentence | None:
        return next((s for s in self.base.sentences if s.start <= start and end <= s.end), None)

    def gold(self) -> Gold:
        """The annotation as far as it has come."""
        latest = self.journal.latest()
        pending = [
            Decision(i.id, "", i.stance, True, i.source, i.target, i.verb, i.root, i.status, i.speaker)
            for i in self.items
            if i.id not in latest
        ]
        stated = [decision for decision in [*pending, *latest.values()] if decision.stance != "none"]
        unique = {  # a sentence holds one statement for a pair and stance
            (self._sentence(d.source.start, d.source.end), d.source.actor, d.target.actor, d.stance): d for d in stated
        }
        kept = sorted(unique.values(), key=lambda d: (d.source.start, d.target.start))
        gold = replace(self.base, mentions=self._mentions(kept), verbs=[], statements=[])
        places = {(m.start, m.end): m.id for m in gold.mentions}
        verbs: dict[tuple[int, int], Verb] = {}
        directions: dict[tuple[str, ...], str] = {}
        for n, d in enumerate(kept, start=1):
            sentence = self._sentence(d.source.start, d.source.end)
            assert sentence is not None
            verb = ""
            if d.verb and d.root and stance_of_quad(ROOTS[d.root]) == d.stance:
                verb = verbs.setdefault(d.verb, Verb(f"v{len(verbs) + 1}", *d.verb, d.root)).id
            if verb and d.time and not d.arguable:
                directions[verb, d.source.actor, d.target.actor, d.stance] = f"t{n}"
            gold.statements.append(
                Statement(
                    id=f"t{n}",
                    sentence=sentence.id,
                    source=d.source.actor,
                    source_mention=places[_within(d.source, places)],
                    target=d.target.actor,
                    target_mention=places[_within(d.target, places)],
                    verb=verb,
                    stance=d.stance,
                    status=d.status,
                    speaker=d.speaker,
                    arguable=d.arguable,
                )
            )
        gold.verbs = list(verbs.values())
        gold.statements = [
            replace(s, mutual=directions.get((s.verb, s.target, s.source, s.stance), ""))
            if s.id in directions.values()
            else s
            for s in gold.statements
        ]
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
        sha256(article.text),
        annotator,
        blocks=blocks_of(doc),
        sentences=sentences_of(doc),
        mentions=[Mention(f"m{n}", m.start_char, m.end_char, mention.actors_of(m)) for n, m in enumerate(spans, 1)],
    )


def _items(told: list[dict[str, Any]], doc: Doc, sentences: list[Sentence]) -> Iterator[Item]:
    """Rows with their places in the text: those of the candidate that they came from, else the first of their words."""
    candidates = {(s.sentence, s.source, s.target): s for s in doc._.statements}
    for row in told:
        bounds = (row["start"], row["end"])
        candidate = candidates.get((bounds, row["source"], row["target"]))
        if candidate is not None:
            first, second = candidate.source_span, candidate.target_span
        else:
            first, second = _find(row["source_text"], doc.text, bounds), _find(row["target_text"], doc.text, bounds)
        source, target = Role(first[0], first[1], row["source"]), Role(second[0], second[1], row["target"])
        verbs = [v for v in doc.spans[VERBS] if bounds[0] <= v.start_char < bounds[1]]
        named = [(v.start_char, v.end_char) for v in verbs if predicate_of(v).text == row["verb"]]
        if candidate is not None and candidate.verb == row["verb"]:
            verb = candidate.verb_span
        else:
            verb = min(named, key=lambda v: abs(v[0] - source.start) + abs(v[0] - target.start), default=None)
        yield Item(
            id=row["id"],
            sentence=next(n for n, s in enumerate(sentences) if s.start <= source.start < s.end),
            source=source,
            target=target,
            verb=verb,
            words=row["verb"],
            **{name: row[name] for name in ("stance", "confidence", "root", "status", "speaker")},
        )


def _find(words: str, text: str, bounds: tuple[int, int]) -> tuple[int, int]:
    """The characters of a row's words, which have single spaces, in its sentence."""
    found = re.compile(spaced(words)).search(text, *bounds) if words.split() else None
    if found is None:
        raise InputError(
            f"{words!r} is not in the sentence that the table names (characters {bounds[0]} to {bounds[1]})"
        )
    return found.span()
