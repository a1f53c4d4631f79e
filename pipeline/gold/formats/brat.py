"""brat's standoff: `NAME.ann` beside `NAME.txt`.

A statement is an event whose trigger is its verb, `E1 Oppositional:T3 Source:T1 Target:T2`; without a verb it is a
relation. Actor ids are normalizations (`N`); status, arguable and repeat are attributes (`A`); the rest is a note
(`#`). Offsets are code points. Format: brat.nlplab.org/standoff.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.gold.corpus import Annotated
from pipeline.gold.formats import Texts
from pipeline.gold.schema import Block, Gold, Mention, Sentence, Span, Statement, Verb
from pipeline.labels import BLOCKS, ROOTS, STATUSES
from pipeline.text import numbered_lines, read_text

MANY = False
BESIDE = ".txt"
LOST = "the ids of blocks, sentences, mentions and verbs"


def configuration() -> str:
    """The `annotation.conf` of a folder of these files."""
    labels = ["Actor", "Sentence", *(f"Block-{label}" for label in BLOCKS), *(f"Verb-{root}" for root in ROOTS)]
    relations = [f"{name}\tArg1:Actor, Arg2:Actor" for name in ("Cooperative", "Oppositional")]
    events = [f"{name}\tSource:Actor, Target:Actor" for name in ("Cooperative", "Oppositional")]
    attributes = [f"Status\tArg:<EVENT>, Value:{'|'.join(STATUSES)}", "Arguable\tArg:<EVENT>", "Repeat\tArg:<ENTITY>"]
    sections = {"entities": labels, "relations": relations, "events": events, "attributes": attributes}
    return "".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


def _pieces(text: str, start: int, end: int) -> tuple[str, str]:
    """Offsets and words as brat writes them: no span runs over the end of a line, so it is cut there."""
    lines = list(re.finditer(r"[^\r\n]+", text[start:end]))
    offsets = (f"{start + line.start()} {start + line.end()}" for line in lines)
    return ";".join(offsets), " ".join(line[0] for line in lines)


def _lines(gold: Gold, text: str) -> Iterator[str]:
    numbers = count(1)
    terms: dict[str, str] = {}
    labelled: list[tuple[Span, str]] = [(b, f"Block-{b.label}") for b in gold.blocks]
    labelled += [(s, "Sentence") for s in gold.sentences]
    labelled += [(m, "Actor") for m in gold.mentions]
    labelled += [(v, f"Verb-{v.root}") for v in gold.verbs]
    for record, label in labelled:
        terms[record.id] = f"T{len(terms) + 1}"
        offsets, words = _pieces(text, record.start, record.end)
        yield f"{terms[record.id]}\t{label} {offsets}\t{words}"
    for b in gold.blocks:
        if b.repeat:
            yield f"A{next(numbers)}\tRepeat {terms[b.id]}"
    for m in gold.mentions:
        for actor in m.actors:
            yield f"N{next(numbers)}\tReference {terms[m.id]} Actor:{actor}\t{actor}"
    for number, s in enumerate(gold.statements, start=1):
        name, source, target = s.stance.capitalize(), terms[s.source_mention], terms[s.target_mention]
        if s.verb:
            key = f"E{number}"
            yield f"{key}\t{name}:{terms[s.verb]} Source:{source} Target:{target}"
        else:
            key = f"R{number}"
            yield f"{key}\t{name} Arg1:{source} Arg2:{target}"
        yield f"A{next(numbers)}\tStatus {key} {s.status}"
        if s.arguable:
            yield f"A{next(numbers)}\tArguable {key}"
        notes = {"id": s.id, "source": s.source, "target": s.target, "speaker": s.speaker, "mutual": s.mutual}
        yield f"#{next(numbers)}\tAnnotatorNotes {key}\t{_note(notes)}"
    about = _note({"document": gold.document, "annotator": gold.annotator})
    yield f"#{next(numbers)}\tDocument T1\t{about}"


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write one document: `path`, its text beside it, and the folder's `annotation.conf` where there is none."""
    for item in items:
        write_text(path, "".join(f"{line}\n" for line in _lines(item.gold, item.text)))
        write_text(path.with_suffix(BESIDE), item.text)
        settings = path.parent / "annotation.conf"
        if not settings.exists():  # somebody may have added to it
            write_text(settings, configuration())


def _note(values: dict[str, str]) -> str:
    return " ".join(f"{name}={quote(value, safe=':/,')}" for name, value in values.items() if value)


def _pairs(note: str) -> dict[str, str]:
    return {name: unquote(value) for name, _, value in (part.partition("=") for part in note.split(" ")) if value}


def _gold(lines: list[tuple[int, str]], text: str, path: Path) -> Gold:
    gold = Gold(path.stem, sha256(text), "")
    actors: dict[str, list[str]] = {}
    attributes: dict[tuple[str, str], str] = {}
    notes: dict[str, dict[str, str]] = {}
    terms: dict[str, tuple[str, int, int]] = {}
    stated: list[tuple[int, str, str, str, str, str]] = []  # line, id, stance, verb, source, target
    for number, line in lines:
        try:
            identity, body, *rest = line.split("\t")
            kind, *fields = body.split(" ")
            if identity[0] == "T":
                offsets = [int(piece) for piece in " ".join(fields).replace(";", " ").split()]
                terms[identity] = (kind, offsets[0], offsets[-1])
            elif identity[0] == "N":
                actors.setdefault(fields[0], []).append(fields[1].partition(":")[2])
            elif identity[0] in "AM":
                attributes[kind, fields[0]] = fields[1] if len(fields) > 1 else "yes"
            elif identity[0] == "#":
                notes[kind if kind == "Document" else fields[0]] = _pairs(rest[0]) if rest else {}
            elif identity[0] == "E":
                stance, _, verb = kind.partition(":")
                roles = dict(field.split(":") for field in fields)
                stated.append((number, identity, stance, verb, roles["Source"], roles["Target"]))
            elif identity[0] == "R":
                roles = dict(field.split(":") for field in fields)
                stated.append((number, identity, kind, "", roles["Arg1"], roles["Arg2"]))
        except (ValueError, IndexError, KeyError) as error:
            raise InputError(f"not a line of brat's standoff ({line[:60]!r})", path, number) from error
    about = notes.get("Document", {})
    gold.document, gold.annotator = about.get("document", path.stem), about.get("annotator", "")
    ids: dict[str, str] = {}
    for identity, (kind, start, end) in terms.items():
        if kind.startswith("Block-"):
            ids[identity] = f"b{len(gold.blocks) + 1}"
            repeat = ("Repeat", identity) in attributes
            gold.blocks.append(Block(ids[identity], start, end, kind.removeprefix("Block-"), repeat))
        elif kind == "Sentence":
            ids[identity] = f"s{len(gold.sentences) + 1}"
            gold.sentences.append(Sentence(ids[identity], start, end))
        elif kind == "Actor":
            ids[identity] = f"m{len(gold.mentions) + 1}"
            gold.mentions.append(Mention(ids[identity], start, end, tuple(actors.get(identity, ()))))
        else:
            ids[identity] = f"v{len(gold.verbs) + 1}"
            gold.verbs.append(Verb(ids[identity], start, end, kind.removeprefix("Verb-")))
    for number, identity, stance, verb, source, target in sorted(stated, key=lambda s: (len(s[1]), s[1])):
        if missing := [end for end in (source, target) if end not in ids]:
            raise InputError(f"{identity} joins {missing[0]!r}, which no line gives", path, number)
        note = notes.get(identity, {})
        gold.statements.append(
            Statement(
                id=note.get("id", f"t{len(gold.statements) + 1}"),
                sentence="",
                source=note.get("source", ""),
                source_mention=ids[source],
                target=note.get("target", ""),
                target_mention=ids[target],
                verb=ids.get(verb, ""),
                stance=stance.lower(),
                status=attributes.get(("Status", identity), "actual"),
                speaker=note.get("speaker", ""),
                mutual=note.get("mutual", ""),
                arguable=("Arguable", identity) in attributes,
            )
        )
    return gold


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read one document; its text stands beside it. Raises InputError with file and line."""
    text_path = path.with_suffix(".txt")
    if not text_path.is_file():
        raise InputError("no such file; brat keeps the text beside its annotations", text_path)
    text = read_text(text_path, exact=True)
    yield _gold([(number, line) for number, line in numbered_lines(path) if line.strip()], text, path), text
