"""The lexicon's own sign: a baseline that knows no training data."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.labels import STANCES
from pipeline.stance.base import Pair, Verdict


def certain(stance: str, root: str = "") -> Verdict:
    """A verdict without doubt."""
    return Verdict(stance, 1.0, {label: float(label == stance) for label in STANCES}, root if stance != "none" else "")


class LexiconClassifier:
    """Parses the text, and answers with the sign of the predicate that joins the two spans; none where none does."""

    name = "lexicon"

    def __init__(self) -> None:
        import pipeline

        self.nlp = pipeline.load(model=None)
        self.nlp.select_pipes(disable=["actors", "statements"])

    def classify(self, pairs: Sequence[Pair]) -> list[Verdict]:
        from pipeline.actors import mention
        from pipeline.statements import Statements

        joined = Statements(unlinked=False)
        verdicts = []
        for pair, doc in zip(pairs, self.nlp.pipe(pair.text for pair in pairs), strict=True):
            spans = [doc.char_span(*bounds, alignment_mode="expand") for bounds in (pair.source, pair.target)]
            doc.spans[mention.KEY] = [
                mention.make(doc, span.start, span.end, (actor,), "name")
                for span, actor in zip(spans, ("SOURCE", "TARGET"), strict=True)
                if span is not None
            ]
            doc.spans["blocks"] = []
            found = [s for s in joined(doc)._.statements if s.source == "SOURCE"]
            verdicts.append(certain(found[0].stance, found[0].root) if found else certain("none"))
        return verdicts
