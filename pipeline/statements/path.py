"""How a statement came about, for people to read."""

from __future__ import annotations

from spacy.tokens import Doc, Span

from pipeline.actors import mention
from pipeline.statements.arguments import Arguments
from pipeline.statements.statement import Statement
from pipeline.verbs.component import KEY as VERBS
from pipeline.verbs.component import predicate_of


def mention_at(doc: Doc, span: tuple[int, int]) -> Span | None:
    """The mention at the characters of a statement's source or target."""
    return next((m for m in doc.spans.get(mention.KEY, []) if (m.start_char, m.end_char) == span), None)


def path_of(doc: Doc, s: Statement) -> str:
    """Through which slots of its verb the syntax joins source and target, or that they only share the sentence."""
    verb = next((v for v in doc.spans.get(VERBS, []) if (v.start_char, v.end_char) == s.verb_span), None)
    if not s.linked:
        return "they only share the sentence: the classifier joins them, and the verb is the nearest that fits"
    if verb is None:
        return "the source says that the target does harm, which is to accuse it"
    predicate, arguments = predicate_of(verb), Arguments(list(doc.spans[mention.KEY]))

    def slot(of: tuple[int, int]) -> str:
        for name in dict.fromkeys((*predicate.source, *predicate.target)):
            if any((m.start_char, m.end_char) == of for m in arguments.fill(verb.root, name, predicate.pos)):
                return name if name in ("subject", "object", "indirect", "possessor") else f'"{name}"'
        return "another slot"

    own = f"{predicate.text} ({predicate.pos}, {predicate.root}, {predicate.stance} by itself)"
    return f"the syntax joins them through {own}: source is its {slot(s.source_span)}, target its {slot(s.target_span)}"
