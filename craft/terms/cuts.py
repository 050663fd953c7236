"""Cuts: rendered transitions, editorial cuts, speed ramps, pacing."""

from __future__ import annotations

from craft.terms.base import Term


class Transition(Term):
    """How one shot gives way to the next, as rendered."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE_BLACK = "fade_black"
    FADE_WHITE = "fade_white"
    WIPE_LEFT = "wipe_left"
    WIPE_RIGHT = "wipe_right"
    WIPE_UP = "wipe_up"
    WIPE_DOWN = "wipe_down"
    PUSH_LEFT = "push_left"
    PUSH_RIGHT = "push_right"
    PUSH_UP = "push_up"
    PUSH_DOWN = "push_down"
    IRIS_OPEN = "iris_open"
    IRIS_CLOSE = "iris_close"
    WHIP = "whip"
    FLASH = "flash"


class EditorialCut(Term):
    """What a cut means; checked, never rendered."""

    MATCH_CUT = "match_cut"
    SMASH_CUT = "smash_cut"
    JUMP_CUT = "jump_cut"
    J_CUT = "j_cut"
    L_CUT = "l_cut"
    CROSS_CUT = "cross_cut"


class Ramp(Term):
    """How speed changes within a shot."""

    LINEAR = "linear"
    SLOW_MO = "slow_mo"
    SPEED_UP = "speed_up"
    IMPACT = "impact"
    FLASH_IN = "flash_in"
    FLASH_OUT = "flash_out"
    BULLET_TIME = "bullet_time"
    HERO_MOMENT = "hero_moment"
    CUSTOM = "custom"
    HALF_SECOND_FLASH = "half_second_flash"


# The ffmpeg xfade name of each transition that has one; cut and flash are built otherwise.
XFADE: dict[Transition, str] = {
    Transition.DISSOLVE: "fade",
    Transition.FADE_BLACK: "fadeblack",
    Transition.FADE_WHITE: "fadewhite",
    Transition.WIPE_LEFT: "wipeleft",
    Transition.WIPE_RIGHT: "wiperight",
    Transition.WIPE_UP: "wipeup",
    Transition.WIPE_DOWN: "wipedown",
    Transition.PUSH_LEFT: "slideleft",
    Transition.PUSH_RIGHT: "slideright",
    Transition.PUSH_UP: "slideup",
    Transition.PUSH_DOWN: "slidedown",
    Transition.IRIS_OPEN: "circleopen",
    Transition.IRIS_CLOSE: "circleclose",
    Transition.WHIP: "hblur",
}
# Average shot length in seconds (ours).
PACING: dict[str, tuple[float, float]] = {
    "contemplative": (7.0, 10.0),
    "drama": (4.0, 6.0),
    "tv_standard": (3.0, 4.0),
    "thriller": (2.0, 3.0),
    "action": (1.0, 2.0),
    "frenetic": (0.5, 1.0),
}
