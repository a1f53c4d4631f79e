"""Label Studio's JSON: an array of tasks; regions of labels `Block`, `Sentence`, `Actor`, `Verb`, and relations.

What Label Studio gives no place is a further label of its relation: `verb=v3`, `speaker=RUS`, and where a mention names
several actors `source=PER`. Of its exports only JSON has relations; JSON-MIN, CSV and CoNLL lose them and are refused.
Format: docs/source/includes/result_format.md of HumanSignal/label-studio.
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
from pipeline.gold.schema import Block, Gold, Mention, Sentence, Statement, Verb
from pipeline.labels import STANCES, STATUSES
from pipeline.text import parse_json, read_text

MANY = True
BESIDE = ".xml"
LOST = "the ids of statements"

CONFIG = """\
<View>
  <Relations><Relation value="cooperative"/><Relation value="oppositional"/></Relations>
  <Labels name="label" toName="text">
    <Label value="Actor"/><Label value="Verb"/><Label value="Sentence"/><Label value="Block"/>
  </Labels>
  <Text name="text" value="$text"/>
  <TextArea name="code" toName="text" perRegion="true" placeholder="actor ids, root code or block label"/>
</View>
"""


def _region(identity: str, label: str, code: str, text: str, span: tuple[int, int]) -> Iterator[dict[str, Any]]:
    start, end = span
    place = {"id": identity, "to_name": "text"}
    value = {"start": start, "end": end, "text": text[start:end]}
    yield {**place, "from_name": "label", "type": "labels", "value": {**value, "labels": [label]}}
    if code:
        yield {**place, "from_name": "code", "type": "textarea", "value": {**value, "text": [code]}}


def _relation(s: Statement, gold: Gold, direction: str) -> dict[str, Any]:
    labels = [s.stance]
    labels += [s.status] if s.status != "actual" else []
    labels += ["arguable"] if s.arguable else []
    labels += [f"verb={s.verb}"] if s.verb else []
    labels += [f"speaker={s.speaker}"] if s.speaker else []
    several = {mention.id for mention in gold.mentions if len(mention.actors) > 1}
    labels += [f"source={s.source}"] if s.source_mention in several else []
    labels += [f"target={s.target}"] if s.target_mention in several else []
    return {
        "type": "relation",
        "from_id": s.source_mention,
        "to_id": s.target_mention,
        "direction": direction,
        "labels": labels,
    }


def _task(item: Annotated) -> dict[str, Any]:
    gold, text = item.gold, item.text
    result: list[dict[str, Any]] = []
    for b in gold.blocks:
        result += _region(b.id, "Block", b.label + (" repeat" if b.repeat else ""), text, (b.start, b.end))
    for sentence in gold.sentences:
        result += _region(sentence.id, "Sentence", "", text, (sentence.start, sentence.end))
    for m in gold.mentions:
        result += _region(m.id, "Actor", " ".join(m.actors), text, (m.start, m.end))
    for v in gold.verbs:
        result += _region(v.id, "Verb", v.root, text, (v.start, v.end))
    done: set[str] = set()
    for s in gold.statements:
        if s.mutual not in done:
            result.append(_relation(s, gold, "bi" if s.mutual else "right"))
        done.add(s.id)
    data = {"text": text, "document": gold.document, "sha256": gold.sha256, "annotator": gold.annotator}
    return {"data": data, "annotations": [{"result": result, "was_cancelled": False, "ground_truth": True}]}


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write all documents as one array of tasks, and beside it the labelling configuration, to paste into the project's
    settings."""
    write_text(path.with_suffix(BESIDE), CONFIG)
    write_text(path, json.dumps([_task(item) for item in items], ensure_ascii=False, indent=1) + "\n")


def _statements(relation: dict[str, Any], gold: Gold, path: Path) -> Iterator[Statement]:
    """One statement of a relation, or two of a mutual one; `left` turns source and target round."""
    labels = relation.get("labels") or []
    stance = next((label for label in labels if label in STANCES[:2]), None)
    if stance is None:
        raise InputError(
            f"{gold.document}: a relation with the labels {labels}; one is cooperative or oppositional", path
        )
    named = dict(label.split("=", 1) for label in labels if "=" in label)
    status = next((label for label in labels if label in STATUSES), "actual")
    mentions = {mention.id: mention for mention in gold.mentions}
    ends = [(relation["from_id"], named.get("source")), (relation["to_id"], named.get("target"))]
    if relation.get("direction") == "left":
        ends.reverse()
    for identity, _ in ends:
        if identity not in mentions:
            raise InputError(f"{gold.document}: a relation of {identity!r}, which is no Actor region", path)
    first = len(gold.statements) + 1
    mutual = relation.get("direction") == "bi"
    for offset, pair in enumerate([ends, ends[::-1]] if mutual else [ends]):
        (source, source_actor), (target, target_actor) = pair
        yield Statement(
            id=f"t{first + offset}",
            sentence="",
            source=source_actor or "",
            source_mention=source,
            target=target_actor or "",
            target_mention=target,
            verb=named.get("verb", ""),
            stance=stance,
            status=status,
            speaker=named.get("speaker", ""),
            mutual=f"t{first + 1 - offset}" if mutual else "",
            arguable="arguable" in labels,
        )


def _gold(task: dict[str, Any], result: list[dict[str, Any]], document: str, path: Path) -> tuple[Gold, str]:
    data = task["data"]
    text = data["text"]
    gold = Gold(str(data.get("document", document)), sha256(text), str(data.get("annotator", "")))
    codes = {part["id"]: part["value"]["text"][0] for part in result if part["type"] == "textarea"}
    for part in (part for part in result if part["type"] == "labels"):
        identity, label = part["id"], part["value"]["labels"][0].lower()
        start, end, code = part["value"]["start"], part["value"]["end"], codes.get(part["id"], "")
        if label == "block":
            name, _, repeat = code.partition(" ")
            gold.blocks.append(Block(identity, start, end, name, repeat == "repeat"))
        elif label == "sentence":
            gold.sentences.append(Sentence(identity, start, end))
        elif label == "actor":
            gold.mentions.append(Mention(identity, start, end, tuple(code.split())))
        elif label == "verb":
            gold.verbs.append(Verb(identity, start, end, code))
    for part in result:
        if part["type"] == "relation":
            gold.statements += _statements(part, gold, path)
    return gold, text


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read an export. Cancelled annotations are left out; of several the last counts. Raises InputError."""
    try:
        tasks = parse_json(read_text(path))
        for number, task in enumerate(tasks, start=1):
            kept = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
            if not kept:
                if "annotations" not in task and "predictions" not in task:
                    raise InputError("not Label Studio's JSON (JSON-MIN loses relations); export as JSON", path)
                continue
            yield _gold(task, kept[-1]["result"], f"{path.stem}-{number}", path)
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(f"not Label Studio's JSON ({type(error).__name__}: {error}); export as JSON", path) from error
