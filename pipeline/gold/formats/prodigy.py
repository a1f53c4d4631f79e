"""Prodigy's `rel.manual` JSONL: one document a line, with tokens, spans and relations by token.

A relation names the last token of its two spans. Keys that Prodigy does not know (`actors`, `verb`, `status` …) are
carried beside its own. Only lines with the answer `accept` are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.gold.corpus import Annotated
from pipeline.gold.formats import Texts
from pipeline.gold.formats.tokens import tokenize
from pipeline.gold.schema import Block, Gold, Mention, Sentence, Statement, Verb
from pipeline.text import numbered_lines, parse_json

MANY = True
BESIDE = ""
LOST = "nothing"

_EXTRAS = ("id", "source", "target", "verb", "status", "speaker", "mutual", "arguable")


def _row(item: Annotated) -> dict[str, Any]:
    gold, text = item.gold, item.text
    doc = tokenize(text, gold)
    starts = {token.idx: token.i for token in doc}
    ends = {token.idx + len(token): token.i for token in doc}

    def span(record: Any, label: str, **more: Any) -> dict[str, Any]:
        start, end = record.start, record.end
        place = {"start": start, "end": end, "token_start": starts[start], "token_end": ends[end]}
        return {"id": record.id, "text": text[start:end], **place, "type": "span", "label": label, **more}

    spans = [span(m, "ACTOR", actors=list(m.actors)) for m in gold.mentions]
    spans += [span(v, "VERB", root=v.root) for v in gold.verbs]
    marked = {s["id"]: s for s in spans}
    relations = []
    for s in gold.statements:
        head, child = marked[s.source_mention], marked[s.target_mention]
        extras = {name: getattr(s, name) for name in _EXTRAS}
        relations.append(
            {
                "head": head["token_end"],
                "child": child["token_end"],
                "head_span": {k: head[k] for k in ("start", "end", "token_start", "token_end", "label")},
                "child_span": {k: child[k] for k in ("start", "end", "token_start", "token_end", "label")},
                "label": s.stance,
                **extras,
            }
        )
    tokens = [
        {"text": t.text, "start": t.idx, "end": t.idx + len(t), "id": t.i, "ws": bool(t.whitespace_)} for t in doc
    ]
    return {
        "text": text,
        "meta": {"document": gold.document, "sha256": gold.sha256, "annotator": gold.annotator},
        "blocks": [[b.id, b.start, b.end, b.label, b.repeat] for b in gold.blocks],
        "sentences": [[s.id, s.start, s.end] for s in gold.sentences],
        "tokens": tokens,
        "spans": spans,
        "relations": relations,
        "_view_id": "relations",
        "answer": "accept",
    }


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write one line a document."""
    lines = (json.dumps(_row(item), ensure_ascii=False) + "\n" for item in items)
    write_text(path, "".join(lines))


def _gold(row: dict[str, Any], document: str) -> Gold:
    text, meta = row["text"], row.get("meta", {})
    gold = Gold(meta.get("document", document), sha256(text), meta.get("annotator", row.get("_session_id") or ""))
    gold.blocks = [Block(*block) for block in row.get("blocks", [])]
    gold.sentences = [Sentence(*sentence) for sentence in row.get("sentences", [])]
    by_place: dict[tuple[int, int], Mention] = {}
    for number, s in enumerate(row.get("spans", []), start=1):
        if s.get("label", "").upper() == "VERB":
            gold.verbs.append(Verb(s.get("id", f"v{number}"), s["start"], s["end"], s.get("root", "")))
        else:
            mention = Mention(s.get("id", f"m{number}"), s["start"], s["end"], tuple(s.get("actors", ())))
            gold.mentions.append(mention)
            by_place[s["start"], s["end"]] = mention
    for number, r in enumerate(row.get("relations", []), start=1):
        source, target = (by_place[r[end]["start"], r[end]["end"]] for end in ("head_span", "child_span"))
        known: dict[str, Any] = {name: r[name] for name in _EXTRAS if name in r}
        known.setdefault("id", f"t{number}")
        for name in ("source", "target", "verb"):
            known.setdefault(name, "")
        known |= {"sentence": "", "stance": r["label"], "source_mention": source.id, "target_mention": target.id}
        gold.statements.append(Statement(**known))
    return gold


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read accepted lines. Raises InputError with file and line."""
    for number, line in numbered_lines(path):
        try:
            row = parse_json(line)
            if row.get("answer", "accept") == "accept":
                yield _gold(row, f"{path.stem}-{number}"), row["text"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"not a line of Prodigy's rel.manual ({type(error).__name__}: {error})"
            raise InputError(problem, path, number) from error
