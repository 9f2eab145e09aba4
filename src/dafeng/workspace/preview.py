"""Which figures of the books would change with the rules, before anything is adopted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from dafeng.rulebook import describe
from dafeng.vocabulary import Text, worst_mark
from dafeng.workspace.books import Books
from dafeng.workspace.shelf import Scratch
from dafeng.workspace.store import Store

if TYPE_CHECKING:
    from dafeng.rulebook import Rulebook
    from dafeng.vocabulary import TableSchema
    from dafeng.workspace.figures import Account

Reason = Literal["", "not_before", "not_after", "not_counted", "refused", "coverage", "no_value"]
Key = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Inside:
    """A parameter value or a formula that is another one in a figure.

    Attributes:
        before, after: value or formula; ``None`` where it has no part in the figure.
        instead: id of what was in its place before.
    """

    id: str
    name: Text
    before: float | str | None
    after: float | str | None
    unit: str
    clause: str
    mark: str
    instead: str = ""


@dataclass(frozen=True)
class Moved:
    """A figure that is not the same with other rules.

    Attributes:
        before, after: the figure with either rules; ``None`` where there is none.
        reason: why no difference is given: the method is ``not_before`` or ``not_after`` among
            the rules; nothing is ``not_counted`` by it on one side; the method has ``refused`` a
            total; rows without value are not the same ones (``coverage``); no row has one
            (``no_value``).
        inside: what differs inside.
    """

    before: Account | None
    after: Account | None
    reason: Reason
    inside: tuple[Inside, ...]

    @property
    def held(self) -> Account:
        """The figure, of the newer rules where it has them."""
        found = self.after or self.before
        assert found is not None  # noqa: S101  one of the two is there
        return found

    @property
    def difference(self) -> int | None:
        """Whole grams by which it moves; ``None`` with a reason."""
        if self.reason or self.before is None or self.after is None:
            return None
        if self.before.grams is None or self.after.grams is None:
            return None
        return self.after.grams - self.before.grams

    @property
    def share(self) -> float | None:
        """The difference over what it was."""
        moved = self.difference
        if moved is None or self.before is None or not self.before.grams:
            return None
        return moved / self.before.grams

    @property
    def mark(self) -> str:
        """The worst mark of both."""
        return worst_mark({one.mark for one in (self.before, self.after) if one})


@dataclass(frozen=True)
class Shift:
    """What the figures of one measure, method and year move by together.

    Attributes:
        parts: whether these are facilities; they are never added to reporters as a whole.
        figures: how many are in it, with those that did not move.
        without: how many are not in it, since they have no difference.
    """

    measure: str
    memo: str
    method: str
    year: str
    parts: bool
    unit: str
    before: int | None
    after: int | None
    figures: int
    without: int

    @property
    def difference(self) -> int | None:
        """Whole grams; ``None`` where no figure has one."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True)
class Preview:
    """Figures that move with the rules.

    Attributes:
        moved: largest first, by measure; at the end those without a difference.
        sums: what they come to.
        same: how many figures stay as they are.
    """

    moved: tuple[Moved, ...]
    sums: tuple[Shift, ...]
    same: int


class _Read(Store):
    """The books of a workspace as some rules can read them; nothing is written to it.

    Args:
        store: the workspace.
        methods: the methods that the rules have; what is assigned to another is left out.
        scratch: where computing may keep what it likes; it goes when nothing needs it any more.
    """

    def __init__(self, store: Store, methods: Iterable[str], scratch: Scratch) -> None:
        self._store, self._scratch = store.frozen(), scratch
        self._methods = list(methods)
        self.config = store.config
        self.path = scratch.path

    def frozen(self) -> Store:
        """Return this: what it reads is frozen already."""
        return self

    def load(self, schema: TableSchema) -> pa.Table:
        """Return the rows of a table of the workspace."""
        rows = self._store.load(schema)
        if schema.name != "assignments":
            return rows
        return rows.filter(pc.is_in(rows["method"], pa.array(self._methods, pa.string())))

    def content(self, tables: Iterable[str]) -> str:
        """Return a hash of the tables as the rules can read them."""
        return f"{self._store.content(tables)} {sorted(self._methods)}"

    def manifests(self, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the batches of the workspace."""
        return self._store.manifests(table)


def preview(store: Store, before: Rulebook, after: Rulebook) -> Preview:
    """Compute the accounts with two rulebooks on the same books and compare them.

    Raises:
        Fault: where the books cannot be computed with one of them.
    """
    scratch = Scratch()
    old = _accounts(store, before, scratch)
    new = old if before.hash == after.hash else _accounts(store, after, scratch)
    pairs = [(old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new))]
    found = [_moved(was, now, before, after) for was, now in pairs]
    moved = [one for one in found if one.reason or one.difference or one.inside]
    moved.sort(key=_size)
    return Preview(tuple(moved), tuple(_sums(found)), len(found) - len(moved))


def _accounts(store: Store, rules: Rulebook, scratch: Scratch) -> dict[Key, Account]:
    books = Books(_Read(store, rules.methods, scratch), rules)
    return {_key(one): one for one in books.accounts()}


def _key(one: Account) -> Key:
    return (one.reporter, one.facility, one.year, one.method, one.measure, one.memo)


def _moved(was: Account | None, now: Account | None, before: Rulebook, after: Rulebook) -> Moved:
    held = now or was
    assert held is not None  # noqa: S101  one of the two is there
    if was is None:
        return Moved(was, now, "not_counted" if held.method in before.methods else "not_before", ())
    if now is None:
        return Moved(was, now, "not_counted" if held.method in after.methods else "not_after", ())
    inside = tuple(_inside(_inputs(was, before), _inputs(now, after)))
    return Moved(was, now, _reason(was, now, differs=bool(inside)), inside)


def _reason(was: Account, now: Account, *, differs: bool) -> Reason:
    """Return why the two cannot be set off against each other, empty where they can."""
    if _refused(was) or _refused(now):
        return "refused" if differs or _refused(was) != _refused(now) else ""
    if _silent(was) != _silent(now):
        return "coverage"
    return "no_value" if differs and (was.grams is None or now.grams is None) else ""


def _refused(one: Account) -> bool:
    return "incomplete_method" in one.said


def _silent(one: Account) -> tuple[int, set[str]]:
    """Return what of a figure has no value: how many rows, and of which terms."""
    shares = (share for share in one.footing.shares if "no_value" in share.flags)
    terms = {ref for share in shares for ref, said in share.inputs.items() if isinstance(said, str)}
    return one.without_value, terms


def _size(one: Moved) -> tuple[str, bool, int]:
    moved = one.difference
    return (one.held.measure, moved is None, -abs(moved or 0))


# --- What differs inside a figure -------------------------------------------------------------


def _inputs(account: Account, rules: Rulebook) -> dict[str, Inside]:
    """Return the parameter values of the rules and the formulas in a figure, by id.

    What was measured or entered is the same with any rules.
    """
    found: dict[str, Inside] = {}
    for ref, said in account.footing.inputs.items():
        value = rules.values.get(ref)
        if value is not None:
            name = describe(rules, value)
            found[ref] = Inside(ref, name, None, said, value.unit, value.clause, value.mark)
        elif isinstance(said, str):
            method = rules.method(account.method)
            term = next(t for t in method.terms if ref == f"{method.id}.{t.id}")
            clause = term.clause if "/" in term.clause else f"{method.document}/{term.clause}"
            found[ref] = Inside(ref, term.title, None, term.expression, "", clause, "")
    return found


def _inside(old: dict[str, Inside], new: dict[str, Inside]) -> Iterator[Inside]:
    """Yield the values and formulas that differ; one that takes another's place is one line."""
    gone = {ref: one for ref, one in old.items() if not _same(one, new.get(ref))}
    come = {ref: one for ref, one in new.items() if not _same(one, old.get(ref))}
    for ref, now in come.items():
        was = gone.pop(ref, None)
        if was is None:
            twins = [other for other in gone if _thing(other) == _thing(ref)]
            alone = sum(_thing(other) == _thing(ref) for other in come) == 1
            was = gone.pop(twins[0]) if len(twins) == 1 and alone else None
        if was is None:
            yield now
            continue
        before = was.after if was.unit == now.unit else f"{was.after} {was.unit}"
        yield replace(now, before=before, instead=was.id if was.id != ref else "")
    yield from (replace(one, before=one.after, after=None) for one in gone.values())


def _same(one: Inside, other: Inside | None) -> bool:
    return other is not None and (one.after, one.unit) == (other.after, other.unit)


def _thing(ref: str) -> tuple[str, str]:
    """Return parameter and key of an id ``parameter/set/key``: what may take its place."""
    name, _, rest = ref.partition("/")
    return name, rest.partition("/")[2]


# --- Sums -------------------------------------------------------------------------------------


def _sums(found: Iterable[Moved]) -> Iterator[Shift]:
    """Yield what figures of one measure, method and year come to, those together that may be.

    Methods have boundaries of their own, and facilities are parts of their reporter: neither
    are added.
    """
    groups: dict[tuple[str, str, str, str, bool], list[Moved]] = {}
    for one in found:
        held = one.held
        key = (held.measure, held.memo, held.method, held.year, bool(held.facility))
        groups.setdefault(key, []).append(one)
    for key, members in sorted(groups.items()):
        pairs = [
            (one.before.grams or 0, one.after.grams or 0)
            for one in members
            if one.difference is not None and one.before and one.after
        ]
        before = sum(was for was, _ in pairs) if pairs else None
        after = sum(now for _, now in pairs) if pairs else None
        if before == after and len(pairs) == len(members):
            continue
        unit = members[0].held.unit
        yield Shift(*key, unit, before, after, len(pairs), len(members) - len(pairs))
