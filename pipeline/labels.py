"""The label sets, each defined once.

Quad classes and root codes are PLOVER's (Halterman et al., *PLOVER and POLECAT*, 2023; the manual at
github.com/openeventdata/PLOVER). The manual contradicts itself on SANCTION; here it is material conflict (4).
"""

from __future__ import annotations

import re
from typing import Literal, get_args

Stance = Literal["cooperative", "oppositional", "none"]
Status = Literal["actual", "proposed", "hypothetical", "negated"]
BlockLabel = Literal["headline", "byline", "body", "caption", "editors-note", "footnote", "boilerplate"]

ACTOR_ID = re.compile(r"[A-Z]{3}|IGO:[A-Za-z0-9-]+|ORG:[a-z0-9-]+")
"""States and territories by ISO 3166-1 alpha-3, intergovernmental and other organisations."""

STANCES: tuple[str, ...] = get_args(Stance)
STATUSES: tuple[str, ...] = get_args(Status)
BLOCKS: tuple[str, ...] = get_args(BlockLabel)

QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}

ROOTS = {
    "AGREE": 1,
    "CONSULT": 1,
    "SUPPORT": 1,
    "CONCEDE": 1,
    "COOPERATE": 2,
    "AID": 2,
    "RETREAT": 2,
    "REQUEST": 3,
    "ACCUSE": 3,
    "REJECT": 3,
    "THREATEN": 3,
    "PROTEST": 4,
    "SANCTION": 4,
    "MOBILIZE": 4,
    "COERCE": 4,
    "ASSAULT": 4,
}
YIELD = ("CONCEDE", "RETREAT")
"""The root codes that PLV and the project's marked sentences do not tell apart: their YIELD is either."""
MARKED_ROOTS = {**ROOTS, "YIELD": 2}
"""The root codes, with their quad classes, that an example to learn from can have."""


def stance_of_quad(quad: int) -> str:
    """The stance that a PLOVER quad class amounts to: 1 and 2 cooperative, 3 and 4 oppositional."""
    return "cooperative" if quad <= 2 else "oppositional"
