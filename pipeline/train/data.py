"""Training examples: from gold, from the project's marked sentences, and from the two external sets that may be trained
on but not copied.

Reference: PLV is Hu et al. (ACL 2024), DSE is Park, Pan and Joo (Findings of ACL 2021).
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import InputError
from pipeline.gold.briefs import read_briefs
from pipeline.gold.corpus import Annotated
from pipeline.gold.pairs import gold_pairs, statements_of
from pipeline.labels import MARKED_ROOTS, ROOTS, stance_of_quad
from pipeline.shipped import shipped
from pipeline.stance.base import Pair

if TYPE_CHECKING:
    from spacy.language import Language

EXTERNAL = ("plv_train.tsv", "dse_train.txt")

ONE_WAY = {"ACCUSE", "AID", "YIELD", "SANCTION", "THREATEN", "REQUEST", "SUPPORT", "COERCE", "REJECT"}
"""Root codes whose reverse direction is taken to say nothing: to be accused is not to accuse."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled pair. `root` may be empty and `quad` 0: unknown, or the stance is none. An empty `stance` is unknown:
    a teacher alone says what it is."""

    pair: Pair
    stance: str
    root: str
    quad: int
    origin: str
    document: str


_TAG = re.compile(r"</?[st]>")


def _marked(sentence: str, root: str, quad: int, origin: str, document: str) -> Iterator[Example]:
    """The pair that `<s>…</s>` and `<t>…</t>` mark, and its reverse where that is taken to say nothing; none at all
    where a mark is missing."""
    spans, clean, last = {}, "", 0
    for tag in _TAG.finditer(sentence):
        clean += sentence[last : tag.start()]
        spans[tag[0]] = len(clean)
        last = tag.end()
    clean += sentence[last:]
    if set(spans) != {"<s>", "</s>", "<t>", "</t>"}:
        return
    source, target = (spans["<s>"], spans["</s>"]), (spans["<t>"], spans["</t>"])
    stance = stance_of_quad(quad) if quad else "none"
    yield Example(Pair(clean, source, target), stance, root, quad, origin, document)
    if root in ONE_WAY:
        yield Example(Pair(clean, target, source), "none", "", 0, origin, document)


def sentences_file() -> Path:
    """The project's marked sentences: columns `split`, `root` (a PLOVER root code, PLV's YIELD or `none`) and
    `marked_sentence`."""
    return shipped("annotations/sentences.tsv")


def _as_gold(lines: Sequence[Sequence[Example]]) -> Iterator[Example]:
    """The examples of one sentence, line by line as `_marked` gives them, as gold has them: what one line marks is a
    mention for all, and what a line says of a pair goes before what another's root code lets one take for granted.

    Where marks overlap, nothing says whether they are one actor, and each line stays by itself.
    """
    told: dict[tuple[tuple[int, int], tuple[int, int]], Example] = {}
    for example in [line[0] for line in lines] + [implied for line in lines for implied in line[1:]]:
        told.setdefault((example.pair.source, example.pair.target), example)
    spans = sorted({span for ends in told for span in ends})
    if len(spans) == 2 or any(end > start for (_, end), (start, _) in pairwise(spans)):
        yield from told.values()
        return
    mentions = tuple((start, end, (f"{start}-{end}",)) for start, end in spans)
    for ends, example in told.items():
        source, target = (f"{start}-{end}" for start, end in ends)
        yield replace(example, pair=replace(example.pair, actors=(source, target), mentions=mentions))


def read_sentences(split: str) -> Iterator[Example]:
    """The marked sentences of a split; one with several lines, each with other marks, is one for the classifier."""
    found: dict[str, list[list[Example]]] = {}
    with sentences_file().open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if row["split"] == split:
                root = "" if row["root"] == "none" else row["root"]
                quad = MARKED_ROOTS[root] if root else 0
                lines = found.setdefault(_TAG.sub("", row["marked_sentence"]), [])
                document = lines[0][0].document if lines else f"sentence-{number}"
                lines.append(list(_marked(row["marked_sentence"], root, quad, "sentences", document)))
    for lines in found.values():
        yield from _as_gold(lines)


def read_plv(path: Path) -> Iterator[Example]:
    """PLV's marked sentences."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            document = f"plv-{row['sentence_id']}"
            yield from _marked(row["marked_sentence"], row["gold_root"], int(row["gold_penta"]), "plv", document)


_ENTITY = re.compile(r"\[([^\[\]]*)\]")


def read_dse(path: Path) -> Iterator[Example]:
    """DSE's sentences, both directions each. A bracket that misses the end of a word is widened to it."""
    labels = {1: ("cooperative", "none"), 2: ("none", "cooperative"), 3: ("oppositional", "none")}
    labels |= {4: ("none", "oppositional"), 0: ("none", "none")}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        sentence, first, second, label = line.split("\t")
        brackets = list(_ENTITY.finditer(sentence))
        names = [bracket[1] for bracket in brackets]
        if len(brackets) != 2 or names[0] == names[1] or {first, second} != set(names):
            continue
        clean = sentence.replace("[", "").replace("]", "")
        spans = {}
        for order, bracket in enumerate(brackets):
            start = bracket.start() - 2 * order
            end = start + len(bracket[1])
            while end < len(clean) and clean[end].isalnum():
                end += 1
            spans[bracket[1]] = (start, end)
        forward, backward = labels[int(label)]
        p, q = spans[first], spans[second]
        if p[0] < q[1] and q[0] < p[1]:
            continue
        yield Example(Pair(clean, p, q), forward, "", 0, "dse", f"dse-{number}")
        yield Example(Pair(clean, q, p), backward, "", 0, "dse", f"dse-{number}")


def _example(pair: Pair, stance: str, root: str, document: str, origin: str = "gold") -> Example:
    return Example(pair, stance, root, ROOTS.get(root, 0), origin, document)


def from_gold(items: Iterable[Annotated]) -> Iterator[Example]:
    """Every ordered pair that gold tells of, and every pair of one sentence that it is silent about."""
    for item in items:
        for pair in gold_pairs(item.gold, item.text):
            if not pair.arguable:
                yield _example(pair.pair, pair.stance, pair.root, item.entry.document)


def from_candidates(items: Sequence[Annotated], nlp: Language, origin: str = "gold") -> Iterator[Example]:
    """The pairs that the pipeline itself takes from the texts, labelled by gold: what the classifier meets in `run`.

    `nlp` is the pipeline without a classifier. The pairs differ from gold's own where it misses a mention, takes a
    wrong one, or resolves a reference. `origin` is "gold" or "briefs".
    """
    from pipeline.stance.component import candidate_pairs
    from pipeline.statements import statement

    for item, doc in zip(items, nlp.pipe(item.text for item in items), strict=True):
        roots = {verb.id: verb.root for verb in item.gold.verbs}
        candidates = statement.load(doc)
        for pair, candidate in zip(candidate_pairs(doc, candidates), candidates, strict=True):
            found = statements_of(item.gold, candidate.source_span[0], candidate.source, candidate.target)
            if not found:
                yield _example(pair, "none", "", item.entry.document, origin)
            elif len({s.stance for s in found}) == 1 and not any(s.arguable for s in found):
                yield _example(pair, found[0].stance, roots.get(found[0].verb, ""), item.entry.document, origin)


def from_briefs(split: str, nlp: Language) -> Iterator[Example]:
    """The pairs that the pipeline, `nlp` without a classifier, takes from the coded briefs of a split."""
    return from_candidates(list(read_briefs(split)), nlp, "briefs")


def unlabelled(examples: Iterable[Example], nlp: Language) -> Iterator[Example]:
    """The pairs that the pipeline, `nlp` without a classifier, finds in the texts of examples."""
    from pipeline.stance.component import candidate_pairs
    from pipeline.statements import statement

    documents = {example.pair.text: example.document for example in examples}
    for document, doc in zip(documents.values(), nlp.pipe(documents), strict=True):
        for pair in candidate_pairs(doc, statement.load(doc)):
            yield Example(pair, "", "", 0, "unlabelled", document)


def _whole(read: Callable[[Path], Iterator[Example]], path: Path) -> list[Example]:
    try:
        return list(read(path))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"not the published file ({type(error).__name__}: {error})", path) from error


def from_external(folder: Path, neutral: int, seed: int) -> list[Example]:
    """PLV twice, and DSE with at most `neutral` of the examples of its sentences without a stance.

    Raises InputError where a file is missing or is another one.
    """
    paths = [folder / name for name in EXTERNAL]
    for path in paths:
        if not path.is_file():
            raise InputError("no such file; external training data are plv_train.tsv and dse_train.txt", path)
    plv, dse = _whole(read_plv, paths[0]), _whole(read_dse, paths[1])
    stated = {example.document for example in dse if example.stance != "none"}
    silent = [example for example in dse if example.document not in stated]
    random.Random(seed).shuffle(silent)
    return [*plv, *plv, *(example for example in dse if example.document in stated), *silent[:neutral]]
