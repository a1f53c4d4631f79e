"""Blocks: what stands in an article besides its body, and what stands twice."""

from __future__ import annotations

import textwrap
from itertools import pairwise

import pytest
from conftest import CORPUS
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.article import find_blocks
from pipeline.gold.corpus import Annotated
from pipeline.gold.segments import sentences_of

PAGE = """\
Oslo and Riga fall out over cod

Oslo and Riga fall out over cod

Editor's note: this series looks at the small quarrels of the northern seas.

By Signe Halvorsen | 3 May 2021

A Latvian trawler leaves Liepaja at dawn in heavy rain. | Image: M. Ozols

For nine years the two navies drilled together, and nobody in Oslo or Riga gave much thought to the cod.1)The first joint drill was held in 2012. Then the shoals moved north.

A colder tone | Norway has now closed two of its ports to the Latvian fleet, and says that it will close more.

A Latvian trawler leaves Liepaja at dawn in heavy rain.

Riga called the closure unlawful.

Share this article

Leave a Reply
Your email address will not be published. Required fields are marked *
Comment
Name *
Save my name, email, and website in this browser for the next time I comment.
"""


def test_every_kind_of_block_is_named() -> None:
    found = [(b.label, b.repeat, PAGE[b.start : b.end]) for b in find_blocks(PAGE)]
    said = {text: (label, repeat) for label, repeat, text in found}
    assert found[0][:2] == ("headline", False)
    assert found[1][:2] == ("headline", True)
    assert said["By Signe Halvorsen | 3 May 2021"][0] == "byline"
    assert said["A Latvian trawler leaves Liepaja at dawn in heavy rain."] == ("caption", True)
    assert said["A colder tone"] == ("headline", False)
    assert said["The first joint drill was held in 2012."] == ("footnote", False)
    assert said["Riga called the closure unlawful."] == ("body", False)
    assert all(label == "boilerplate" for label, _, text in found if PAGE.index(text) >= PAGE.index("Share this"))


def test_sentences_end_at_double_spaces_and_have_no_bar(syntax: Language) -> None:
    doc = syntax(
        "Oslo has pushed for talks.\xa0 When the ministers met, Riga refused to sign.\n\nA trawler at sea. | Image: AFP"
    )
    assert [doc.text[s.start : s.end] for s in sentences_of(doc)] == [
        "Oslo has pushed for talks.",
        "When the ministers met, Riga refused to sign.",
        "A trawler at sea.",
        "Image: AFP",
    ]


def test_a_footnote_leaves_its_sentence_whole() -> None:
    texts = [PAGE[b.start : b.end] for b in find_blocks(PAGE)]
    at = next(i for i, text in enumerate(texts) if text.endswith("thought to the cod."))
    assert texts[at + 2] == "Then the shoals moved north."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(end: str) -> None:
    text = PAGE.replace("\n", end)
    assert [b.label for b in find_blocks(text)] == [b.label for b in find_blocks(PAGE)]


@pytest.mark.parametrize("width", [30, 40, 60])
def test_a_column_out_of_a_pdf_reads_as_its_article(width: int) -> None:
    text = (CORPUS / "uzbek-line-workers-freed.txt").read_text(encoding="utf-8")
    wrapped = "\n\n".join(textwrap.fill(part, width) for part in text.split("\n\n"))
    assert [block.label for block in find_blocks(wrapped)] == [block.label for block in find_blocks(text)]


def test_hard_wrapped_paragraphs_stay_whole() -> None:
    text = (
        "The ministers of the two countries met on Tuesday in a hotel by the\n"
        "lake and agreed, after nine hours of talks, to share the water that\n"
        "the dam holds back.\n"
    )
    assert len(find_blocks(text)) == 1


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_blocks_are_in_order_and_cover_the_words(text: str) -> None:
    blocks = find_blocks(text)
    assert all(b.start < b.end for b in blocks)
    assert all(one.end <= other.start for one, other in pairwise(blocks))
    between = [text[a.end : b.start] for a, b in pairwise(blocks)]
    assert all(not any(c.isalpha() for c in gap) for gap in between)


def test_the_given_article(given_article: Annotated) -> None:
    blocks, gold = find_blocks(given_article.text), given_article.gold

    def kind(at: int, among) -> tuple[str, bool]:
        block = next(b for b in among if b.start <= at < b.end)
        return block.label, block.repeat

    ends = [sentence.end - 1 for sentence in gold.sentences]
    same = [kind(end, blocks) == kind(end, gold.blocks) for end in ends]
    assert sum(same) / len(same) >= 0.9  # a caption that stands twice, reworded, is not seen as a repeat


@pytest.mark.parametrize(
    "dateline",
    [
        "SEOUL, Oct 18 (Reuters) -",
        "KYIV, Ukraine (AP) —",
        "Cairo (Reuters) -",
        "WASHINGTON -",
        "NEW DELHI, Oct 18 (ANI):",
        "SEOUL (PTI)",
        "MOSCOW, November 20. /TASS/.",
        "UNITED NATIONS, Aug 30 (Reuters) –",
    ],
)
def test_a_dateline_is_no_part_of_the_first_sentence(dateline: str, syntax: Language) -> None:
    doc = syntax(f"Cod quotas anger Riga\n\n{dateline} Norway condemned Latvia on Friday. It denied the claim.\n")
    assert [block.label_ for block in doc.spans["blocks"]] == ["headline", "byline", "body"]
    assert "Norway condemned Latvia on Friday." in [sentence.text.strip() for sentence in doc.sents]
    assert {(s.source, s.target) for s in doc._.statements} == {("NOR", "LVA")}


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("LIMA, 18 July (Litoral Press) –", "byline"),
        ("ARAUCA, Colombia, Sept 7", "byline"),
        ("SINGAPORE (June 5) - By Lim Hae-in", "byline"),
        ("COLOMBO (Staff)", "byline"),
        ("Honiara, 9 April", "byline"),
        ("NAOKO FERRARS, staff writer", "byline"),
        ("By our correspondent in Riga", "byline"),
        ("SOUTH KOREA AND NORWAY AT ODDS", "headline"),
        ("NORWAY, LATVIA SIGN PACT (AGAIN)", "headline"),
        ("Oslo, Riga trade barbs", "headline"),
    ],
)
def test_the_line_of_place_and_day_is_no_heading(line: str, label: str) -> None:
    """It was a heading in 109 of the train split's articles, which gold calls a byline."""
    blocks = find_blocks(
        f"Cod quotas anger Riga\n\n{line}\n\nNorway has closed two of its ports to the Latvian fleet.\n"
    )
    assert [block.label for block in blocks] == ["headline", label, "body"]
