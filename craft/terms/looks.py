"""How a person looks: body, hair, what is worn."""

from __future__ import annotations

from craft.terms.base import Term


class Body(Term):
    """Build of a figure."""

    AVERAGE = "average"
    SLIM = "slim"
    BROAD = "broad"
    TALL = "tall"
    HEAVY = "heavy"
    PETITE = "petite"
    ATHLETIC = "athletic"


class HairStyle(Term):
    """Cut of the hair."""

    SHORT = "short"
    BUZZ = "buzz"
    SIDE_PART = "side_part"
    SLICKED = "slicked"
    UNDERCUT = "undercut"
    PIXIE = "pixie"
    BOB = "bob"
    BUN = "bun"
    LONG = "long"
    PONYTAIL = "ponytail"
    BRAID = "braid"
    CURLY = "curly"
    AFRO = "afro"
    BALD = "bald"


class Beard(Term):
    """Hair of the face."""

    NONE = "none"
    STUBBLE = "stubble"
    MOUSTACHE = "moustache"
    GOATEE = "goatee"
    FULL = "full"


class Hat(Term):
    """What is worn on the head."""

    NONE = "none"
    CAP = "cap"
    BEANIE = "beanie"
    FEDORA = "fedora"
    WIDE_BRIM = "wide_brim"
    HELMET = "helmet"


class Glasses(Term):
    """What is worn before the eyes."""

    NONE = "none"
    ROUND = "round"
    SQUARE = "square"
    SUNGLASSES = "sunglasses"


class Garment(Term):
    """The garment that decides the silhouette."""

    SUIT = "suit"
    COAT = "coat"
    DRESS = "dress"
    SHIRT = "shirt"
    TEE = "tee"
    HOODIE = "hoodie"
    JACKET = "jacket"
    SWEATER = "sweater"
    UNIFORM = "uniform"
    ARMOUR = "armour"
    SCRUBS = "scrubs"
    CLOAK = "cloak"


class Legs(Term):
    """What is worn below it."""

    TROUSERS = "trousers"
    JEANS = "jeans"
    SHORTS = "shorts"
    SKIRT = "skirt"


class Pattern(Term):
    """Pattern of the garment."""

    PLAIN = "plain"
    STRIPES = "stripes"
    PINSTRIPE = "pinstripe"
    CHECK = "check"
    DOTS = "dots"
    CAMO = "camo"
