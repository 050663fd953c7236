"""Story: projects, sources, genres, act structures, feature formats."""

from __future__ import annotations

from dataclasses import dataclass

from craft.terms.base import Term


class ProjectKind(Term):
    """What a project produces."""

    SERIES = "series"
    FILM = "film"
    COMMERCIAL = "commercial"


class SourceKind(Term):
    """What a project starts from."""

    SCRIPT = "script"
    MANUSCRIPT = "manuscript"
    IDEA = "idea"


class Genre(Term):
    """The eighteen genres."""

    ACTION = "action"
    ADVENTURE = "adventure"
    COMEDY = "comedy"
    DRAMA = "drama"
    THRILLER = "thriller"
    HORROR = "horror"
    DETECTIVE = "detective"
    ROMANCE = "romance"
    SCI_FI = "sci_fi"
    FANTASY = "fantasy"
    WAR = "war"
    WESTERN = "western"
    HISTORICAL = "historical"
    SITCOM = "sitcom"
    DOCUMENTARY = "documentary"
    ANIMATION_FAMILY = "animation_family"
    MUSICAL = "musical"
    MYSTERY = "mystery"


class ActStructure(Term):
    """How an episode is divided."""

    MICRO_DRAMA = "micro_drama"
    SHORT_3MIN = "short_3min"
    HALF_HOUR = "half_hour"
    HOUR = "hour"
    FEATURE_3 = "feature_3"
    FEATURE_4 = "feature_4"
    COMMERCIAL = "commercial"
    ANTHOLOGY = "anthology"
    CUSTOM = "custom"


class ActOut(Term):
    """How an act ends."""

    HOOK = "hook"
    CLIFFHANGER = "cliffhanger"
    BUTTON = "button"
    RESOLVE = "resolve"


class FeatureFormat(Term):
    """Lengths of a feature."""

    SHORT = "short"
    STANDARD = "standard"
    FULL = "full"
    ANTHOLOGY = "anthology"


class Bridge(Term):
    """What joins episodes in a feature."""

    RECAP = "recap"
    INTERSTITIAL = "interstitial"
    CHAPTER_CARD = "chapter_card"
    TITLE_SEQUENCE = "title_sequence"
    CREDITS = "credits"


@dataclass(frozen=True, slots=True)
class ActShape:
    """An act of a template: its share of the runtime, how it ends, its mood (valence and energy, −1…1)."""

    title: str
    purpose: str
    share: float
    valence: float
    energy: float
    out: ActOut


def _shape(title: str, purpose: str, share: float, mood: tuple[float, float], out: ActOut) -> ActShape:
    return ActShape(title, purpose, share, mood[0], mood[1], out)


_H, _B = ActOut.HOOK, ActOut.BUTTON
_CLIFF, _END = ActOut.CLIFFHANGER, ActOut.RESOLVE
# The usual shapes (ours); shares add up to 1.
ACT_SHAPES: dict[ActStructure, tuple[ActShape, ...]] = {
    ActStructure.MICRO_DRAMA: (
        _shape("Hook", "Stop the thumb", 0.12, (-0.1, 0.3), _H),
        _shape("Disruption", "Break the ordinary", 0.33, (-0.3, 0.3), _H),
        _shape("Reaction", "Force an answer", 0.38, (-0.4, 0.6), _H),
        _shape("Unresolved cut", "Leave before the answer", 0.17, (-0.5, 0.8), _CLIFF),
    ),
    ActStructure.SHORT_3MIN: (
        _shape("Cold open", "Ask the question", 0.12, (0.0, 0.2), _H),
        _shape("Beat one", "Want", 0.24, (0.1, 0.0), _H),
        _shape("Beat two", "Obstacle", 0.26, (-0.3, 0.4), _H),
        _shape("Beat three", "Choice", 0.26, (-0.2, 0.6), _H),
        _shape("Button", "Last turn", 0.12, (0.2, 0.1), _B),
    ),
    ActStructure.HALF_HOUR: (
        _shape("Cold open", "Ask the question", 0.08, (0.1, 0.2), _H),
        _shape("Act one", "Set the problem", 0.32, (0.1, 0.0), _H),
        _shape("Act two", "Make it worse", 0.32, (-0.2, 0.4), _H),
        _shape("Act three", "Pay it off", 0.22, (0.1, 0.5), _END),
        _shape("Tag", "Last laugh", 0.06, (0.4, -0.1), _B),
    ),
    ActStructure.HOUR: (
        _shape("Teaser", "Ask the question", 0.07, (-0.1, 0.4), _H),
        _shape("Act one", "Set the problem", 0.22, (0.0, 0.0), _H),
        _shape("Act two", "First answer, wrong", 0.22, (-0.2, 0.3), _H),
        _shape("Act three", "Lowest point", 0.22, (-0.5, 0.4), _CLIFF),
        _shape("Act four", "Decide", 0.22, (-0.1, 0.8), _END),
        _shape("Tag", "What is next", 0.05, (0.1, 0.0), _H),
    ),
    ActStructure.FEATURE_3: (
        _shape("Act one", "Set the problem", 0.25, (0.1, 0.0), _H),
        _shape("Act two", "Make it worse", 0.5, (-0.3, 0.4), _CLIFF),
        _shape("Act three", "Decide", 0.25, (0.1, 0.7), _END),
    ),
    ActStructure.FEATURE_4: (
        _shape("Act one", "Set the problem", 0.25, (0.1, 0.0), _H),
        _shape("Act two", "Go in", 0.25, (0.0, 0.3), _H),
        _shape("Act three", "Lose it all", 0.25, (-0.5, 0.4), _CLIFF),
        _shape("Act four", "Decide", 0.25, (0.1, 0.7), _END),
    ),
    ActStructure.COMMERCIAL: (
        _shape("Hook", "Stop the eye", 0.2, (0.1, 0.4), _H),
        _shape("Promise", "Show the change", 0.5, (0.4, 0.4), _H),
        _shape("Pack shot", "Name it", 0.3, (0.6, 0.3), _B),
    ),
    ActStructure.ANTHOLOGY: (
        _shape("Host opens", "Frame the stories", 0.05, (0.0, 0.0), _H),
        _shape("Story one", "First answer", 0.3, (0.1, 0.2), _END),
        _shape("Story two", "Second answer", 0.3, (-0.3, 0.4), _END),
        _shape("Story three", "Third answer", 0.3, (-0.1, 0.6), _END),
        _shape("Host closes", "Close the frame", 0.05, (0.1, -0.1), _B),
    ),
    ActStructure.CUSTOM: (
        _shape("Act one", "Begin", 0.3, (0.0, 0.0), _H),
        _shape("Act two", "Turn", 0.4, (-0.2, 0.4), _H),
        _shape("Act three", "End", 0.3, (-0.1, 0.6), _END),
    ),
}
