"""Action words ask for effects: the right ones, as often as they say, and none that is not heard."""

from __future__ import annotations

import itertools

import pytest

from craft.sound import HITS, effects_for
from craft.sound.spotting import FIRST, GAP, LAST, MOST
from craft.sound.wording import rules, tenses

# action, kinds in order
HEARD: list[tuple[str, list[str]]] = [
    ("She knocks on the door.", ["knock"]),
    ("She knocked, waited, and opened the door.", ["knock", "door_open"]),
    ("There is a knock at the door.", ["knock"]),
    ("He slams the heavy oak door behind him.", ["door"]),
    ("The door creaks open.", ["door_open"]),
    ("A hatch slams shut.", ["door"]),
    ("He unlocks the cell.", ["lock"]),
    ("Footsteps approach.", ["steps"]),
    ("Ben walks to the window.", ["steps"]),
    ("They sprinted down the alley.", ["steps"]),
    ("The phone on the nightstand rings.", ["phone"]),
    ("The phone RINGS.", ["phone"]),
    ("Her phone buzzes on the table.", ["phone_buzz"]),
    ("A message arrives.", ["notification"]),
    ("The window shatters.", ["glass"]),
    ("He smashes the mirror.", ["glass"]),
    ("They raise their glasses.", ["glasses_clink"]),
    ("Thunder rolls over the valley.", ["thunder"]),
    ("A fog horn sounds.", ["ship_horn"]),
    ("A car honks.", ["car_horn"]),
    ("Sirens wail.", ["siren"]),
    ("The church bells toll.", ["bell"]),
    ("He rings the doorbell.", ["doorbell"]),
    ("The fire alarm goes off.", ["alarm"]),
    ("She tears up the letter.", ["paper"]),
    ("She unfolded the map.", ["paper"]),
    ("He types furiously.", ["typing"]),
    ("She flicks the switch.", ["click"]),
    ("The radio crackles.", ["radio_static"]),
    ("He takes a photo.", ["camera"]),
    ("A bomb explodes.", ["explosion"]),
    ("A shot rings out.", ["gunshot"]),
    ("He fires the pistol.", ["gunshot"]),
    ("Automatic fire from the ridge.", ["machine_gun"]),
    ("She cocks the gun.", ["gun_cock"]),
    ("He draws his sword. The blades clash.", ["sword", "sword_clash"]),
    ("She slaps him.", ["slap"]),
    ("He punches the guard.", ["punch"]),
    ("The guard collapses.", ["body_fall"]),
    ("Two cars collide.", ["crash"]),
    ("He drops the book.", ["impact"]),
    ("She sets down her cup.", ["cup"]),
    ("He pours two glasses of wine.", ["pour"]),
    ("The kettle whistles.", ["kettle"]),
    ("Bacon sizzles.", ["frying"]),
    ("She turns on the tap.", ["tap"]),
    ("He flushes the toilet.", ["toilet"]),
    ("She draws the curtains.", ["curtain"]),
    ("He pushes back his chair.", ["chair_scrape"]),
    ("She zips up her jacket.", ["zip"]),
    ("Keys jingle.", ["keys"]),
    ("He opens the drawer.", ["drawer"]),
    ("He lights a cigarette.", ["ignite"]),
    ("The elevator arrives.", ["lift_ding"]),
    ("A dog barks.", ["dog"]),
    ("The cat meows.", ["cat"]),
    ("Wolves howl.", ["wolf"]),
    ("An owl hoots.", ["owl"]),
    ("Horses gallop past.", ["hooves"]),
    ("Gulls overhead.", ["gull"]),
    ("The engine starts.", ["car_start"]),
    ("A motorcycle roars past.", ["motorcycle"]),
    ("Brakes screech.", ["brakes"]),
    ("A train thunders past.", ["train_pass"]),
    ("The audience applauds.", ["applause"]),
    ("The crowd gasps.", ["gasp"]),
    ("The crowd cheers.", ["cheer"]),
    ("She laughs.", ["laughter"]),
    ("Someone screams.", ["scream"]),
    ("The baby cries.", ["baby_cry"]),
    ("He coughs.", ["cough"]),
    ("Her heart pounds.", ["heartbeat"]),
    ("He fires his blaster.", ["laser"]),
    ("The hologram glitches.", ["glitch"]),
    ("The reactor powers up.", ["power_up"]),
    ("She teleports away.", ["teleport"]),
    ("The wizard casts a spell.", ["magic"]),
    ("A twig snaps.", ["wood_snap"]),
    ("She dives into the water.", ["splash"]),
    ("He gets into the car and drives off.", ["car_door", "car_pass"]),
    ("She enters the room, crosses to the desk and opens a drawer.", ["door_open", "steps", "drawer"]),
    ("Silence. Then the phone rings and somebody knocks.", ["phone", "knock"]),
    ("He says nothing. The door opens.", ["door_open"]),
    ("She stops and knocks.", ["knock"]),
    ("Nobody hears the gunshot.", ["gunshot"]),
]

# actions in which nothing single is heard, however the words look
UNHEARD = [
    "She looks at him. He understands.",
    "The phone does not ring.",
    "The phone doesn't ring.",
    "The telephone isn’t ringing.",
    "The phone never rang.",
    "A silent phone lies beside the bed.",
    "She waits for the phone to ring.",
    "No dog barks.",
    "Nobody knocks.",
    "The door closes without a sound.",
    "The car passes silently.",
    "He is about to knock.",
    "He almost drops the book.",
    "She moves as if the floor might explode.",
    "The bells stop ringing.",
    "They leave without knocking.",
    '"The phone rings all night," she says.',
    "“Somebody shot him!” he whispers.",
    "«Un coup: he fires the gun»",
    "MARA: I heard a gunshot.",
    "BEN (V.O.): The glass shatters.",
    "Rain falls. Wind howls round the house.",
    "The engine idles. The fire crackles.",
    "Music plays; traffic hums.",
    "Waves crash.",
    "He runs a hand through his hair.",
    "She shoots him a look.",
    "He draws a deep breath.",
    "She drops her voice.",
    "He breaks the silence.",
    "She cracks a smile.",
    "He crosses his arms.",
    "It rings true.",
    "The next step is clear.",
    "The boss fires him.",
    "Moss grows on the tree bark.",
    "A wedding ring on her finger.",
    "He holds the phone. A letter lies on the table.",
    "Beside her, Chase and Bell wait.",
    "She is running late.",
]


@pytest.mark.parametrize(("action", "kinds"), HEARD)
def test_an_action_is_heard(action: str, kinds: list[str]) -> None:
    found = effects_for(action)
    assert [kind for kind, _, _ in found] == kinds
    for kind, params, _ in found:
        HITS.get(kind).settings(params)


@pytest.mark.parametrize("action", UNHEARD)
def test_an_action_without_a_single_sound_places_none(action: str) -> None:
    assert effects_for(action) == []


@pytest.mark.parametrize(
    ("action", "kind", "params"),
    [
        ("He knocks three times.", "knock", {"count": 3}),
        ("Two knocks at the door.", "knock", {"count": 2}),
        ("He knocks on the metal door twice.", "knock", {"count": 2, "material": "metal"}),
        ("She knocks on the window.", "knock", {"material": "glass"}),
        ("Three gunshots ring out.", "gunshot", {"count": 3}),
        ("The phone rings 4 times.", "phone", {"count": 4}),
        ("The phone rings seventy times.", "phone", {"count": 1}),
        ("The phone rings 70 times.", "phone", {"count": 8}),
        ("A dog barks in the distance.", "dog", {"distance": 0.7}),
        ("Off-screen, a door slams.", "door", {"force": 1.0}),
        ("A muffled explosion.", "explosion", {"distance": 0.7}),
        ("Thunder far away.", "thunder", {"distance": 0.7}),
        ("He slams the door.", "door", {"force": 1.0}),
        ("She gently closes the door.", "door", {"force": 0.15}),
        ("The steel door slams.", "door", {"material": "metal"}),
        ("She walks across the gravel.", "steps", {"surface": "gravel"}),
        ("She runs through the snow.", "steps", {"surface": "snow", "pace": 3.2}),
        ("He climbs the ladder.", "steps", {"surface": "metal"}),
        ("A huge explosion.", "explosion", {"size": 1.0}),
        ("She laughs.", "laughter", {"size": 0.0}),
        ("The whole room laughs.", "laughter", {"size": 0.6}),
        ("She tears the page.", "paper", {"action": "tear"}),
        ("She crumples it.", "paper", {"action": "crumple"}),
    ],
)
def test_words_set_the_parameters(action: str, kind: str, params: dict[str, object]) -> None:
    found = effects_for(action)
    assert found and found[0][0] == kind
    assert params.items() <= found[0][1].items()


@pytest.mark.parametrize(
    ("place", "surface"),
    [
        ("hospital", "tiles"),
        ("forest", "leaves"),
        ("EXT. BEACH", "sand"),
        ("alley", "concrete"),
        ("", "wood"),
    ],
)
def test_the_place_tells_what_is_walked_on_where_the_action_does_not(place: str, surface: str) -> None:
    assert effects_for("She walks away.", place)[0][1]["surface"] == surface
    assert effects_for("She walks over the gravel.", place)[0][1]["surface"] == "gravel"


def test_an_action_line_names_its_effects_in_order() -> None:
    found = effects_for(
        "Mara crosses the wet quay. A fog horn sounds. She unfolds the letter; the door slams shut. Gulls."
    )
    assert [kind for kind, _, _ in found] == ["steps", "ship_horn", "paper", "door", "gull"]
    assert found[0][1]["surface"] == "concrete"
    assert found[3][1]["force"] == 1.0


def test_sounds_keep_their_order_a_gap_and_the_bounds_of_the_shot() -> None:
    crowded = "Bang: a shot rings out, glass shatters, she screams, he coughs, a dog barks, gulls, thunder."
    found = effects_for(crowded)
    places = [at for _, _, at in found]
    assert len(found) == MOST
    assert places == sorted(places)
    assert FIRST <= places[0] <= places[-1] <= LAST
    assert min(b - a for a, b in itertools.pairwise(places)) >= GAP - 0.001


def test_sounds_at_the_end_of_a_line_stay_inside_the_shot() -> None:
    found = effects_for(
        "She stands in the dark for a very long time, quite alone, then: a scream, a shot, glass shatters."
    )
    places = [at for _, _, at in found]
    assert len(places) == 3
    assert places[-1] <= LAST
    assert min(b - a for a, b in itertools.pairwise(places)) >= GAP - 0.001


def test_the_same_sound_is_not_placed_twice_at_once_but_again_later() -> None:
    assert len(effects_for("He knocks and knocks.")) == 1
    again = effects_for("He knocks. She looks up from her book and listens into the dark. He knocks again.")
    assert [kind for kind, _, _ in again] == ["knock", "knock"]


def test_verbs_are_found_in_all_their_tenses() -> None:
    assert tenses("slam") == ("slam", "slams", "slammed", "slamming")
    assert tenses("close") == ("close", "closes", "closed", "closing")
    assert tenses("smash") == ("smash", "smashes", "smashed", "smashing")
    assert tenses("cry") == ("cry", "cries", "cried", "crying")
    assert "rang" in tenses("ring")


def test_every_effect_rule_names_a_kind_that_takes_its_parameters() -> None:
    for rule in rules("effects"):
        HITS.get(rule.kind).settings(rule.params)


def test_every_effect_but_those_of_the_editor_can_be_asked_for_by_words() -> None:
    """A sting and a riser are chosen, they do not happen."""
    reached = {rule.kind for rule in rules("effects")}
    assert sorted(set(HITS.all()) - reached) == ["riser", "sting"]
