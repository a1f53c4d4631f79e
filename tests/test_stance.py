"""The stance classifier that ships: it reads what is said, not who is named."""

from __future__ import annotations

import json
import re
import shutil
from itertools import islice, permutations
from pathlib import Path

import pytest
import torch
from conftest import CORPUS, GOLD
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from pipeline.digest import sha256_of
from pipeline.errors import InputError
from pipeline.gold.corpus import read_annotated
from pipeline.gold.pairs import gold_pairs
from pipeline.shipped import shipped
from pipeline.stance import Pair, load
from pipeline.stance.load import find, read_description
from pipeline.stance.marking import ACTORS, MARKERS, arrange, words_beside_name

SENTENCES = [
    ("{0} condemned {1} for the raid.", "oppositional"),
    ("{0} thanked {1} for its help.", "cooperative"),
    ("{0} imposed sanctions on {1} on Monday.", "oppositional"),
    ("{0} signed a trade agreement with {1}.", "cooperative"),
    ("{0} expelled two diplomats of {1}.", "oppositional"),
    ("{0} sent food and medicine to {1}.", "cooperative"),
    ("The foreign minister of {0} met his counterpart from {1} in Vienna.", "cooperative"),
    ("{0} rejected a demand by {1} to withdraw its troops.", "oppositional"),
]
PAIRS = [("Russia", "North Korea"), ("Norway", "Sweden"), ("Iran", "Israel"), ("Peru", "Chile")]


def pair(sentence: str, one: str, other: str) -> Pair:
    text = sentence.format(one, other)
    source = text.index(one)
    target = text.index(other)
    return Pair(text, (source, source + len(one)), (target, target + len(other)))


@pytest.mark.parametrize(("sentence", "stance"), SENTENCES)
def test_plain_sentences_whoever_is_named(sentence: str, stance: str) -> None:
    classifier = load()
    verdicts = classifier.classify([pair(sentence, *p) for names in PAIRS for p in (names, names[::-1])])
    assert {verdict.stance for verdict in verdicts} == {stance}


def text_of(one: Pair) -> str:
    (text,), _ = arrange([one])
    return text


def test_exchanging_the_countries_changes_nothing() -> None:
    """The mission's own worry: Russia and North Korea must not be oppositional by name alone."""
    for sentence, _ in SENTENCES:
        assert len({text_of(pair(sentence, *names)) for names in PAIRS}) == 1


def test_both_directions_are_one_reading() -> None:
    sentence = "Oslo condemned Riga for the raid."
    texts, places = arrange([Pair(sentence, (0, 4), (15, 19)), Pair(sentence, (15, 19), (0, 4))])
    assert texts == [f"{MARKERS[0]} condemned {MARKERS[1]} for the raid."]
    assert places.tolist() == [[0, 0, 1], [0, 1, 0]]


def test_a_sentence_is_read_once_for_all_its_pairs_and_every_mention_is_marked() -> None:
    text = "Norway and Latvia said that both sides had asked Estonia, not Poland."
    spans = {"NOR": (0, 6), "LVA": (11, 17), "EST": (49, 56)}
    mentions = (*((*span, (actor,)) for actor, span in spans.items()), (28, 38, ("NOR", "LVA")), (62, 68, ("POL",)))
    pairs = [Pair(text, spans[s], spans[t], (s, t), mentions) for s, t in permutations(spans, 2)]
    texts, places = arrange(pairs)
    one, two, three, *_, other = MARKERS
    assert texts == [f"{one} and {two} said that {one}{two} both sides had asked {three}, not {other}."]
    assert places.tolist() == [[0, s, t] for s, t in permutations(range(3), 2)]


def test_the_words_of_a_mention_that_are_no_names_are_read() -> None:
    source, target = "Kenya", "the Ethiopian prime minister's call to close the camps"
    one, two, *_ = MARKERS
    assert text_of(pair("{0} rejected {1}.", source, target)) == (
        f"{one} rejected {two} prime minister's call to close camps."
    )


@pytest.mark.parametrize(
    ("mention", "said"),
    [
        ("South Korea's navy", "navy"),
        ("41 detainees", "detainees"),
        ("Mohammed bin Salman", ""),
        ("Luis de la Cruz", ""),
        ("the UN peacekeeping force in Lebanon", "peacekeeping force in"),
        ("a court in Ghana", "court in"),
        ("The ban on arms sales to Iran", "ban on arms sales to"),
        ("Russia's war on Islamic State", "war on"),
        ("Osama bin Laden", ""),
        ("Alexander van der Bellen", ""),
        ("a 60-year-old man of the 3rd army", "man army"),
        ("both sides", "both sides"),
        ("中国政府", ""),
    ],
)
def test_names_and_their_particles_are_not_read(mention: str, said: str) -> None:
    assert words_beside_name(mention) == said


def test_a_mention_as_long_as_a_book_leaves_room_for_the_other() -> None:
    most = read_description(find("stance"))["max_tokens"]
    tokenizer = Tokenizer.from_file(str(find("stance") / "tokenizer.json"))
    for one, other in permutations(("the demand of one in six of us " * 5000, "Riga")):
        tokens = tokenizer.encode(text_of(pair("{0} rejected, as it had for a year or so, {1}.", one, other))).tokens
        assert set(MARKERS[:2]) <= set(tokens[:most])


def test_pairs_that_are_told_apart_by_two_are_read_two_by_two() -> None:
    text = "Norway and Latvia thanked Estonia."
    mentions = ((0, 6, ("NOR",)), (11, 17, ("LVA",)), (26, 33, ("EST",)))
    pairs = [Pair(text, s[:2], t[:2], (*s[2], *t[2]), mentions) for s, t in permutations(mentions, 2)]
    texts, places = arrange(pairs, most=2)
    one, two, *_, other = MARKERS
    assert sorted(texts) == sorted(
        [f"{one} and {two} thanked {other}.", f"{one} and {other} thanked {two}.", f"{other} and {one} thanked {two}."]
    )
    assert sorted(places[:, 0].tolist()) == [0, 0, 1, 1, 2, 2]


def test_in_which_order_pairs_are_asked_changes_nothing() -> None:
    text = "Norway condemned Latvia and thanked Estonia, which had warned Latvia."
    mentions = ((0, 6, ("NOR",)), (17, 23, ("LVA",)), (36, 43, ("EST",)), (62, 68, ("LVA",)))
    pairs = [Pair(text, s[:2], t[:2], (*s[2], *t[2]), mentions) for s, t in permutations(mentions[:3], 2)]
    verdicts = load().classify(pairs)
    assert load().classify(pairs[::-1]) == verdicts[::-1]
    assert [verdict.stance for verdict in verdicts[:2]] == ["oppositional", "cooperative"]


def test_a_pair_that_comes_twice_is_read_twice() -> None:
    twice = [pair("{0} thanked {1}.", "Oslo", "Riga")] * 2
    texts, places = arrange(twice)
    assert len(texts) == 2
    assert places[:, 0].tolist() == [0, 1]


def test_a_sentence_with_more_actors_than_markers_is_read_in_parts() -> None:
    names = [f"Actor{number}" for number in range(2 * ACTORS)]
    text = ", ".join(names) + " met."
    spans = [
        (at := text.index(f"{name},") if f"{name}," in text else text.index(name), at + len(name)) for name in names
    ]
    mentions = tuple((*span, (name,)) for span, name in zip(spans, names, strict=True))
    pairs = [
        Pair(text, spans[s], spans[t], (names[s], names[t]), mentions) for s, t in permutations(range(len(names)), 2)
    ]
    texts, places = arrange(pairs)
    assert len(texts) > 1
    for one, (number, source, target) in zip(pairs, places.tolist(), strict=True):
        assert source != target
        assert {MARKERS[source], MARKERS[target]} <= set(re.findall(r"\[\w+\]", texts[number])), one


def test_what_is_far_from_both_is_cut_but_never_the_actors() -> None:
    far = "and so on " * 200
    text = text_of(Pair(f"Oslo {far}Riga{far}", (0, 4), (5 + len(far), 9 + len(far))))
    assert len(text) < 1000
    assert all(marker in text for marker in MARKERS[:2])


def test_no_article_can_forge_a_marker() -> None:
    text = text_of(Pair("Oslo [unused1] thanked Riga [unused2].", (0, 4), (23, 27)))
    assert text.count("[unused1]") == text.count("[unused2]") == 1


@given(st.text(min_size=1), st.data())
def test_any_text_with_any_spans_is_read(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    spans = st.tuples(offsets, offsets).map(sorted).filter(lambda span: span[0] < span[1]).map(tuple)
    mentions = [(*span, (f"A{n % 12}",)) for n, span in enumerate(data.draw(st.lists(spans, min_size=2, max_size=30)))]
    pairs = [
        Pair(text, s[:2], t[:2], (*s[2], *t[2]), tuple(sorted(mentions)))
        for s, t in permutations(mentions, 2)
        if s[2] != t[2]
    ]
    texts, places = arrange(pairs)
    for number, source, target in places.tolist():
        assert source != target
        assert MARKERS[source] in texts[number]
        assert MARKERS[target] in texts[number]


def test_a_model_of_an_earlier_version_says_so(tmp_path: Path) -> None:
    folder = shutil.copytree(shipped("models") / "stance", tmp_path / "old")
    description = json.loads((folder / "model.json").read_text())
    del description["actors"]
    (folder / "model.json").write_text(json.dumps(description))
    with pytest.raises(InputError, match=r"model\.json: a model of an earlier version; train it again"):
        load(folder)


@pytest.mark.parametrize("kind", ["files", "model.skops"])
def test_a_damaged_model_says_so(kind: str, tmp_path: Path) -> None:
    (tmp_path / "model.skops").write_text("no zip")
    files = [] if kind == "files" else {"model.skops": sha256_of(tmp_path / "model.skops")}
    (tmp_path / "model.json").write_text(json.dumps({"kind": "linear", "files": files}))
    with pytest.raises(InputError, match=f"{kind.replace('files', 'model.json')}: a damaged model"):
        load(tmp_path)


def test_a_device_that_is_not_there_says_so() -> None:
    for device in ("nonsense", *(() if torch.cuda.is_available() else ("cuda",))):
        with pytest.raises(InputError, match=f"no such device: '{device}'"):
            load(device=device)


def test_torch_and_its_export_agree() -> None:
    pairs = [pair(sentence, "Oslo", "Riga") for sentence, _ in SENTENCES]
    exported, exact = (load(device=device).classify(pairs) for device in ("cpu", "cpu:0"))
    assert [verdict.stance for verdict in exported] == [verdict.stance for verdict in exact]
    assert read_description(find("stance"))["equal_to_torch"] >= 0.99


def test_the_export_says_what_torch_says_of_real_pairs() -> None:
    items = islice(read_annotated(GOLD, CORPUS, {"dev"}), 6)
    pairs = [pair.pair for item in items for pair in gold_pairs(item.gold, item.text)]
    exported, exact = (load(device=device).classify(pairs) for device in ("cpu", "cpu:0"))
    same = [one.stance == other.stance for one, other in zip(exported, exact, strict=True)]
    assert len(same) > 300
    assert sum(same) / len(same) >= 0.99


def test_a_verdict_sums_to_one_and_its_root_has_its_sign() -> None:
    for verdict in load().classify([pair(sentence, "Oslo", "Riga") for sentence, _ in SENTENCES]):
        assert sum(verdict.scores.values()) == pytest.approx(1)
        assert verdict.quad in ((1, 2) if verdict.stance == "cooperative" else (3, 4))
