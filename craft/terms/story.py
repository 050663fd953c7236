"""Story: projects, sources, genres, act structures, feature formats."""

from __future__ import annotations

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
