"""Reports of a plan: one HTML page, a PDF, the bill and the cable schedule as CSV, and single drawings."""

from planner.report.csv import bill_csv, cables_csv
from planner.report.html import render_html
from planner.report.pdf import render_pdf, render_typst
from planner.report.pictures import rack_row_svg

__all__ = ["bill_csv", "cables_csv", "rack_row_svg", "render_html", "render_pdf", "render_typst"]
