"""The desk: Sporhund in a browser. Pages that show what the API answers; no decisions."""
