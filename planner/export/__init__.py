"""Exports: one module for each format."""
