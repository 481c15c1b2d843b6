"""Clusters of a case's faces, and what people correct in them."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sporhund.api.case import Case


class ClusterActs:
    """Clusters of a case's faces, and what people correct in them."""

    def __init__(self, case: "Case") -> None:
        self.case = case
