"""Judges values against rules: which grade a value reaches, and how far it is from the next."""

from dafeng.grading.scales import Graded, grade

__all__ = ["Graded", "grade"]
