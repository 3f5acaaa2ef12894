"""The page for people: what was measured, what was decided, and what the model goes by.

report        the page as a whole
words         metrics and numbers in words
decided       the gate, the champion and what tells the label
classes       curves and tables of a label of two classes
numbers       pictures and tables of a label that is a number
groups        the same metrics by group
explained     what the model goes by, for all rows and row by row
"""

from jobs.page import STYLE
from jobs.report.report import build_report

__all__ = ["STYLE", "build_report"]
