"""From the text of a policy document to proposals that a person accepts one by one."""

from dafeng.reader.accept import accept
from dafeng.reader.documents import Document, document_of, open_document, read_document
from dafeng.reader.gold import read_gold
from dafeng.reader.grammar import propose
from dafeng.reader.merge import Difference, Merged, Statement, merge
from dafeng.reader.names import comparator_words, jurisdiction_of, title_of, unit_words, whole_title
from dafeng.reader.parts import Part
from dafeng.reader.plan_draft import difference_words, draft_plan, empty_plan
from dafeng.reader.plan_files import read_own_plan, write_draft, write_plan
from dafeng.reader.proposals import Measure, Proposal, Reading, Repair, Section
from dafeng.reader.review import Decision, Review, read_review, review_data
from dafeng.reader.score import Score, score
from dafeng.reader.targets import stretch_base
from dafeng.reader.words import garble_words, reader_word

__all__ = [
    "Decision",
    "Difference",
    "Document",
    "Measure",
    "Merged",
    "Part",
    "Proposal",
    "Reading",
    "Repair",
    "Review",
    "Score",
    "Section",
    "Statement",
    "accept",
    "comparator_words",
    "difference_words",
    "document_of",
    "draft_plan",
    "empty_plan",
    "garble_words",
    "jurisdiction_of",
    "merge",
    "open_document",
    "propose",
    "read_document",
    "read_gold",
    "read_own_plan",
    "read_review",
    "reader_word",
    "review_data",
    "score",
    "stretch_base",
    "title_of",
    "unit_words",
    "whole_title",
    "write_draft",
    "write_plan",
]
