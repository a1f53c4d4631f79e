"""A sentence with markers instead of its actors: what the encoder reads, once for all the sentence's pairs.

The actors' names are left out, so that the stance is read off what is said between them and not off who they are
(entity masking, Zhang et al., EMNLP 2017). Each actor has a marker of its own, wherever the sentence mentions it; one
more stands for anybody else. Of a mention the words that are no names stay: "the Peruvian decision to close the camps"
is a marker and "decision to close camps". The markers are unused entries of BERT's vocabulary.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.stance.base import Mentioned, Pair
from pipeline.words import words

ACTORS = 8
"""Actors that one reading can tell apart; a sentence with more is read several times."""
MARKERS = tuple(f"[unused{number}]" for number in range(1, ACTORS + 2))
"""Those of the actors, in the order in which the sentence names them, and that of anybody else."""
CONTEXT = 240
"""Characters kept on each side of an actor; what is farther from all is cut, so that the markers never are."""
LONGEST = 4 * CONTEXT
"""A reading takes more pairs while its windows have at most so many characters, the most that one pair's can have."""

WORDS = 80
"""Characters at most of a mention's words that are no names, so that the markers stay within what is read."""

_WORD = re.compile(r"(?<![\w-])[^\W\d_][\w'’-]*")
_UNSAID = words("particles") | set("a an and bin bint das der dos las los the".split())
"""Words in lower case that are part of names, or say nothing."""


def words_beside_name(mention: str) -> str:
    """What a mention says of an actor beside its name: its words in lower case but for articles and the particles of
    names, as many as have room in `WORDS` characters. A word at the beginning of a sentence counts as a name."""
    said = ""
    for word in _WORD.findall(mention):
        if word.islower() and word not in _UNSAID:
            longer = f"{said} {word}".lstrip()
            if len(longer) > WORDS:
                break
            said = longer
    return said


class Reading:
    """Pairs of one sentence, each in one direction at most once, that are read together."""

    def __init__(self, text: str, most: int) -> None:
        self.text = text
        self.most = most
        self.pairs: list[Pair] = []
        self.told: set[tuple[str, str]] = set()
        self.actors: set[str] = set()

    def takes(self, pair: Pair) -> bool:
        """Whether there is room for one more pair."""
        ids = _ids(pair)
        if ids in self.told or len(self.actors | {*ids}) > self.most:
            return False
        return len(self.text) <= LONGEST or sum(b - a for a, b in _windows([*self.pairs, pair])) <= LONGEST

    def add(self, pair: Pair) -> None:
        self.pairs.append(pair)
        self.told.add(_ids(pair))
        self.actors |= {*_ids(pair)}

    def marked(self) -> tuple[str, dict[str, int]]:
        """The text with a marker and `words_beside_name` instead of each mention, cropped to `CONTEXT` around the
        pairs' actors, and the actors' places in `MARKERS`.

        Where two actors overlap ("both sides" is source and target), both markers stand in their place. Square brackets
        of the text itself become round ones: an article cannot forge a marker.
        """
        text = self.text.replace("[", "(").replace("]", ")")
        ends = _joined(end for pair in self.pairs for end in zip((pair.source, pair.target), _ids(pair), strict=True))
        others = (m for m in self.pairs[0].mentions if not any(m[0] < b and a < m[1] for a, b, _ in ends))
        same = {(start, end): ids for start, end, ids in self.pairs[0].mentions}
        mentions = sorted([*((a, b, (*same.get((a, b), ()), *ids)) for a, b, ids in ends), *others])
        order = dict.fromkeys(actor for *_, ids in mentions for actor in ids if actor in self.actors)
        places = {actor: place for place, actor in enumerate(order)}
        windows = _windows(self.pairs)
        return " … ".join(_masked(text, *window, mentions, places) for window in windows), places


def _ids(pair: Pair) -> tuple[str, str]:
    """Who the two are; where nothing is known of the sentence but them, they are their offsets."""
    return pair.actors if pair.mentions else (str(pair.source), str(pair.target))


def _joined(ends: Iterable[tuple[tuple[int, int], str]]) -> list[Mentioned]:
    """Spans with whom they name, in order, those that overlap as one."""
    found: list[Mentioned] = []
    for (start, end), actor in sorted(set(ends)):
        if found and start < found[-1][1]:
            first, last, actors = found.pop()
            found.append((first, max(last, end), tuple(dict.fromkeys((*actors, actor)))))
        else:
            found.append((start, end, (actor,)))
    return found


def _windows(pairs: Iterable[Pair]) -> list[tuple[int, int]]:
    """The stretches of the text that are read: `CONTEXT` around each source and target."""
    found: list[tuple[int, int]] = []
    length = 0
    for pair in pairs:
        length = len(pair.text)
        found += [(max(0, start - CONTEXT), min(length, end + CONTEXT)) for start, end in (pair.source, pair.target)]
    return [(start, end) for start, end, _ in _joined((window, "") for window in found)]


def _masked(text: str, start: int, end: int, mentions: Iterable[Mentioned], places: dict[str, int]) -> str:
    """The text from `start` to `end` with markers for each mention that lies in it."""
    pieces, at = [], start
    for begin, until, actors in mentions:
        if at <= begin and until <= end:
            named = sorted({places[actor] for actor in actors if actor in places}) or [ACTORS]
            said = words_beside_name(text[begin:until])
            pieces += [text[at:begin], *(MARKERS[place] for place in named), said and f" {said}"]
            at = until
    return "".join([*pieces, text[at:end]])


def arrange(pairs: Sequence[Pair], most: int = ACTORS) -> tuple[list[str], np.ndarray]:
    """Pairs as the encoder takes them: the marked texts, in each of which `most` actors are told apart, and for each
    pair the number of its text and the places in `MARKERS` of its source and target, `(n, 3)`.

    Pairs of one sentence share a reading where they are marked in the same mentions. Raises ValueError if a span is
    empty or lies outside its text.
    """
    found: list[Reading] = []
    latest: dict[object, int] = {}
    homes: defaultdict[object, list[int]] = defaultdict(list)
    numbers = []
    for pair in pairs:
        for start, end in (pair.source, pair.target):
            if not 0 <= start < end <= len(pair.text):
                raise ValueError(f"the span {(start, end)} is empty or outside the text of {len(pair.text)} characters")
        ids = _ids(pair)
        sentence = pair.text, pair.mentions or frozenset(ids)
        home = homes[sentence, frozenset(ids)]
        number = next((at for at in home if ids not in found[at].told), latest.get(sentence))
        if number is None or not found[number].takes(pair):
            number = latest[sentence] = len(found)
            found.append(Reading(pair.text, most))
        found[number].add(pair)
        numbers.append(number)
        if number not in home:
            home.append(number)
    texts = [reading.marked() for reading in found]
    places = [(n, *(texts[n][1][actor] for actor in _ids(pair))) for n, pair in zip(numbers, pairs, strict=True)]
    return [text for text, _ in texts], np.array(places, np.int64).reshape(-1, 3)


def by_text(places: np.ndarray) -> list[np.ndarray]:
    """The numbers of the pairs that each text is asked for, text by text, out of what `arrange` gives."""
    order = np.argsort(places[:, 0], kind="stable")
    return np.split(order, np.flatnonzero(np.diff(places[order, 0])) + 1) if len(places) else []


def padded(rows: Sequence[np.ndarray], fill: float = 0) -> np.ndarray:
    """Arrays of one kind but for their length, as one, `(rows, longest, …)`."""
    shape = len(rows), max(map(len, rows)), *rows[0].shape[1:]
    found = np.full(shape, fill, rows[0].dtype)
    for row, values in zip(found, rows, strict=True):
        row[: len(values)] = values
    return found
