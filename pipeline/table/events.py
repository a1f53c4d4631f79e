"""The stance table in the columns that users of event data know: PLOVER, POLECAT, ICEWS, GDELT.

What a statement does not have (sectors, places, mentions) stays empty; `docs/table.md` says which columns are filled.
Columns, codes and scales are from

- PLOVER: the tables "PLOVER JSON" and "Schrodt scores" of PLOVER_MANUAL.tex, and for CAMEO's equivalents its table
  "PLOVER equivalents to CAMEO cue categories", github.com/openeventdata/PLOVER, 0711e39;
- POLECAT: the header of its weekly files, Harvard Dataverse doi:10.7910/DVN/AJGVIT;
- ICEWS: the header of its yearly files, Harvard Dataverse doi:10.7910/DVN/28075;
- GDELT: GDELT-Event_Codebook-V2.0.pdf, and CAMEO.goldsteinscale.txt, gdeltproject.org/data/lookups.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.actors.gazetteer import actor_names
from pipeline.errors import InputError
from pipeline.labels import ROOTS

Row = dict[str, Any]

PLOVER = "id date source recipient event quad_code event_scale context link text text_info cite_info coder"
_SIDE = "{0} Name|{0} Country|{0} COW|Primary {0} Sector|{0} Sectors|{0} Title|{0} Name Raw|Wikipedia {0} ID"
POLECAT = (
    "Event ID|Event Date|Event Type|Event Mode|Intensity|Quad Code|Contexts|"
    f"{_SIDE.format('Actor')}|{_SIDE.format('Recipient')}|"
    "Placename|City|District|Province|Country|Latitude|Longitude|GeoNames ID|Raw Placename|Feature Type|Source|"
    "Publication Date|Story People|Story Organizations|Story Locations|Language|Version"
)
ICEWS = (
    "Event ID|Event Date|Source Name|Source Sectors|Source Country|Event Text|CAMEO Code|Intensity|Target Name|"
    "Target Sectors|Target Country|Story ID|Sentence Number|Publisher|City|District|Province|Country|Latitude|Longitude"
)
_ACTOR = "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code Type3Code"
_GEO = "Geo_Type Geo_FullName Geo_CountryCode Geo_ADM1Code Geo_ADM2Code Geo_Lat Geo_Long Geo_FeatureID"
GDELT = [
    *"GlobalEventID Day MonthYear Year FractionDate".split(),
    *(f"Actor{n}{part}" for n in (1, 2) for part in _ACTOR.split()),
    *"IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale".split(),
    *"NumMentions NumSources NumArticles AvgTone".split(),
    *(f"{of}{part}" for of in ("Actor1", "Actor2", "Action") for part in _GEO.split()),
    *"DATEADDED SOURCEURL".split(),
]

SCORES = {
    "ASSAULT": -9.3,
    "COERCE": -7.2,
    "PROTEST": -6.6,
    "MOBILIZE": -5.3,
    "SANCTION": -5.2,
    "THREATEN": -5.1,
    "REQUEST": -5.0,
    "REJECT": -4.2,
    "ACCUSE": -2.0,
    "CONSULT": 2.1,
    "AGREE": 4.2,
    "SUPPORT": 4.6,
    "CONCEDE": 5.0,
    "COOPERATE": 6.8,
    "AID": 7.4,
    "RETREAT": 7.6,
}
"""The PLOVER manual's score of each category; REQUEST is what the manual calls DEMAND."""

CAMEO = {
    "AGREE": ("03", "Express intent to cooperate", 4.0),
    "CONSULT": ("04", "Consult", 1.0),
    "SUPPORT": ("05", "Engage in diplomatic cooperation", 3.5),
    "COOPERATE": ("06", "Engage in material cooperation", 6.0),
    "AID": ("07", "Provide aid", 7.0),
    "CONCEDE": ("08", "Yield", 5.0),
    "RETREAT": ("08", "Yield", 5.0),
    "REQUEST": ("10", "Demand", -5.0),
    "ACCUSE": ("11", "Disapprove", -2.0),
    "REJECT": ("12", "Reject", -4.0),
    "THREATEN": ("13", "Threaten", -4.4),
    "PROTEST": ("14", "Engage in political dissent", -6.5),
    "MOBILIZE": ("15", "Demonstrate military or police power", -7.2),
    "SANCTION": ("16", "Reduce relations", -4.0),
    "COERCE": ("17", "Coerce", -7.0),
    "ASSAULT": ("18", "Use unconventional violence", -9.0),
}
"""CAMEO's root code of a PLOVER category; the name and Goldstein value of its code `..0`, not specified below."""

_DATE = re.compile(r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?!\d))?")
_CONTEXTS = {"actual": "", "proposed": "future", "hypothetical": "hypothetical", "negated": "negation"}


@dataclass(frozen=True, slots=True)
class View:
    """A format: its columns, what fills them from a row and its article's address, and the statuses it has a place for.

    It is tab-separated, with or without a `header`, or else `lines` of JSON.
    """

    columns: list[str]
    fill: Callable[[Row, str], Row]
    header: bool = True
    lines: bool = False
    statuses: tuple[str, ...] = ("actual",)


def events(rows: Iterable[Row], urls: Mapping[str, str], view: View) -> Iterator[Row]:
    """Rows of the statements table in the columns of a view. Raises InputError for a root code that is none."""
    for row in rows:
        if row["root"] not in ROOTS:
            raise InputError(f"statement {row['id']}: {row['root']!r} is no root code; one of {', '.join(ROOTS)}")
        yield dict.fromkeys(view.columns, "") | view.fill(row, urls.get(row["document"], ""))


def _state(actor: str) -> str:
    """The alpha-3 code of a state; empty for an organisation."""
    return "" if ":" in actor else actor


def _name(actor: str) -> str:
    return actor_names().get(actor, actor.partition(":")[2] or actor)


def _plover(row: Row, url: str) -> Row:
    def actor(side: str) -> list[Row]:
        code = "IGO" if row[side].startswith("IGO:") else _state(row[side])
        return [{"code": code, "actor_text": row[f"{side}_text"], "identifier_text": row[side]}]

    return {
        "id": row["id"],
        "date": row["date"],
        "source": actor("source"),
        "recipient": actor("target"),
        "event": [row["root"]],
        "quad_code": row["quad"],
        "event_scale": SCORES[row["root"]],
        "context": [context] if (context := _CONTEXTS[row["status"]]) else [],
        "link": min(row["id"], row["mutual"]) if row["mutual"] else "",
        "text": row["evidence"],
        "text_info": {"sequence": row["sentence"], "start": row["start"], "end": row["end"]},
        "cite_info": {"citation": row["document"], "url": url},
        "coder": row["model"],
    }


def _polecat(row: Row, url: str) -> Row:
    found = {
        "Event ID": row["id"],
        "Event Date": row["date"],
        "Event Type": row["root"],
        "Intensity": SCORES[row["root"]],
        "Quad Code": row["quad"],
        "Publication Date": row["date"],
        "Language": "en",
        "Version": row["model"],
    }
    for side, role in (("source", "Actor"), ("target", "Recipient")):
        found[f"{role} Name"] = _name(row[side])
        found[f"{role} Country"] = _state(row[side])
        found[f"{role} Name Raw"] = row[f"{side}_text"]
    return found


def _icews(row: Row, url: str) -> Row:
    code, text, scale = CAMEO[row["root"]]
    found = {
        "Event ID": row["id"],
        "Event Date": row["date"],
        "Event Text": text,
        "CAMEO Code": f"{code}0",
        "Intensity": scale,
        "Story ID": row["document"],
        "Sentence Number": row["sentence"],
    }
    for side, role in (("source", "Source"), ("target", "Target")):
        found[f"{role} Name"] = _name(row[side])
        found[f"{role} Country"] = _name(row[side]) if _state(row[side]) else ""
    return found


def _gdelt(row: Row, url: str) -> Row:
    code, _, scale = CAMEO[row["root"]]
    year, month, day = _DATE.match(row["date"]).groups("")  # type: ignore[union-attr]  # it matches any text
    found = {
        "GlobalEventID": row["id"],
        "Day": day and f"{year}{month}{day}",
        "MonthYear": month and f"{year}{month}",
        "Year": year,
        "EventCode": f"{code}0",
        "EventBaseCode": f"{code}0",
        "EventRootCode": code,
        "QuadClass": row["quad"],
        "GoldsteinScale": scale,
        "SOURCEURL": url,
    }
    for side, role in (("source", "Actor1"), ("target", "Actor2")):
        found[f"{role}Code"] = "IGO" if row[side].startswith("IGO:") else _state(row[side])
        found[f"{role}Name"] = _name(row[side]).upper()
        found[f"{role}CountryCode"] = _state(row[side])
        found[f"{role}Type1Code"] = "IGO" if row[side].startswith("IGO:") else ""
    return found


VIEWS = {
    "plover": View(PLOVER.split(), _plover, lines=True, statuses=tuple(_CONTEXTS)),
    "polecat": View(POLECAT.split("|"), _polecat),
    "icews": View(ICEWS.split("|"), _icews),
    "gdelt": View(GDELT, _gdelt, header=False),
}
