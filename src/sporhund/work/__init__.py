"""Analyses that were asked for at the desk and go on in the background; files that came through the browser."""
