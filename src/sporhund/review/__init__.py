"""The way of a file through the system: units, looks, findings."""
