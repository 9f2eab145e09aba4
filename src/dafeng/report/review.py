"""A reading as one web page that needs nothing else: the text beside the proposals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dafeng.report.words import word

_DATA = Path(__file__).parent / "data"
_WORDS = {
    "count": "read_review_count",
    "garbled": "read_review_garbled",
    "changed": "read_review_changed",
    "others": "read_review_others",
}
_EMBEDDED = ("format", "file", "sha256")
_OF_PROPOSAL = ("start", "end", "slice", "corrupt", "trust", "shown")


def review_page(data: Mapping[str, Any], lang: str) -> str:
    """Return the page.

    Args:
        data: as ``dafeng.reader.review_data`` gives it.
        lang: language of everything but the text itself.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415  heavy
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(_DATA),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    trusts = [proposal["trust"] for proposal in data["proposals"]]
    return environment.get_template("review.html.j2").render(
        data=data,
        lang=lang,
        titles=dict(data["indicators"]),
        style=Markup((_DATA / "review.css").read_text(encoding="utf-8")),  # noqa: S704  our own file
        script=Markup((_DATA / "review.js").read_text(encoding="utf-8")),  # noqa: S704  our own file
        embedded=Markup(_embedded(data, lang)),  # noqa: S704  escaped below
        word=lambda name: word(name, lang),
        shown=lambda value: "" if value is None else f"{value:.15g}",
        marks=lambda numbers: _worst(trusts, numbers),
    )


def _embedded(data: Mapping[str, Any], lang: str) -> str:
    """Return what the script needs as JSON that no text of a document can break out of."""
    held = {name: data[name] for name in _EMBEDDED}
    held["words"] = {name: word(text, lang) for name, text in _WORDS.items()}
    held["proposals"] = [{k: p[k] for k in _OF_PROPOSAL} for p in data["proposals"]]
    text = json.dumps(held, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _worst(trusts: Sequence[str], numbers: Sequence[int]) -> str:
    held = {trusts[number] for number in numbers}
    return next(trust for trust in ("corrupt", "check", "good") if trust in held)
