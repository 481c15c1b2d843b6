"""The demo: a case on free material, from the exhibit to the summary."""
