"""The base of every list of the vocabulary: a slug that is stored and a label for people."""

from __future__ import annotations

from enum import StrEnum


class Term(StrEnum):
    """A slug with a label. The value is stored and sent; the label is shown."""

    @property
    def label(self) -> str:
        """The words people read; by default the slug with spaces."""
        return LABELS.get(f"{type(self).__name__}.{self.value}", self.value.replace("_", " ").capitalize())


# Only labels that are not simply the slug with spaces.
LABELS: dict[str, str] = {
    "Size.ews": "Extreme wide",
    "Size.ws": "Wide",
    "Size.fs": "Full",
    "Size.mws": "Medium wide (cowboy)",
    "Size.ms": "Medium",
    "Size.mcu": "Medium close-up",
    "Size.cu": "Close-up",
    "Size.ecu": "Extreme close-up",
    "Framing.ots": "Over the shoulder",
    "Framing.two_shot": "Two-shot",
    "Purpose.b_roll": "B-roll",
    "ShotRole.b_roll": "B-roll",
    "ShotRole.close_up": "Close-up",
    "ShotRole.trained_close_up": "Close-up of a trained character",
    "Kind.lora": "LoRA",
    "Angle.worms_eye": "Worm’s eye",
    "Angle.pov": "Point of view",
    "Direction.cw": "Clockwise",
    "Direction.ccw": "Counter-clockwise",
    "Easing.ease": "Soft start and stop",
    "Easing.ease_in": "Soft start",
    "Easing.ease_out": "Soft stop",
    "Easing.linear": "Even",
    "Optics.dolly_zoom": "Dolly zoom",
    "Side.auto": "Audience’s side",
    "Genre.sci_fi": "Science fiction",
    "Transition.fade_black": "Fade through black",
    "Transition.fade_white": "Fade through white",
    "EditorialCut.j_cut": "J-cut",
    "EditorialCut.l_cut": "L-cut",
    "Permission.billing": "Billing and deleting the studio",
    "Permission.members": "Members and engine accounts",
    "Permission.project": "Creating projects and setting budgets",
    "Permission.gate_a": "Deciding Gate A",
    "Permission.edit": "Editing the bible, scenes and shots",
    "Permission.lock": "Locking and unlocking",
    "Permission.generate": "Starting generation",
    "Permission.gate_b": "Deciding Gate B",
    "Permission.recommend": "Recommending at Gate B",
    "Permission.timeline": "Editing timeline, mix and grade",
    "Permission.consent": "Recording and revoking consent",
    "Permission.gate_c": "Deciding Gate C",
    "Permission.veto": "Vetoing Gate C",
    "Permission.publish": "Publishing",
    "Permission.comment": "Commenting",
    "Permission.ledger": "Reading the ledger and the audit",
    "SetKind.apartment": "Apartment living room",
    "SetKind.cafe": "Café",
    "SetKind.car": "Car interior",
    "SetKind.train": "Train carriage",
    "SetKind.hospital": "Hospital corridor",
    "SetKind.spaceship": "Spaceship corridor",
    "SetKind.described": "Built from its words",
    "Era.midcentury": "Mid-century",
    "EpisodeState.gate_a": "At Gate A",
    "EpisodeState.gate_b": "At Gate B",
    "EpisodeState.gate_c": "At Gate C",
    "ReviewState.wip": "In work",
    "ReviewState.todo": "To do",
}
