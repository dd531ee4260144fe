"""Reports of a plan: one HTML page, a PDF, the bill and the cables as CSV, and single drawings."""

from planner.report.csv import bill_csv, cables_csv
from planner.report.html import render_html
from planner.report.language import LANGUAGES, Code
from planner.report.look import Brand, Look, load_brand
from planner.report.pdf import Attachment, render_pdf, render_typst, schedule
from planner.report.pictures import drawing_of, drawing_png, drawing_svg, rack_row_svg

__all__ = [
    "LANGUAGES",
    "Attachment",
    "Brand",
    "Code",
    "Look",
    "bill_csv",
    "cables_csv",
    "drawing_of",
    "drawing_png",
    "drawing_svg",
    "load_brand",
    "rack_row_svg",
    "render_html",
    "render_pdf",
    "render_typst",
    "schedule",
]
