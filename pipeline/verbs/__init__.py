"""Verbs: diplomatic predicates, verbs, nouns and adjectives (spaCy component "diplomatic_verbs")."""

from pipeline.verbs.component import DiplomaticVerbs

__all__ = ["DiplomaticVerbs"]
