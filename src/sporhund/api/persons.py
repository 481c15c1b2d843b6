"""Subjects over cameras, and known persons."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case


class Persons:
    """Subjects over cameras, and known persons."""

    def __init__(self, case: "Case") -> None:
        self.case = case
