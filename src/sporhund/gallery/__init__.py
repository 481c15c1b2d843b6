"""The templates of a case as one matrix: derived, versioned, on disk only under the key of the case."""
