"""Looking for a face, and comparing two pictures."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case


class SearchActs:
    """Looking for a face, and comparing two pictures."""

    def __init__(self, case: "Case") -> None:
        self.case = case
