"""Who may do what, and why: purposes, units, policies."""
