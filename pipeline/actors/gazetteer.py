"""The names of actors, from `pipeline/data/actors.csv`: one row a surface form (`actor,form,text`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.article.plain import plain

FAMILY_FIRST = frozenset({"CHN", "PRK", "KOR", "VNM", "TWN", "HKG"})
"""States whose people write the family name first."""
PLACES = {"capital"}
"""Forms that are a government in one sentence and a mere place in another."""


@dataclass(frozen=True, slots=True)
class Name:
    """A surface form: canonical actor id, kind of form (name, adjective, capital, …), the words as written."""

    actor: str
    form: str
    text: str


@cache
def names() -> tuple[Name, ...]:
    """Every surface form of the gazetteer."""
    with (files("pipeline") / "data" / "actors.csv").open(encoding="utf-8") as file:
        return tuple(Name(row["actor"], row["form"], row["text"]) for row in csv.DictReader(file))


@cache
def _by_actor() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names():
        found.setdefault(name.actor, []).append(name.text.lower())
    return found


def names_of(actor: str) -> list[str]:
    """All names of an actor, lower case; none of one that the gazetteer does not know."""
    return _by_actor().get(actor, [])


def called(words: str) -> set[str]:
    """The actors that have a name, in capitals or not."""
    return {name.actor for name in names() if name.text.lower() == words.lower()}


@cache
def in_capitals() -> dict[str, list[Name]]:
    """The names as capitals write them."""
    found: dict[str, list[Name]] = {}
    for name in names():
        found.setdefault(plain(name.text).upper(), []).append(name)
    return found


@cache
def actor_names() -> dict[str, str]:
    """The first plain name of each actor id, for people to read."""
    found: dict[str, str] = {}
    for name in names():
        if name.form == "name":
            found.setdefault(name.actor, name.text)
    return found


@cache
def people() -> dict[str, str]:
    """The actor of each person, by the name as written."""
    return {name.text: name.actor for name in names() if name.form == "person"}


@cache
def first_names() -> dict[str, frozenset[str]]:
    """The first names of the people with each last name."""
    found: dict[str, set[str]] = {}
    for words in (name.split(" ") for name in people()):
        if len(words) > 1:
            found.setdefault(words[-1], set()).add(words[0])
    return {last: frozenset(firsts) for last, firsts in found.items()}


@cache
def families() -> dict[str, str]:
    """The actor of everybody with a family name, where they have one in common."""
    found: dict[str, set[str]] = {}
    for name, actor in people().items():
        found.setdefault(name.split(" ")[0 if actor in FAMILY_FIRST else -1], set()).add(actor)
    return {family: actors.pop() for family, actors in found.items() if len(actors) == 1}


@cache
def _regions() -> dict[str, frozenset[str]]:
    with (files("pipeline") / "data" / "regions.csv").open(encoding="utf-8") as file:
        return {row["adjective"]: frozenset(row["states"].split()) for row in csv.DictReader(file)}


def states_in(region: str) -> frozenset[str]:
    """The states of a region by its adjective, "West African", as news has it; none of what is no region."""
    return _regions().get(region.lower(), frozenset())


@cache
def titles() -> frozenset[str]:
    """Words of office, lower case, that tie a person to the actor named beside them."""
    lines = (files("pipeline") / "data" / "titles.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
