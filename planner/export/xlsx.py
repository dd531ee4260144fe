"""A plan as one workbook for procurement: bill and sums that compute, cables, racks, phases, figures, sources."""

from __future__ import annotations

from planner.export.sheet import Sheet, workbook_bytes
from planner.export.xlsx_bill import bill_sheet, totals_sheet
from planner.export.xlsx_evidence import headline_sheet, sources_sheet
from planner.export.xlsx_site import cables_sheet, orders_sheet, phases_sheet, racks_sheet
from planner.plan.schema import Plan


def workbook(plan: Plan) -> bytes:
    """The workbook's bytes, the same for the same plan. In English, as all data files are."""
    title = f"Plan of {plan.inputs.request_name}"
    return workbook_bytes(sheets_of(plan), plan.cost.currency, title, plan.inputs.date)


def sheets_of(plan: Plan) -> tuple[Sheet, ...]:
    """Every sheet; phases and their orders where the plan is built in phases."""
    bill = bill_sheet(plan)
    phased = (phases_sheet(plan), orders_sheet(plan)) if plan.phases else ()
    return (
        headline_sheet(plan), bill, totals_sheet(plan, bill), cables_sheet(plan), racks_sheet(plan), *phased,
        sources_sheet(plan),
    )  # fmt: skip
