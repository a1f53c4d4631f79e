"""Gold as ordered pairs of actors: what the classifier is trained and judged on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

from pipeline.gold.schema import Gold, Mention, Statement
from pipeline.stance.base import Mentioned, Pair, by_sentence


@dataclass(frozen=True, slots=True)
class GoldPair:
    """An ordered pair of actors that gold mentions in one sentence, and what gold says of it.

    `root` is empty where the stance is none. `arguable` pairs count neither way.
    """

    pair: Pair
    stance: str
    root: str
    sentence: int
    arguable: bool


def statements_of(gold: Gold, at: int, source: str, target: str) -> list[Statement]:
    """What gold states of an ordered pair in the sentence at a character."""
    here = gold.sentence_at(at)
    return [s for s in gold.statements if here and (s.source, s.target, s.sentence) == (source, target, here.id)]


def is_right(gold: Gold, at: int, source: str, target: str, stance: str) -> bool | None:
    """Whether gold states it in the sentence at a character; None where that is arguable, which counts neither way."""
    found = statements_of(gold, at, source, target)
    if any(s.stance == stance and not s.arguable for s in found):
        return True
    return None if any(s.arguable for s in found) else False


def _nearest(mentions: list[Mention], source: str, target: str) -> tuple[Mention, Mention] | None:
    pairs = [(s, t) for s in mentions if source in s.actors for t in mentions if target in t.actors]
    return min(pairs, key=lambda pair: abs(pair[0].start - pair[1].start), default=None)


def _pair(
    text: str,
    sentence: tuple[int, int],
    ends: tuple[Mention, Mention],
    actors: tuple[str, str],
    mentions: tuple[Mentioned, ...],
) -> Pair:
    at, until = sentence
    source, target = ((m.start - at, m.end - at) for m in ends)
    return Pair(text[at:until], source, target, actors, mentions)


def gold_pairs(gold: Gold, text: str, max_actors: int = 6) -> list[GoldPair]:
    """Every ordered pair of actors mentioned in a sentence; pairs without a statement are `none`.

    Of a sentence with more than `max_actors` actors only the pairs with a statement are taken.
    """
    mentions = {mention.id: mention for mention in gold.mentions}
    verbs = {verb.id: verb for verb in gold.verbs}
    bounds = [(sentence.start, sentence.end) for sentence in gold.sentences]
    marked = by_sentence(((m.start, m.end, m.actors) for m in gold.mentions), bounds)
    found = []
    for number, (sentence, (at, until)) in enumerate(zip(gold.sentences, bounds, strict=True)):
        here = gold.mentions_in(sentence)
        stated = [s for s in gold.statements if s.sentence == sentence.id]
        by_pair: dict[tuple[str, str], set[str]] = {}
        for s in stated:
            by_pair.setdefault((s.source, s.target), set()).add(s.stance)
        for s in stated:
            ends = mentions[s.source_mention], mentions[s.target_mention]
            pair = _pair(text, (at, until), ends, (s.source, s.target), marked[at, until])
            both = len(by_pair[s.source, s.target]) > 1
            root = verbs[s.verb].root if s.verb else ""
            found.append(GoldPair(pair, s.stance, root, number, s.arguable or both))
        actors = list(dict.fromkeys(actor for m in here for actor in m.actors))
        if len(actors) > max_actors:
            continue
        for source, target in permutations(actors, 2):
            near = _nearest(here, source, target)
            if (source, target) not in by_pair and near:
                pair = _pair(text, (at, until), near, (source, target), marked[at, until])
                found.append(GoldPair(pair, "none", "", number, False))
    return found
