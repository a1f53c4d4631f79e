"""Stance: one interface, three classifiers behind it (spaCy component "stance")."""

from pipeline.stance.base import Classifier, Pair, Verdict
from pipeline.stance.component import StanceComponent
from pipeline.stance.load import load

__all__ = ["Classifier", "Pair", "StanceComponent", "Verdict", "load"]
