"""One table for what any check, warning or gate found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dafeng.vocabulary import Entries, Fault, Record, Text, read_records

_FILE = Path(__file__).parent / "data" / "messages"
Severity = Literal["error", "warning", "notice"]


class Message(Record):
    """The wording of a code: what is wrong (``cause``) and what to do (``mend``).

    Words in braces are filled from the finding's values.
    """

    id: str
    severity: Severity
    cause: Text
    mend: Text
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> Text:
        """The cause stands for the message."""
        return Text(zh=self.id, en=self.id)


@cache
def messages() -> Entries[Message]:
    """All messages by code."""
    return Entries("message", read_records(Message, _FILE, "messages"))


@dataclass(frozen=True)
class Finding:
    """Something that was found.

    Attributes:
        code: stable code of the message.
        place: file, row and column, or the id of what it is about.
        values: what the message speaks about; a ``Text`` is shown in the reader's language.
        figure: id of the figure concerned.
        clause: ``document/clause`` that it rests on.
        consequence: what follows, where a rule states it.
        due: date by which something must be done.
        region: code of the region concerned, where it is a part of what was asked about.
        reporter: id of the reporter that it is about; empty where it is about all of the books.
    """

    code: str
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    figure: str = ""
    clause: str = ""
    consequence: Text | None = None
    due: str = ""
    region: str = ""
    reporter: str = ""

    @classmethod
    def of(cls, fault: Fault) -> Finding:
        """Return the finding that a fault stands for."""
        return cls(fault.code, fault.place, fault.values)

    @property
    def severity(self) -> Severity:
        """Severity of the code."""
        return messages()[self.code].severity

    def cause(self, lang: str) -> str:
        """What is wrong, in ``lang``."""
        return self._fill(messages()[self.code].cause, lang)

    def mend(self, lang: str) -> str:
        """What to do about it, in ``lang``."""
        return self._fill(messages()[self.code].mend, lang)

    def to_dict(self, lang: str) -> dict[str, Any]:
        """Return a plain dictionary for JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "place": self.place,
            "cause": self.cause(lang),
            "mend": self.mend(lang),
            "figure": self.figure,
            "clause": self.clause,
            "consequence": self.consequence.of(lang) if self.consequence else "",
            "due": self.due,
            "region": self.region,
            "reporter": self.reporter,
        }

    def _fill(self, text: Text, lang: str) -> str:
        values = {k: v.of(lang) if isinstance(v, Text) else v for k, v in self.values.items()}
        return text.of(lang).format_map(values)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.severity == "error" for finding in findings)


def about(
    findings: Iterable[Finding], reporters: Collection[str], year: str | None = None
) -> tuple[list[Finding], list[Finding]]:
    """Part the findings for who asked about some reporters, or about one year, alone.

    Args:
        findings: what was found.
        reporters: who was asked about; nobody in particular where it is empty.
        year: which year was asked about, if any.

    Returns:
        Those of these reporters and of no reporter, of this year and of none; and one that counts
        the others, if there are any and asks nothing of anybody.
    """
    held = [*findings]
    own = [
        one
        for one in held
        if (not reporters or one.reporter in ("", *reporters))
        and (year is None or one.values.get("year", year) == year)
    ]
    others = len(held) - len(own)
    return own, [Finding("about_others", values={"findings": others})] if others else []
