"""Labelled goods descriptions on which the recognition of substances is tuned and judged."""
