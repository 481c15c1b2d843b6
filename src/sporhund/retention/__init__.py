"""What may not be kept for ever: dates of review, deletions that a person decides, the sweep."""
