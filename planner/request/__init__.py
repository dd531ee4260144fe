"""What is asked: sites, workloads, datasets and policy, checked with line and column."""

from planner.request.check import load_request, read_request
from planner.request.schema import Request

__all__ = ["Request", "load_request", "read_request"]
