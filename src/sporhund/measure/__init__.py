"""Measure a pack on an agency's own pictures: figures, curves, a report of one page. Nothing is kept."""
