"""What people do and carry in a shot, and how it is drawn."""

from __future__ import annotations

from craft.terms.base import Term


class Pose(Term):
    """How somebody is found at the first frame."""

    STAND = "stand"
    RELAXED = "relaxed"
    TALK = "talk"
    POCKET = "pocket"
    HIPS = "hips"
    CROSSED = "crossed"
    POINT = "point"
    LEAN = "lean"
    SIT = "sit"


class Action(Term):
    """What somebody does at a moment of a shot."""

    STAND = "stand"
    SIT = "sit"
    WALK = "walk"
    TURN = "turn"
    POINT = "point"
    GIVE = "give"
    DRINK = "drink"
    PHONE = "phone"
    EMBRACE = "embrace"
    FALL = "fall"
    NOD = "nod"
    SHAKE_HEAD = "shake_head"
    LOOK = "look"
    EMOTE = "emote"


class Emotion(Term):
    """The seven emotions of a face."""

    NEUTRAL = "neutral"
    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    FEAR = "fear"
    SURPRISE = "surprise"
    DISGUST = "disgust"


class Prop(Term):
    """A thing that is carried."""

    PHONE = "phone"
    CUP = "cup"
    GLASS = "glass"
    BOTTLE = "bottle"
    PAPER = "paper"
    BOOK = "book"
    BAG = "bag"
    BRIEFCASE = "briefcase"
    UMBRELLA = "umbrella"
    TORCH = "torch"
    KEYS = "keys"
    PISTOL = "pistol"
    KNIFE = "knife"
    BOX = "box"
    FLOWERS = "flowers"
    LAPTOP = "laptop"
    TABLET = "tablet"
    RADIO = "radio"
    STAFF = "staff"
    TOOL = "tool"


class RenderLook(Term):
    """How previs draws: finished, or as one of the drawing styles."""

    CINEMATIC = "cinematic"
    CLAY = "clay"
    TOON = "toon"
    BLUEPRINT = "blueprint"
