"""Verbs: diplomatic predicates, verbs, nouns and adjectives (spaCy component "diplomatic_verbs")."""
