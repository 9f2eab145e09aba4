"""From row labels to flows: each row of the file gets one class, the booked ones a flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dafeng.ledger.importing.columns import Bools, Floats, Ints, Labels
from dafeng.ledger.importing.faults import Add
from dafeng.ledger.importing.mapping import Entry, OfWhich, Row
from dafeng.vocabulary import flows

CLASSES = ("entries", "checks", "of_which", "ignored")
ENTRIES, CHECKS, OF_WHICH, IGNORED = range(len(CLASSES))
NONE = -1


@dataclass(frozen=True)
class Booked:
    """What the row labels say.

    Attributes:
        kind: class of each row, ``NONE`` where the label is unknown.
        booked: whether each row enters the ledger.
        columns: flow, use, product and note of each row.
        quantity: what is booked.
        signed: the number as it counts in a printed total, with the sign its row should have.
    """

    kind: Ints
    booked: Bools
    columns: dict[str, Labels]
    quantity: Floats
    signed: Floats


def book(labels: Labels, numbers: Floats, rules: dict[str, Row], active: Bools, add: Add) -> Booked:
    """Class the rows by label and book them by its rule.

    Args:
        labels: row label of each row.
        numbers: number of each row as printed.
        rules: what each label stands for.
        active: rows that are not left out for another reason.
        add: told of unknown labels and of signs that stand against their row.
    """
    found = [rules.get(text) for text in labels.texts]
    unknown = labels.each(np.array([rule is None for rule in found], dtype=np.bool_)) & active
    add("unmapped_label", np.flatnonzero(unknown), "label", lambda i: {"label": labels[i]})
    booked = [rule.booked if rule else None for rule in found]
    expected = labels.each(np.array([_expected(one) for one in booked], dtype=np.int64))
    against = expected * numbers < 0
    at = np.flatnonzero(against & active)
    add("sign_against_row", at, "quantity", lambda i: {"row": labels[i], "printed": numbers[i]})
    right = np.where(against, -numbers, numbers)
    free = labels.each(np.array([_signed(one) for one in booked], dtype=np.bool_))
    return Booked(
        labels.each(np.array([_class(rule) for rule in found], dtype=np.int64)),
        labels.each(np.array([one is not None for one in booked], dtype=np.bool_)) & active,
        _columns(labels, booked, negative=numbers < 0),
        np.where(free, right, np.abs(right)),
        right,
    )


def _class(rule: Row | None) -> int:
    if rule is None:
        return NONE
    parts = (rule.entry, rule.check, rule.of_which, rule.ignore)
    return next(i for i, part in enumerate(parts) if part is not None)


def _signed(booking: Entry | OfWhich | None) -> bool:
    return bool(booking and booking.flow and flows()[booking.flow].signed)


def _expected(booking: Entry | OfWhich | None) -> int:
    """Return the sign that a row should have: 1, -1, or 0 where it may have either."""
    if booking is None or booking.flow is None:
        return 0
    if booking.sign == "negative":
        return -1
    return 0 if _signed(booking) else 1


def _columns(
    labels: Labels, booked: list[Entry | OfWhich | None], *, negative: Bools
) -> dict[str, Labels]:
    def flow(booking: Entry | OfWhich | None, *, below: bool) -> str:
        if isinstance(booking, Entry) and booking.by_sign:
            return booking.by_sign.negative if below else booking.by_sign.positive
        return (booking.flow or "") if booking else ""

    by_sign = [flow(one, below=below) for below in (False, True) for one in booked]
    columns = {"flow": Labels.choose(by_sign, labels.codes + len(booked) * negative)}
    for name in ("use", "product", "note"):
        texts = [getattr(one, name) if one else "" for one in booked]
        columns[name] = Labels.choose(texts, labels.codes)
    return columns
