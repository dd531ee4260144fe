"""Rule packs against a request and its plan: what is ruled out before sizing, and findings after it."""

from planner.sovereignty.exclusions import Exclusion, exclusions
from planner.sovereignty.findings import Context, RuleResult, evaluate
from planner.sovereignty.views import (
    accelerators_of,
    bom_line_facts,
    operator_facts,
    option_facts,
    region_operator,
    region_option,
    region_site,
    site_facts,
    workload_facts,
)

__all__ = [
    "Context",
    "Exclusion",
    "RuleResult",
    "accelerators_of",
    "bom_line_facts",
    "evaluate",
    "exclusions",
    "operator_facts",
    "option_facts",
    "region_operator",
    "region_option",
    "region_site",
    "site_facts",
    "workload_facts",
]
