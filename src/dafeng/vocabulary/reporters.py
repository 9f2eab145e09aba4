"""Who reports: the credit code of GB 32100-2015 and its two check digits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dafeng.vocabulary.fault import Fault
from dafeng.vocabulary.schema import Record, read_yaml, validate

_FILE = Path(__file__).parent / "data" / "identifiers.yaml"


class _Organisation(Record):
    first: int
    weights: tuple[int, ...]
    modulus: int
    ten: str


class _CreditCode(Record):
    length: int
    alphabet: str
    weights: tuple[int, ...]
    modulus: int
    organisation: _Organisation
    fictional: str


@cache
def _rule() -> _CreditCode:
    return validate(_CreditCode, read_yaml(_FILE)["credit_code"], _FILE.name)


def check_digit(body: str) -> str:
    """Return the last character for the first seventeen: (m − Σ Cᵢ·Wᵢ mod m) mod m."""
    rule = _rule()
    total = sum(rule.alphabet.index(c) * w for c, w in zip(body, rule.weights, strict=True))
    return rule.alphabet[-total % rule.modulus]


def organisation_digit(body: str) -> str:
    """Return the check digit of an organisation code: m − Σ Cᵢ·Wᵢ mod m (10 → X, m → 0)."""
    rule = _rule().organisation
    rest = -sum(int(c, 36) * w for c, w in zip(body, rule.weights, strict=True)) % rule.modulus
    return rule.ten if rest == rule.modulus - 1 else str(rest)


def check_credit_code(code: str) -> None:
    """Check the form and both check digits of a Unified Social Credit Code.

    Raises:
        Fault: ``bad_credit_code`` with what is wrong.
    """
    rule = _rule()
    if len(code) != rule.length:
        raise Fault("bad_credit_code", label=code, reason=f"{len(code)} / {rule.length}")
    if wrong := sorted(set(code) - set(rule.alphabet)):
        raise Fault("bad_credit_code", label=code, reason="".join(wrong))
    organisation_check, check = code[-2], code[-1]
    body = code[rule.organisation.first : -2]
    for place, digit, expected in (
        (rule.length - 1, organisation_check, organisation_digit(body)),
        (rule.length, check, check_digit(code[:-1])),
    ):
        if digit != expected:
            raise Fault("bad_credit_code", label=code, reason=f"[{place}] {digit} ≠ {expected}")


def fictional_credit_code(number: int) -> str:
    """Return a well-formed code of a division that no register uses, for fictional firms."""
    rule = _rule()
    serial = f"{number:0{rule.length - len(rule.fictional) - 2}d}"
    organisation = serial + organisation_digit(serial)
    body = rule.fictional + organisation
    return body + check_digit(body)


def is_fictional(code: str) -> bool:
    """Whether a credit code lies in the range of fictional firms."""
    return code.startswith(_rule().fictional)
