"""Candidates, conclusions, links and identities of a case."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case


class Decisions:
    """Candidates, conclusions, links and identities of a case."""

    def __init__(self, case: "Case") -> None:
        self.case = case
