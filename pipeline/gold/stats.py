"""Statistics of the annotations, as a page of Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.gold.agree import agree
from pipeline.gold.corpus import SPLITS, Entry, read_manifest
from pipeline.gold.schema import Gold, read
from pipeline.labels import QUADS, ROOTS, STATUSES

INTRODUCTION = (
    "Written by `demarche gold stats`; a test holds it to the data. Articles and annotations are by language models, "
    "after the [guidelines](../annotations/GUIDELINES.md); no person has checked them all. A *silent pair* is an "
    "ordered pair of actors that share a sentence without a statement."
)
_COUNTED = ("sentences", "mentions", "verbs", "statements", "cooperative", "oppositional", "arguable", "silent pairs")


def _count(gold: Gold) -> Counter[str]:
    counts = Counter(
        {name: len(getattr(gold, name)) for name in ("sentences", "mentions", "verbs", "statements")} | {"articles": 1}
    )
    counts.update("arguable" if s.arguable else s.stance for s in gold.statements)
    for sentence in gold.sentences:
        here = {actor for m in gold.mentions_in(sentence) for actor in m.actors}
        stated = {(s.source, s.target) for s in gold.statements if s.sentence == sentence.id}
        counts["silent pairs"] += len(here) * (len(here) - 1) - len(stated)
    return counts


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _by(name: str, golds: Sequence[tuple[Entry, Gold]], order: Sequence[str] = ()) -> str:
    groups: dict[str, Counter[str]] = {}
    for entry, gold in golds:
        groups.setdefault(getattr(entry, name), Counter()).update(_count(gold))
    keys = [key for key in order if key in groups] or sorted(groups, key=lambda key: -groups[key]["articles"])
    total = sum(groups.values(), Counter())
    rows = [[key or "not said", groups[key]["articles"], *(groups[key][c] for c in _COUNTED)] for key in keys]
    return _table([name, "articles", *_COUNTED], [*rows, ["**all**", total["articles"], *(total[c] for c in _COUNTED)]])


def page(gold: Path, passes: Path, corpus: Path) -> str:
    """The page: counts per split, genre and topic, balance of labels, agreement of the passes that are kept."""
    entries = read_manifest(corpus)
    golds = [(entry, read(gold / f"{entry.document}.jsonl")) for entry in entries.values()]
    statements = [(s, g) for _, g in golds for s in g.statements if not s.arguable]
    roots: Counter[str] = Counter()
    for s, g in statements:
        roots.update(verb.root for verb in g.verbs if verb.id == s.verb)
    statuses = Counter(s.status for s, _ in statements)
    labels = [[root, f"{quad} {QUADS[quad]}", roots[root]] for root, quad in ROOTS.items()]
    parts = [
        "# The annotations in numbers",
        INTRODUCTION,
        "## By split\n\n" + _by("split", golds, SPLITS),
        "## By genre\n\n" + _by("genre", golds),
        "## By topic\n\n" + _by("topic", golds),
        "## Statements by root code\n\n" + _table(["root", "quad class", "statements"], labels),
        "## Statements by status\n\n" + _table(["status", "statements"], [[s, statuses[s]] for s in STATUSES]),
    ]
    for folder in sorted(path.parent for path in passes.glob("*/A")):
        result = agree(folder / "A", folder / "B")
        rows = [[name, f"{value:.3f}", support] for name, (value, support) in result["measures"].items()]
        title = f"## Agreement: {folder.name}, {result['documents']} documents"
        parts.append(f"{title}\n\n" + _table(["measure", "value", "support"], rows))
    return "\n\n".join(part.rstrip() for part in parts) + "\n"
