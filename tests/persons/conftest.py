"""A case as the review leaves it; see tests/cases/conftest.py."""
from tests.cases.conftest import case, reviewed

__all__ = ["case", "reviewed"]
