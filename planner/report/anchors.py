"""Ids and links inside a report: a link is only printed when it leads somewhere, an id only once."""

from __future__ import annotations

from planner.report.blocks import Beside, Block, Callouts, Figure, Fold, Gallery, Heading, References, Report, Table


class Targets:
    """Which ids exist in the report, and which have been placed already: a label may be placed only once."""

    def __init__(self, report: Report) -> None:
        self.known = {section.id for section in report.sections}
        for section in report.sections:
            for block in section.blocks:
                self.known.update(_ids(block))
        self.placed: set[str] = set()

    def goes(self, href: str) -> bool:
        """True when the link leads somewhere in this report."""
        return href.startswith("#") and href[1:] in self.known

    def fresh(self, id_: str) -> bool:
        """True the first time an id is placed."""
        if id_ in self.placed:
            return False
        self.placed.add(id_)
        return True


def _ids(block: Block | Fold) -> set[str]:
    if isinstance(block, Fold):
        return {block.id}.union(*(_ids(inner) for inner in block.blocks))
    if isinstance(block, Gallery):
        return {block.id, *(figure.id for figure in block.figures)}
    if isinstance(block, Beside):
        return {figure.id for figure in block.figures}
    if isinstance(block, Table):
        return {block.id, *(row.id for row in block.rows if row.id)}
    if isinstance(block, Callouts):
        return {item.id for item in block.items if item.id}
    if isinstance(block, References):
        return {block.id, *(entry.id for _, entries in block.groups for entry in entries)}
    return {block.id} if isinstance(block, Figure | Heading) else set()
