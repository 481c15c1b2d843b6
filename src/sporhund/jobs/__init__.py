"""Run work in confined local processes."""
