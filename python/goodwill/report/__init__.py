"""A study as documents: a page for those who decide, a workbook for those who check the figures."""

from goodwill.report.page import to_html
from goodwill.report.workbook import to_excel

__all__ = ["to_excel", "to_html"]
