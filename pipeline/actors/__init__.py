"""Actors: mentions in the text, each tied to canonical ids (spaCy component "actors")."""
