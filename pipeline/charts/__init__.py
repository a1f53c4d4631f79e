"""Charts from Vega-Lite specifications, as SVG: they print, need no script, and stay small."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def svg(name: str, datasets: dict[str, list[dict[str, Any]]]) -> str:
    """The chart that `NAME.vl.json` beside this file describes, drawn from named data sets."""
    import vl_convert

    specification = json.loads((files("pipeline.charts") / f"{name}.vl.json").read_text("utf-8"))
    return str(vl_convert.vegalite_to_svg({**specification, "datasets": datasets}))
