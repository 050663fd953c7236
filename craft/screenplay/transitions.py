"""What a transition line of the script asks for: a rendered transition, and what the cut means."""

from __future__ import annotations

from craft.terms.cuts import EditorialCut, Transition

_EDITORIAL = {
    "MATCH": EditorialCut.MATCH_CUT,
    "SMASH": EditorialCut.SMASH_CUT,
    "JUMP": EditorialCut.JUMP_CUT,
    "CROSS CUT": EditorialCut.CROSS_CUT,
    "CROSSCUT": EditorialCut.CROSS_CUT,
    "INTERCUT": EditorialCut.CROSS_CUT,
    "J-CUT": EditorialCut.J_CUT,
    "L-CUT": EditorialCut.L_CUT,
}
# The first word found decides; a direction word turns wipes and pushes.
_RENDERED = (
    ("CUT TO BLACK", Transition.CUT),
    ("DISSOLVE", Transition.DISSOLVE),
    ("WHITE", Transition.FADE_WHITE),
    ("FADE", Transition.FADE_BLACK),
    ("BLACKOUT", Transition.FADE_BLACK),
    ("IRIS IN", Transition.IRIS_OPEN),
    ("IRIS OUT", Transition.IRIS_CLOSE),
    ("IRIS", Transition.IRIS_OPEN),
    ("WHIP", Transition.WHIP),
    ("FLASH", Transition.FLASH),
)
_TURNED = {
    "WIPE": (Transition.WIPE_LEFT, Transition.WIPE_RIGHT, Transition.WIPE_UP, Transition.WIPE_DOWN),
    "PUSH": (Transition.PUSH_LEFT, Transition.PUSH_RIGHT, Transition.PUSH_UP, Transition.PUSH_DOWN),
}
_WAYS = ("LEFT", "RIGHT", "UP", "DOWN")
# Seconds round the cut, when a transition is rendered.
_SECONDS = {
    Transition.FADE_BLACK: 0.75,
    Transition.FADE_WHITE: 0.75,
    Transition.FLASH: 0.125,
    Transition.WHIP: 0.25,
}
DEFAULT_SECONDS = 0.5


def transition_of(text: str) -> tuple[Transition, EditorialCut | None]:
    """The rendered transition and the meaning of a transition line; unknown words are a plain cut."""
    upper = text[:80].upper()
    meaning = next((cut for word, cut in _EDITORIAL.items() if word in upper), None)
    for word, ways in _TURNED.items():
        if word in upper:
            return ways[next((i for i, way in enumerate(_WAYS) if way in upper), 0)], meaning
    return next((kind for word, kind in _RENDERED if word in upper), Transition.CUT), meaning


def transition_seconds(kind: Transition) -> float:
    """How long it lasts, 0 for a cut."""
    return 0.0 if kind is Transition.CUT else _SECONDS.get(kind, DEFAULT_SECONDS)
