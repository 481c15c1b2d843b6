"""Sporhund: finds who and what is in a case's video and pictures; people decide."""
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sporhund.api.case import Case as Case
    from sporhund.api.home import open as open

__version__ = "0.1.0"
__all__ = ["Case", "__version__", "open"]


def __getattr__(name: str) -> Any:
    """Load the public names when asked for, so that a worker importing a look pulls in no store."""
    if name in {"Case", "open"}:
        from sporhund.api import case, home

        return {"Case": case.Case, "open": home.open}[name]
    raise AttributeError(f"module 'sporhund' has no attribute {name!r}")
