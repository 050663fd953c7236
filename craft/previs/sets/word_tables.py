"""Which words of a location mean which set, era, wealth and clutter. Data only; phrases are lower case, without
accents, in the singular (a plural ``s`` is understood), and the longest phrase wins.
"""

from __future__ import annotations

_KINDS: dict[str, str] = {
    "office": """
        office|bureau|workplace|cubicle|boardroom|conference room|meeting room|call center|call centre|newsroom|
        police station|detective bureau|study|headmaster study|law firm|agency|secretary desk|open plan|
        precinct|squad room|interrogation room|interview room""",
    "apartment": """
        apartment|flat|living room|lounge|loft|penthouse|studio flat|sitting room|parlor|parlour|drawing room|
        condo|tenement|den|family room|home|house interior|tv room|salon""",
    "kitchen": "kitchen|kitchenette|galley kitchen|scullery|pantry|canteen kitchen|breakfast room",
    "bedroom": """
        bedroom|bed room|bedchamber|hotel room|motel room|dorm room|dormitory room|guest room|nursery|boudoir|
        hotel suite|master suite|sleeping quarter|children room|child room""",
    "cafe": """
        cafe|coffee shop|coffee house|coffeehouse|diner|tea room|tearoom|bistro|restaurant|brasserie|eatery|
        pizzeria|ice cream parlor|cafeteria|canteen|bakery cafe|patisserie|trattoria|burger joint|fast food""",
    "bar": """
        bar|pub|tavern|saloon|nightclub|night club|club|speakeasy|cocktail lounge|inn|taproom|tap room|
        lounge bar|jazz club|beer hall|cantina|dive bar|whiskey bar|wine bar|disco""",
    "street": """
        street|avenue|boulevard|sidewalk|pavement|high street|main street|downtown|intersection|crossroad|road|
        lane|city street|residential street|cul de sac|kerb|curb|shopfront|storefront|bus stop|crosswalk|block|
        chinatown|suburb|thoroughfare|neighborhood|neighbourhood|city""",
    "alley": (
        "alley|alleyway|back street|backstreet|back alley|passageway behind|side alley|gasse|loading bay|"
        "mews|ginnel|gangway behind"
    ),
    "rooftop": (
        "rooftop|roof|roof terrace|rooftop terrace|roof garden|roof top|helipad|rooftop bar|rooftop pool|"
        "skyscraper top"
    ),
    "car": """
        car|car interior|sedan|taxi|cab|police car|limousine|limo|van interior|pickup truck|pickup|suv|
        driver seat|back seat|backseat|front seat|convertible|getaway car|squad car|vehicle|automobile""",
    "train": """
        train|train compartment|railway carriage|train carriage|subway car|metro car|tube carriage|dining car|
        sleeper car|tram|tram car|underground train|subway train|night train|orient express|train car|rail car|
        monorail|bus|coach""",
    "forest": """
        forest|wood|woodland|grove|thicket|clearing|glade|copse|taiga|rainforest|jungle|forest path|
        forest clearing|forest trail|wilderness|campsite|camp site|campground|orchard|undergrowth|pine forest|
        bamboo grove""",
    "warehouse": """
        warehouse|storehouse|depot|storage hall|hangar|aircraft hangar|factory floor|factory|loading dock|
        distribution centre|distribution center|storage facility|storage unit|cargo hall|granary|sawmill|
        workshop hall|plant floor|assembly hall|self storage|archive store""",
    "hospital": """
        hospital|hospital corridor|clinic|ward|infirmary|hospital room|emergency room|operating theatre|
        operating theater|intensive care|icu|er|sanatorium|asylum corridor|morgue corridor|medical centre|
        medical center|nurse station|sick bay|maternity ward|doctor office|surgery|trauma room|medbay|hospice|
        asylum""",
    "spaceship": """
        spaceship|spaceship corridor|starship|space ship|space station|spacecraft|airlock|orbital station|
        mothership|star cruiser|escape pod|command deck|ship bridge corridor|cryo bay|cryo chamber|
        moon base corridor|shuttle bay""",
    "described": """
        car park|parking lot|parking garage|train station|railway station|bus station|subway station|
        metro station|gas station|petrol station|fire station|space port|railway track|train track|
        bar association|car wash|road trip|bridge|harbour|harbor|kitchen garden|office supply|club house|
        wood cabin|log cabin|forest cabin|hunting lodge|tree house|treehouse|street market|roof of the world|
        home planet|homeland|home world|city wall|city gate|city hall|city park|bus depot office|train wreck|
        car wreck|hospital garden|hospital chapel|hotel lobby|office lobby|bar mitzvah hall|courtyard|backyard|
        back yard|garden|park|beach|desert|junkyard|scrapyard|scrap yard|lighthouse|lamp room|throne room|
        control room|engine room|boiler room|waiting room|dressing room|server room|locker room|bathroom|
        restroom|dining hall|great hall|ball room|ballroom""",
}


def _phrases(text: str) -> list[tuple[str, ...]]:
    return [tuple(phrase.split()) for phrase in " ".join(text.split()).split("|") if phrase.strip()]


KINDS: dict[tuple[str, ...], str] = {words: kind for kind, text in _KINDS.items() for words in _phrases(text)}
"""Phrase → kind of set. ``described`` catches phrases that only look like another kind."""

INDOORS = frozenset(
    {
        "office",
        "apartment",
        "kitchen",
        "bedroom",
        "cafe",
        "bar",
        "warehouse",
        "hospital",
        "spaceship",
        "train",
    }
)
OUTDOORS = frozenset({"street", "alley", "rooftop", "forest"})
SEEN_FROM_OUTSIDE = {
    "office": "street",
    "apartment": "street",
    "cafe": "street",
    "bar": "street",
    "hospital": "street",
    "car": "street",
    "warehouse": "alley",
}
"""What the outside of an indoor set looks like; for the others it is described."""

SPLITTERS = frozenset(
    word
    for line in (
        "in at on of by near with behind inside outside under above before beside beyond between from to over off",
        "through overlooking opposite next into onto against around below along where and or int ext interior exterior",
        "day night morning evening dusk dawn noon afternoon continuous later same",
    )
    for word in line.split()
)
"""Words that part the place itself from where it lies, what is in it and when."""

ERAS: dict[str, str] = {
    "period": """
        victorian|medieval|ancient|georgian|edwardian|tudor|roman|gothic|baroque|renaissance|regency|colonial|
        wild west|old west|western|feudal|viking|antique|steampunk|dickensian|elizabethan|ottoman|byzantine|
        napoleonic|belle epoque|art nouveau|prohibition|twenties|thirties|candlelit|gaslit|gas lit|frontier|
        pirate|samurai|egyptian|castle|fairytale|fairy tale|period|historic|historical|biblical|aztec|stone age|
        bronze age|civil war|world war i""",
    "midcentury": """
        fifties|sixties|seventies|forties|retro|vintage|mid century|midcentury|postwar|post war|atomic age|noir|
        rockabilly|mad men|cold war|vietnam era|googie|art deco|wartime|world war ii|space age""",
    "modern": "modern|contemporary|present day|eighties|nineties|nowadays|today|digital|current",
    "future": """
        futuristic|future|sci fi|scifi|science fiction|cyberpunk|holographic|alien|android|robot|spaceship|
        starship|space station|dystopian|hologram|orbital|interstellar|galactic|colony|martian|mars|lunar|
        moon base|high tech|neon lit megacity|megacity|cyber|quantum|cryo|laser|nanotech|biodome""",
}  # fmt: skip
ERA_WORDS: dict[tuple[str, ...], str] = {words: era for era, text in ERAS.items() for words in _phrases(text)}

WEALTH: dict[str, int] = {
    "ruined": 2, "ruin": 4, "derelict": 4, "abandoned": 8, "decaying": 6, "burnt out": 3,
    "burned out": 3, "bombed": 3,
    "crumbling": 8, "squalid": 5, "filthy": 8, "rotten": 6, "slum": 6, "rusty": 12, "rusting": 10,
    "decrepit": 6,
    "dilapidated": 6, "run down": 12, "rundown": 12, "shabby": 15, "seedy": 15, "sleazy": 15,
    "dingy": 18, "grimy": 14,
    "grungy": 14, "dirty": 15, "poor": 15, "impoverished": 10, "cheap": 20, "gritty": 20, "worn": 25,
    "forgotten": 15,
    "haunted": 15, "old": 35, "humble": 30, "modest": 35, "simple": 38, "working class": 30,
    "plain": 40, "rustic": 38,
    "cosy": 55, "cozy": 55, "homely": 52, "quaint": 55, "neat": 60, "smart": 72, "stylish": 78, "chic": 82,
    "fancy": 82, "elegant": 84, "sleek": 82, "upscale": 86, "upmarket": 86, "posh": 88,
    "exclusive": 90, "wealthy": 90,
    "rich": 88, "affluent": 88, "expensive": 88, "grand": 90, "glamorous": 92, "luxury": 94, "luxurious": 95,
    "lavish": 95, "opulent": 97, "palatial": 98, "royal": 96, "regal": 95, "gilded": 96, "golden": 90,
    "penthouse": 92,
    "five star": 95, "executive": 85, "mansion": 92, "palace": 97, "billionaire": 98,
    "immaculate": 80, "pristine": 78,
    "brand new": 75, "gleaming": 80,
}  # fmt: skip
CLUTTER: dict[str, int] = {
    "empty": 0, "bare": 3, "deserted": 15, "minimalist": 5, "minimal": 6, "sparse": 8, "sterile": 5,
    "spartan": 6,
    "austere": 8, "clean": 10, "immaculate": 5, "pristine": 5, "tidy": 12, "neat": 14, "orderly": 14,
    "uncluttered": 8,
    "sleek": 12, "lived in": 55, "cosy": 50, "cozy": 50, "busy": 68, "bustling": 75, "crowded": 75,
    "untidy": 75,
    "messy": 85, "chaotic": 92, "cluttered": 88, "crammed": 95, "overcrowded": 92, "littered": 88,
    "hoarder": 100,
    "ransacked": 98, "trashed": 98, "wrecked": 92, "junk": 90, "dusty": 60, "overgrown": 95,
    "wild": 80, "dense": 90,
    "abandoned": 65, "derelict": 72, "ruined": 75, "squalid": 80, "filthy": 80, "dilapidated": 70,
    "stuffed": 92,
    "packed": 85, "overflowing": 95, "thick": 85, "sparsely furnished": 10,
}  # fmt: skip

STYLES: dict[str, dict[str, str]] = {
    "forest": {
        "pine": "pine", "fir": "fir", "spruce": "fir", "taiga": "fir", "conifer": "fir", "birch": "birch",
        "oak": "oak",
        "beech": "beech", "palm": "palm", "jungle": "palm", "rainforest": "palm", "tropical": "palm",
        "dead": "dead",
        "burnt": "dead", "burned": "dead", "petrified": "dead", "haunted": "dead", "bamboo": "palm",
        "orchard": "oak",
    },
    "car": {
        "parked": "city-parked", "highway": "country", "motorway": "country", "country": "country",
        "rural": "country",
        "desert": "country", "city": "city", "downtown": "city",
    },
}  # fmt: skip

COLOURS: dict[str, str] = {
    "red": "#8c2f2c", "crimson": "#7d1f2b", "scarlet": "#a32a22", "orange": "#b8672c", "yellow": "#c9a33f",
    "golden": "#b48a3c", "green": "#47704a", "emerald": "#2c6e52", "olive": "#6b6b3c", "teal": "#2c6a6e",
    "turquoise": "#3d8f8c", "blue": "#3a5a86", "navy": "#26364f", "purple": "#5a3d73", "violet": "#6b4a86",
    "pink": "#b87088", "brown": "#6e4c36", "beige": "#b5a488", "white": "#d4d2ca", "grey": "#84868a",
    "gray": "#84868a",
    "black": "#2a2a2c", "cream": "#cfc4a8", "mustard": "#a8862c",
}  # fmt: skip
COLOURED: dict[str, str] = {
    "wall": "wall", "walled": "wall", "wallpaper": "wall", "tile": "wall", "room": "wall", "brick": "wall",
    "paint": "wall", "house": "wall",
    "floor": "floor", "carpet": "floor", "linoleum": "floor", "curtain": "fabric", "drape": "fabric",
    "cushion": "fabric",
    "velvet": "fabric", "sofa": "sofa", "couch": "sofa", "rug": "rug", "neon": "lamp",
    "light": "lamp", "lamp": "lamp",
    "door": "accent", "sign": "accent",
}  # fmt: skip
"""A colour word before one of these colours that part of the dressing."""
