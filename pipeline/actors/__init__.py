"""Actors: mentions in the text, each tied to canonical ids (spaCy component "actors")."""

from pipeline.actors.component import Actors

__all__ = ["Actors"]
