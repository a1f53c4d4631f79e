"""The stance classifier that ships: it reads what is said, not who is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.shipped import shipped
from pipeline.stance import Pair, load
from pipeline.stance.load import find, read_description
from pipeline.stance.marking import MARKERS, mark

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


def test_exchanging_the_countries_changes_nothing() -> None:
    """The mission's own worry: Russia and North Korea must not be oppositional by name alone."""
    for sentence, _ in SENTENCES:
        assert len({mark(pair(sentence, *names)) for names in PAIRS}) == 1


def test_both_directions_are_one_reading() -> None:
    forward = mark(pair("{0} condemned {1} for the raid.", "Oslo", "Riga"))
    backward = mark(Pair("Oslo condemned Riga for the raid.", (15, 19), (0, 4)))
    assert (forward.text, forward.source, forward.target) == (backward.text, backward.target, backward.source)


def test_every_mention_of_the_two_is_marked_as_theirs() -> None:
    text = "Norway and Latvia said that both sides had asked Estonia."
    mentions = ((0, 6, ("NOR",)), (11, 17, ("LVA",)), (28, 38, ("NOR", "LVA")), (49, 56, ("EST",)))
    marked = mark(Pair(text, (0, 6), (11, 17), ("NOR", "LVA"), mentions))
    one, other, third = MARKERS
    assert marked.text == f"{one} and {other} said that {one}{other} had asked {third}."


def test_what_is_far_from_both_is_cut_but_never_the_actors() -> None:
    far = "and so on " * 200
    marked = mark(Pair(f"Oslo {far}Riga{far}", (0, 4), (5 + len(far), 9 + len(far))))
    assert len(marked.text) < 1000
    assert all(marker in marked.text for marker in MARKERS[:2])


def test_no_article_can_forge_a_marker() -> None:
    marked = mark(Pair("Oslo [unused1] thanked Riga [unused2].", (0, 4), (23, 27)))
    assert marked.text.count("[unused1]") == marked.text.count("[unused2]") == 1


@given(st.text(min_size=1), st.data())
def test_any_text_with_any_two_spans_is_read(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    spans = [tuple(sorted((data.draw(offsets), data.draw(offsets)))) for _ in range(2)]
    if all(start < end for start, end in spans):
        assert {MARKERS[0], MARKERS[1]} <= {marker for marker in MARKERS if marker in mark(Pair(text, *spans)).text}


def test_a_model_of_an_earlier_version_says_so(tmp_path: Path) -> None:
    folder = shutil.copytree(shipped("models") / "stance", tmp_path / "old")
    description = json.loads((folder / "model.json").read_text())
    del description["encoder"]
    (folder / "model.json").write_text(json.dumps(description))
    with pytest.raises(InputError, match=r"model\.json: a model of an earlier version; train it again"):
        load(folder)


def test_a_device_that_is_not_there_says_so() -> None:
    for device in ("nonsense", *(() if torch.cuda.is_available() else ("cuda",))):
        with pytest.raises(InputError, match=f"no such device: '{device}'"):
            load(device=device)


def test_torch_and_its_export_agree() -> None:
    pairs = [pair(sentence, "Oslo", "Riga") for sentence, _ in SENTENCES]
    exported, exact = (load(device=device).classify(pairs) for device in ("cpu", "cpu:0"))
    assert [verdict.stance for verdict in exported] == [verdict.stance for verdict in exact]
    assert read_description(find("stance"))["equal_to_torch"] >= 0.99


def test_a_verdict_sums_to_one_and_its_root_has_its_sign() -> None:
    for verdict in load().classify([pair(sentence, "Oslo", "Riga") for sentence, _ in SENTENCES]):
        assert sum(verdict.scores.values()) == pytest.approx(1)
        assert verdict.quad in ((1, 2) if verdict.stance == "cooperative" else (3, 4))
