"""Firn beside its rivals: starts each, gives them the same work, measures, and writes the page."""
