"""Interlinear text: gold as a person types it, one sentence to a line and its annotations below it.

The format is described in section 4 of `annotations/GUIDELINES.md`. Reading turns quoted words into offsets; writing
turns offsets back into words, so that gold can be mended in any text editor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.digest import sha256
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.gold.corpus import Annotated
from pipeline.gold.formats import Texts
from pipeline.gold.schema import Block, Gold, Mention, Sentence, Statement, Verb
from pipeline.labels import ACTOR_ID, BLOCKS, ROOTS, STANCES, STATUSES
from pipeline.text import read_text, spaced

MANY = False
BESIDE = ""
LOST = "ids, and white space inside sentences"

_ROLE = re.compile(rf"(.*?)(?::({ACTOR_ID.pattern}))?", re.DOTALL)
_OCCURRENCE = re.compile(r"^(.*)#(\d+)$", re.DOTALL)
_WORD = re.compile(r"\w")


def _whole(words: str) -> str:
    """A pattern for words where they stand as whole words."""
    left = r"(?<!\w)" if _WORD.match(words[:1]) else ""
    right = r"(?!\w)" if _WORD.match(words[-1:]) else ""
    return left + spaced(words) + right


@dataclass
class _Reader:
    """The state of one pass over an interlinear file."""

    path: Path
    text: str | None
    gold: Gold
    pieces: list[str] = field(default_factory=list)
    cursor: int = 0
    number: int = 0
    sentence: Sentence | None = None
    named: dict[tuple[int, int], Mention] = field(default_factory=dict)
    verbs: dict[tuple[int, int], Verb] = field(default_factory=dict)

    def fail(self, problem: str) -> InputError:
        return InputError(problem, self.path, self.number)

    def add_sentence(self, words: str) -> None:
        if self.text is None:
            start, end = self.cursor, self.cursor + len(words)
            self.pieces.append(words)
        else:
            found = re.compile(spaced(words)).search(self.text, self.cursor)
            if not found:
                raise self.fail(f"this sentence is not in the text after character {self.cursor}: {words[:60]!r}")
            start, end = found.span()
        self.cursor = end
        self.sentence = Sentence(f"s{len(self.gold.sentences) + 1}", start, end)
        self.gold.sentences.append(self.sentence)
        self.named, self.verbs = {}, {}

    def separate(self, separator: str) -> None:
        if self.text is None and self.pieces:
            self.pieces.append(separator)
            self.cursor += len(separator)

    def locate(self, quoted: str) -> tuple[int, int]:
        """Offsets of quoted words in the current sentence; `#2` picks the second occurrence as whole words."""
        if self.sentence is None:
            raise self.fail("an annotation stands below its sentence, and there is no sentence yet")
        words, nth = quoted, 1
        if match := _OCCURRENCE.match(quoted):
            words, nth = match[1], int(match[2])
        whole = self.text if self.text is not None else "".join(self.pieces)
        sentence = whole[self.sentence.start : self.sentence.end]
        found = list(re.finditer(_whole(words), sentence)) if words.strip() else []
        if len(found) < nth:
            raise self.fail(f"{quoted!r} is not in the sentence above; quote its words exactly")
        return self.sentence.start + found[nth - 1].start(), self.sentence.start + found[nth - 1].end()

    def add_mentions(self, line: str) -> None:
        for item in filter(None, (part.strip() for part in line.split(";"))):
            quoted, equals, ids = item.rpartition("=")
            actors = tuple(ids.strip().split("+"))
            if not equals or not all(ACTOR_ID.fullmatch(actor) for actor in actors):
                raise self.fail(f"{item!r} is not `words=ACTOR`, with an actor like RUS, IGO:UN or ORG:hamas")
            span = self.locate(quoted.strip())
            if span in self.named:
                raise self.fail(f"{quoted!r} is marked twice; use #2 for its second occurrence")
            self.named[span] = Mention(f"m{len(self.gold.mentions) + 1}", *span, actors)
            self.gold.mentions.append(self.named[span])

    def add_verb(self, quoted: str, root: str) -> Verb:
        if root not in ROOTS:
            raise self.fail(f"{root!r} is no root code; one of {', '.join(ROOTS)}")
        span = self.locate(quoted)
        if span not in self.verbs:
            self.verbs[span] = Verb(f"v{len(self.gold.verbs) + 1}", *span, root)
            self.gold.verbs.append(self.verbs[span])
        return self.verbs[span]

    def role(self, quoted: str) -> tuple[Mention, str]:
        match = _ROLE.fullmatch(quoted)
        words, actor = (match[1], match[2] or "") if match else (quoted, "")
        mention = self.named.get(self.locate(words.strip()))
        if mention is None:
            raise self.fail(f"{words!r} is not marked as a mention on the `@` line")
        if not actor:
            if len(mention.actors) > 1:
                raise self.fail(f"{words!r} names {len(mention.actors)} actors; write `{words}:{mention.actors[0]}`")
            actor = mention.actors[0]
        if actor not in mention.actors:
            raise self.fail(f"{words!r} is not marked as {actor}")
        return mention, actor

    def add_statement(self, line: str, arguable: bool) -> None:
        parts = [part.strip() for part in line.split(";")]
        if len(parts) < 4:
            raise self.fail("a statement is `source > target; verb; ROOT; stance`, then status and speaker if any")
        arrow = " <> " if " <> " in parts[0] else " > "
        if parts[0].count(arrow) != 1:
            raise self.fail(f"{parts[0]!r} is not `source > target` or `one <> other`")
        source, target = (self.role(words.strip()) for words in parts[0].split(arrow))
        stance, extra = parts[3], parts[4:]
        if stance not in STANCES[:2]:
            raise self.fail(f"{stance!r} is no stance; cooperative or oppositional")
        status = next((part for part in extra if part in STATUSES), "actual")
        speaker = next((part.removeprefix("speaker=") for part in extra if part.startswith("speaker=")), "")
        if unknown := [part for part in extra if part not in (status, f"speaker={speaker}") and part]:
            raise self.fail(f"{unknown[0]!r} is neither a status ({', '.join(STATUSES)}) nor `speaker=ID`")
        if source[1] == target[1]:
            raise self.fail(f"source and target are the same actor, {source[1]}")
        verb = self.add_verb(parts[1], parts[2]).id if parts[1] != "-" else ""
        assert self.sentence is not None
        first = len(self.gold.statements) + 1
        pairs = [(source, target), (target, source)] if arrow == " <> " else [(source, target)]
        for offset, ((s_mention, s_actor), (t_mention, t_actor)) in enumerate(pairs):
            other = f"t{first + 1 - offset}" if len(pairs) == 2 else ""
            self.gold.statements.append(
                Statement(
                    id=f"t{first + offset}",
                    sentence=self.sentence.id,
                    source=s_actor,
                    source_mention=s_mention.id,
                    target=t_actor,
                    target_mention=t_mention.id,
                    verb=verb,
                    stance=stance,
                    status=status,
                    speaker=speaker,
                    mutual=other,
                    arguable=arguable,
                )
            )


def read_header(path: Path) -> dict[str, str]:
    """The `# key: value` lines at the top; `document` is the file's name unless a line says otherwise."""
    header = {"document": path.stem}
    for line in read_text(path).splitlines():
        if line.strip() and not line.startswith("# "):
            break
        key, colon, value = line[2:].partition(":")
        if colon:
            header[key.strip()] = value.strip()
    return header


def read(path: Path, texts: Texts) -> Iterator[tuple[Gold, str]]:
    """Read interlinear text.

    Where the document's text is known, each sentence is found in it, in order; else the text is made from the
    sentences. Raises InputError with file and line.
    """
    header = read_header(path)
    text = texts(header["document"])
    reader = _Reader(path, text, Gold(header["document"], "", header.get("annotator", "")))
    label, fresh = "body", True
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        reader.number = number
        mark, rest = line[:2], line[2:].strip()
        if not line.strip():
            label, fresh = "body", True
        elif mark == "# " and not reader.gold.sentences:
            continue
        elif re.fullmatch(r"\[[a-z-]+( repeat)?\]", line.strip()):
            label, fresh = line.strip()[1:-1], True
            if label.removesuffix(" repeat") not in BLOCKS:
                raise reader.fail(f"{label!r} is no block; one of {', '.join(BLOCKS)}")
        elif mark == "@ ":
            reader.add_mentions(rest)
        elif mark in ("= ", "~ "):
            reader.add_statement(rest, arguable=mark == "~ ")
        elif mark == "^ ":
            quoted, _, root = rest.rpartition("=")
            reader.add_verb(quoted.strip(), root.strip())
        else:
            reader.separate("\n\n" if fresh else " ")
            reader.add_sentence(line.strip())
            sentence = reader.gold.sentences[-1]
            if fresh:
                block_id = f"b{len(reader.gold.blocks) + 1}"
                kind = label.removesuffix(" repeat")
                reader.gold.blocks.append(
                    Block(block_id, sentence.start, sentence.end, kind, repeat=label.endswith(" repeat"))
                )
            else:
                last = reader.gold.blocks.pop()
                reader.gold.blocks.append(Block(last.id, last.start, sentence.end, last.label, last.repeat))
            fresh = False
    if not reader.gold.sentences:
        raise InputError("no sentence in it; a sentence stands on a line of its own", path)
    if text is None:
        text = "".join(reader.pieces) + "\n"
    gold = reader.gold
    gold.sha256 = sha256(text)
    yield gold, text


def _quote(text: str, sentence: Sentence, start: int, end: int) -> str:
    """The words at an offset, with `#n` where they stand more than once in the sentence."""
    words = " ".join(text[start:end].split())
    within = text[sentence.start : sentence.end]
    starts = [match.start() + sentence.start for match in re.finditer(_whole(words), within)]
    nth = starts.index(start) + 1 if start in starts else 1
    return words if nth == 1 else f"{words}#{nth}"


def write(items: Iterable[Annotated], path: Path) -> None:
    """Write one document."""
    for item in items:
        head = f"# document: {item.gold.document}\n# annotator: {item.gold.annotator}\n"
        write_text(path, f"{head}\n{dumps(item.gold, item.text)}")


def dumps(gold: Gold, text: str) -> str:
    """Gold as interlinear text; reading it back against `text` gives the same annotation."""
    lines: list[str] = []
    mentions = {mention.id: mention for mention in gold.mentions}
    verbs = {verb.id: verb for verb in gold.verbs}
    blocks = {block.start: block for block in gold.blocks}
    for sentence in gold.sentences:
        if block := blocks.get(sentence.start):
            lines += ["", f"[{block.label}{' repeat' if block.repeat else ''}]"]
        lines.append(" ".join(text[sentence.start : sentence.end].split()))

        def inside(record: Mention | Verb, within: Sentence = sentence) -> bool:
            return within.start <= record.start < within.end

        def role(mention_id: str, actor: str, within: Sentence = sentence) -> str:
            mention = mentions[mention_id]
            words = _quote(text, within, mention.start, mention.end)
            return f"{words}:{actor}" if len(mention.actors) > 1 else words

        if here := [m for m in gold.mentions if inside(m)]:
            quoted = (f"{_quote(text, sentence, m.start, m.end)}={'+'.join(m.actors)}" for m in here)
            lines.append(f"@ {'; '.join(quoted)}")
        statements = [s for s in gold.statements if s.sentence == sentence.id]
        used = {s.verb for s in statements}
        for verb in gold.verbs:
            if inside(verb) and verb.id not in used:
                lines.append(f"^ {_quote(text, sentence, verb.start, verb.end)}={verb.root}")
        written: set[str] = set()
        for s in statements:
            if s.mutual in written:
                continue
            written.add(s.id)
            arrow = "<>" if s.mutual else ">"
            pair = f"{role(s.source_mention, s.source)} {arrow} {role(s.target_mention, s.target)}"
            predicate = ["-", "-"]
            if s.verb:
                predicate = [_quote(text, sentence, verbs[s.verb].start, verbs[s.verb].end), verbs[s.verb].root]
            parts = [pair, *predicate, s.stance]
            parts += [s.status] if s.status != "actual" else []
            parts += [f"speaker={s.speaker}"] if s.speaker else []
            lines.append(f"{'~' if s.arguable else '='} {'; '.join(parts)}")
    return "\n".join(lines).strip() + "\n"
