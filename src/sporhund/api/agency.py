"""What an agency decides for its home: purposes, its policy, its scale; and the offences that the law names."""
from datetime import date

from sporhund.access import service as access
from sporhund.api.documents import Document, day
from sporhund.api.open_home import OpenHome


class AgencyActs(OpenHome):
    """What an agency decides for its home, and the offences that the law names."""

    # -- policies and offences

    def list_offences(self) -> list[Document]:
        """For which offences faces may be compared."""
        from sporhund.api.basis import offence_items

        return offence_items()

    def policy(self, name: str | None = None) -> Document:
        """A policy by its name, or the one that holds."""
        from sporhund.api.basis import policy_item

        return policy_item(self.settings.home, name)

    def choose_policy(self, name: str) -> Document:
        """Let another policy hold from now on."""
        from sporhund.access import policies

        policies.choose(name, **self.hands)
        return self.policy()

    # -- purposes

    def list_purposes(self) -> list[Document]:
        return [{
            "purpose": state.purpose.name, "danish": state.purpose.danish, "unit": state.unit, "on": state.on,
            "templates": state.purpose.templates, "note": state.purpose.note,
            "assessment": state.switch.assessment if state.switch else None,
            "until": day(state.switch.until) if state.switch else None,
        } for state in access.list_purposes(store=self.store, clock=self.clock)]

    def enable_purpose(
        self, purpose: str, *, unit: str = "default", assessment: str, assessed_on: date, until: date | None = None,
    ) -> Document:
        access.enable(purpose, unit=unit, assessment=assessment, assessed_on=assessed_on, until=until, **self.hands)
        return {"purpose": purpose, "unit": unit, "on": True}

    def disable_purpose(self, purpose: str, *, unit: str = "default") -> Document:
        access.disable(purpose, unit=unit, **self.hands)
        return {"purpose": purpose, "unit": unit, "on": False}

    # -- deciding

    def scale(self, *, example: bool = False) -> Document:
        """The conclusions that can be drawn on candidates, or an example for an agency's own."""
        from sporhund.api.identify import scale_of

        return scale_of(self.settings.home, example=example)
