"""What places without a set of their own are called, and what each is like from inside and outside. Data only."""

from __future__ import annotations

_PLACE_WORDS: dict[str, str] = {
    "room": "room|chamber|quarter|backroom|back room|cottage interior|waiting room|common room|guard room",
    "closet": "closet|cupboard|storage closet|broom closet|phone booth|wardrobe|cubbyhole|toilet stall|larder",
    "hall": (
        "hall|great hall|banquet hall|feast hall|mead hall|knight hall|city hall|town hall|"
        "castle interior|guild hall|atrium"
    ),
    "throne": "throne room|throne hall|audience chamber|palace hall|court of the king|palace|royal court",
    "church": (
        "church|cathedral|chapel|abbey|basilica|monastery|mosque|synagogue|nave|sanctuary|shrine room|"
        "confessional"
    ),
    "temple": "temple|shrine|pagoda|acropolis|parthenon|pantheon|ziggurat|pyramid",
    "cave": (
        "cave|cavern|grotto|lair|burrow|mine|mine shaft|underground lake|catacomb cave|crystal cave|"
        "ice cave|hideout"
    ),
    "tunnel": (
        "tunnel|corridor|hallway|passage|passageway|subway tunnel|underpass|duct|service tunnel|"
        "metro station|subway station|underground station|trench tunnel"
    ),
    "sewer": "sewer|sewers|storm drain|culvert|canal tunnel",
    "dungeon": "dungeon|torture chamber|oubliette|castle cell",
    "prison": (
        "prison|prison cell|jail|jail cell|cell|cell block|cellblock|holding cell|gaol|lockup|"
        "interrogation cell|prison block"
    ),
    "attic": "attic|loft space|garret|storage room|store room|storeroom|lumber room",
    "cellar": "cellar|basement|wine cellar|crawl space|undercroft|root cellar",
    "cabin": (
        "cabin|wood cabin|log cabin|hunting lodge|lodge|hut interior|shack|chalet|forest cabin|cottage|"
        "bothy|treehouse|tree house|igloo"
    ),
    "laboratory": (
        "laboratory|lab|research lab|science lab|workshop|morgue|clean room|observatory|planetarium|"
        "darkroom|alchemist room"
    ),
    "library": "library|archive|reading room|bookshop|bookstore|book shop|record room",
    "theatre": (
        "theatre|theater|stage|auditorium|opera|opera house|cinema|movie theater|concert hall|backstage|"
        "circus tent|music hall"
    ),
    "school": (
        "classroom|class room|school|lecture hall|schoolroom|university|college|kindergarten|seminar room"
    ),
    "bath": "bathroom|restroom|toilet|washroom|lavatory|shower|bath|powder room|public toilet|sauna",
    "garage": "garage|auto repair shop|repair shop|mechanic shop|car wash|body shop|bicycle shop",
    "shop": (
        "shop|store|supermarket|grocery|grocery store|boutique|pawnshop|pawn shop|antique shop|pharmacy|"
        "drugstore|mall|barber shop|barbershop|hair salon|tailor|bakery|florist|toy shop|post office|"
        "convenience store|bank|butcher|apothecary|general store|jewelry store|department store|"
        "laundromat|launderette"
    ),
    "works": (
        "foundry|steelworks|mill|plant|power plant|power station|brewery|refinery|smithy|forge|"
        "blacksmith|print works|distillery|slaughterhouse|shipyard hall"
    ),
    "boiler": (
        "boiler room|engine room|furnace room|pump room|generator room|reactor|reactor room|utility room|"
        "plant room"
    ),
    "control": (
        "control room|command center|command centre|bridge of the ship|cockpit|war room|operations room|"
        "situation room|mission control|ship bridge|starship bridge|radio room|surveillance room|"
        "security room|tv studio|television studio|flight deck"
    ),
    "server": "server room|data center|data centre|computer room|mainframe|vault server",
    "court": "courtroom|court room|court|tribunal|parliament|senate|council chamber|chamber of deputies",
    "ballroom": "ballroom|ball room|dance hall|dance studio|ballet studio|grand salon",
    "lobby": (
        "lobby|foyer|reception|hotel lobby|office lobby|entrance hall|vestibule|hotel|airport|terminal|"
        "departure lounge|airport terminal|arrivals"
    ),
    "museum": "museum|gallery|art gallery|exhibition|showroom|trophy room",
    "gym": (
        "gym|gymnasium|sports hall|dojo|boxing ring|boxing gym|fitness studio|training room|"
        "bowling alley|ice rink|arena"
    ),
    "pool": "swimming pool|pool hall|indoor pool|spa|bathhouse|bath house|thermal bath|hammam",
    "greenhouse": (
        "greenhouse|glasshouse|conservatory|winter garden|hothouse|botanical garden|biodome|orangery|"
        "hydroponic"
    ),
    "stable": "stable|barn interior|cowshed|shed|tack room|chicken coop|kennel",
    "lamproom": "lamp room|lantern room|lighthouse lamp room|lighthouse interior|beacon room",
    "tower": "tower room|turret|bell tower|belfry|clock tower|tower chamber|watchtower|wizard tower",
    "shipcabin": (
        "ship cabin|captain cabin|captain quarter|cabin of the ship|ship hold|below deck|galleon|"
        "yacht cabin|caravan|camper|trailer|motorhome|camper van|rv"
    ),
    "submarine": "submarine|u boat|sub|bathysphere",
    "bunker": (
        "bunker|fallout shelter|air raid shelter|safe house|safehouse|command post|dugout|shelter|"
        "panic room|hq|headquarter|barracks"
    ),
    "tentroom": "tent interior|yurt|teepee|tipi|command tent|field tent|field hospital|marquee",
    "crypt": "crypt|tomb|mausoleum|catacomb|burial chamber|ossuary|sarcophagus chamber",
    "mansion": (
        "mansion|manor|manor house|villa|estate|country house|stately home|chateau|haunted house|"
        "plantation house|billiard room|smoking room"
    ),
    "station": (
        "train station|railway station|station|central station|station hall|bus station|waiting hall|"
        "ticket hall|fire station|platform|bus terminal"
    ),
    "changing": "locker room|changing room|shower room|cloakroom|laundry|laundry room",
    "dressing": "dressing room|fitting room|make up room|makeup room|green room|wardrobe room",
    "dining": "dining room|dining hall|banquet room|refectory|mess hall|mess",
    "studio": "art studio|atelier|studio|painter studio|photo studio|sculptor studio|recording studio",
    "lift": "elevator|lift|lift cabin|elevator car",
    "stairwell": "stairwell|staircase|stairway|fire escape|landing|stairs",
    "vault": "vault|bank vault|strongroom|treasury|safe deposit|treasure chamber|armory|armoury",
    "casino": "casino|gambling den|poker room|arcade|betting shop|gaming hall",
    "tavern": "medieval tavern|medieval inn|pirate tavern|alehouse",
    "field": (
        "field|meadow|pasture|prairie|plain|savanna|savannah|moor|heath|steppe|hill|hillside|hilltop|"
        "countryside|vineyard|valley|cornfield|wheat field|golf course|cliff top|grassland|lawn"
    ),
    "garden": (
        "garden|kitchen garden|rose garden|backyard|back yard|front yard|terrace|patio|hospital garden|"
        "maze|hedge maze|cloister|palace garden|japanese garden"
    ),
    "park": "park|city park|promenade|zoo|picnic ground|campus|avenue of trees",
    "beach": (
        "beach|shore|seashore|seaside|coast|dune|island|desert island|bay|lagoon|cove|tropical island|"
        "oasis"
    ),
    "sea": (
        "harbour|harbor|dock|docks|pier|jetty|quay|wharf|marina|port|waterfront|boardwalk|"
        "fishing village|shipyard|embankment|seafront|ferry dock"
    ),
    "shipdeck": (
        "ship|boat|ship deck|deck|sailing ship|pirate ship|yacht|ferry|raft|fishing boat|trawler|ocean|"
        "sea|open sea|lifeboat|cruise ship|aircraft carrier|oil rig|canoe|gondola|galley"
    ),
    "desert": "desert|wasteland|badland|canyon|mesa|outback|salt flat|death valley|dry lake|sahara|gulch",
    "snowfield": (
        "tundra|arctic|glacier|ice field|snowfield|antarctica|frozen lake|ski slope|polar station|"
        "north pole|snow field|avalanche|alps|siberia"
    ),
    "mountain": (
        "mountain|mountainside|mountain top|mountain pass|peak|summit|cliff|ledge|ravine|gorge|quarry|"
        "volcano|crater rim|mountain path|rock face|waterfall"
    ),
    "swamp": "swamp|marsh|bog|bayou|wetland|mangrove|moat|fen|everglades",
    "yard": (
        "yard|courtyard|court yard|inner court|stable yard|prison yard|schoolyard|farmyard|backlot|"
        "patio yard"
    ),
    "square": "square|plaza|piazza|town square|market square|forum|village square|monument|memorial|roundabout",
    "market": (
        "market|street market|bazaar|souk|fish market|market place|marketplace|flea market|night market|"
        "food court"
    ),
    "village": (
        "village|hamlet|settlement|shanty town|shantytown|town|old town|frontier town|ghost town|slum|"
        "favela|colony"
    ),
    "castle": (
        "castle|fortress|fort|citadel|stronghold|castle courtyard|rampart|battlement|city wall|city gate|"
        "drawbridge|keep|outpost|castle gate"
    ),
    "graveyard": "graveyard|cemetery|churchyard|grave|burial ground|gravesite|funeral",
    "road": (
        "highway|motorway|freeway|country road|dirt road|desert road|mountain road|roadside|road trip|"
        "car wreck|crash site|rest stop|rest area|toll booth|checkpoint|border crossing|car crash|"
        "forest road|bus stop in the country"
    ),
    "parking": "car park|parking lot|parking garage|drive in|driveway|multi storey",
    "scrapyard": "junkyard|scrapyard|scrap yard|dump|landfill|salvage yard|garbage dump",
    "station_out": "gas station|petrol station|truck stop|service station|filling station|motel",
    "rails": (
        "railway track|train track|rail yard|railroad|railway|train wreck|rail crossing|level crossing|"
        "train yard"
    ),
    "bridge": "bridge|footbridge|viaduct|overpass|aqueduct|dam|stone bridge",
    "lake": "lake|lakeside|pond|lake shore|lakeshore|fishing hole|reservoir|water hole",
    "river": "river|riverbank|riverside|stream|creek|brook|canal|ford|rapids",
    "battlefield": "battlefield|trench|no man land|front line|war zone|minefield|bomb site",
    "ruins": (
        "ruin|ruins|ancient city|amphitheatre|colosseum|stonehenge|stone circle|excavation|dig site|"
        "lost city|atlantis"
    ),
    "planet": (
        "planet|alien planet|alien world|mars|martian surface|home planet|homeworld|asteroid|exoplanet|"
        "colony planet|landing site"
    ),
    "moon": "moon|moon surface|lunar surface|moon base|lunar base|outer space|space|orbit",
    "camp": "camp|military camp|refugee camp|base camp|encampment|gypsy camp|mining camp|boot camp",
    "farm": "farm|ranch|barn|farmhouse|homestead|plantation|paddock|corral|mill house|windmill|crop field",
    "lighthouse": "lighthouse|light house",
    "house": (
        "house|front porch|porch|bungalow|cottage garden|doorstep|veranda|cabin exterior|"
        "driveway of the house"
    ),
    "playground": "playground|sandbox|school playground|skate park|schoolyard playground",
    "fair": "fair|funfair|fairground|carnival|circus|amusement park|theme park|festival|ferris wheel",
    "site": "construction site|building site|scaffold|scaffolding|excavation pit|demolition site|oil field",
    "airfield": (
        "airfield|airport runway|runway|airstrip|tarmac|helipad field|plane|aeroplane|airplane|aircraft|"
        "private jet"
    ),
    "stadium": (
        "stadium|football field|football pitch|soccer field|sports ground|racetrack|race track|"
        "baseball field|tennis court|running track"
    ),
}  # fmt: skip
PLACES: dict[str, str] = {
    " ".join(phrase.split()): row for row, text in _PLACE_WORDS.items() for phrase in text.split("|")
}
"""Place phrase → row of ROWS."""
TWINS: dict[str, tuple[str, str]] = {
    "castle": ("hall", "castle"),
    "temple": ("church", "temple"),
    "church": ("church", "graveyard"),
    "farm": ("stable", "farm"),
    "lighthouse": ("lamproom", "lighthouse"),
    "house": ("mansion", "house"),
    "mansion": ("mansion", "garden"),
    "shipdeck": ("shipcabin", "shipdeck"),
    "cabin": ("cabin", "house"),
    "cave": ("cave", "mountain"),
    "village": ("tavern", "village"),
    "station": ("station", "rails"),
    "prison": ("prison", "yard"),
    "camp": ("tentroom", "camp"),
    "moon": ("bunker", "moon"),
    "planet": ("bunker", "planet"),
    "garage": ("garage", "station_out"),
    "parking": ("garage", "parking"),
    "stadium": ("gym", "stadium"),
    "shop": ("shop", "square"),
    "school": ("school", "playground"),
    "airfield": ("control", "airfield"),
    "ruins": ("crypt", "ruins"),
    "market": ("shop", "market"),
    "lobby": ("lobby", "square"),
    "tower": ("tower", "castle"),
    "yard": ("works", "yard"),
    "works": ("works", "site"),
    "theatre": ("theatre", "square"),
    "museum": ("museum", "square"),
    "bridge": ("control", "bridge"),
    "pool": ("pool", "lake"),
    "station_out": ("shop", "station_out"),
    "graveyard": ("crypt", "graveyard"),
    "fair": ("theatre", "fair"),
    "garden": ("greenhouse", "garden"),
}
"""Row → what it is like (inside, outside), for locations that say which."""
