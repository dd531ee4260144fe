"""Sizing: which systems, how many, where. Counts only, by CP-SAT."""
