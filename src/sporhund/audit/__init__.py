"""Who did what, when and why; kept so that it cannot be bent."""
