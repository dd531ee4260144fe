"""Phases: which of the racks and devices of the end state stand by which date, at the least capital bought early."""
