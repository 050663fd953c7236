"""English words that are not said as they are written: abbreviations, Roman numerals, acronyms, shouting."""

from __future__ import annotations

import re

from craft.sound.english_numbers import cardinal, ordinal, roman

_NAME = r"(?=\s+[A-Z])"
# Abbreviation → words; the first pattern that fits wins.
_ABBREVIATIONS: tuple[tuple[str, str], ...] = (
    (rf"\bDrs?\.?{_NAME}", "Doctor"), (rf"\bMr\.?{_NAME}", "Mister"), (rf"\bMrs\.?{_NAME}", "Missus"),
    (rf"\bMs\.?{_NAME}", "Miz"), (rf"\bProf\.{_NAME}", "Professor"), (rf"\bGen\.{_NAME}", "General"),
    (rf"\bCol\.{_NAME}", "Colonel"), (rf"\bCapt\.{_NAME}", "Captain"), (rf"\bCmdr\.{_NAME}", "Commander"),
    (rf"\bLt\.{_NAME}", "Lieutenant"), (rf"\bSgt\.{_NAME}", "Sergeant"), (rf"\bCpl\.{_NAME}", "Corporal"),
    (rf"\bSen\.{_NAME}", "Senator"), (rf"\bRep\.{_NAME}", "Representative"), (rf"\bGov\.{_NAME}", "Governor"),
    (rf"\bPres\.{_NAME}", "President"), (rf"\bRev\.{_NAME}", "Reverend"), (rf"\bHon\.{_NAME}", "Honorable"),
    (rf"\bDet\.{_NAME}", "Detective"), (rf"\bInsp\.{_NAME}", "Inspector"),
    (r"(?<=[a-z])\s+St\.?(?=[,;:!?]|\s*$|\s+(?!James\b)[a-z]|\.?\s+(?:at|in|and|near|No)\b)", " Street"),
    (rf"\bSt\.?{_NAME}", "Saint"), (r"\bSt\.", "Street"),
    (r"(?<=[a-z] )Dr\.(?=\W|$)", "Drive"), (r"\bDr\.", "Doctor"),
    (r"\bAve\.", "Avenue"), (r"\bBlvd\.?", "Boulevard"), (r"(?<=[a-z] )Rd\.?(?!\w)", "Road"),
    (r"(?<=[a-z] )Ln\.", "Lane"), (r"(?<=[a-z] )Sq\.", "Square"), (r"\bHwy\.?(?!\w)", "Highway"),
    (rf"\bMt\.?{_NAME}", "Mount"), (rf"\bFt\.{_NAME}", "Fort"), (r"\bApt\.", "apartment"),
    (r"\bJr\.?(?!\w)", "Junior"), (r"\bSr\.?(?!\w)", "Senior"), (r"\bEsq\.?(?!\w)", "Esquire"),
    (r"\bInc\.", "Incorporated"), (r"\bLtd\.?(?!\w)", "Limited"), (r"\bCorp\.", "Corporation"),
    (r"\b(?<=[A-Za-z] )Co\.", "Company"), (r"\bBros\.", "Brothers"),
    (r"\b[Ee]\.g\.,?", "for example,"), (r"\b[Ii]\.e\.,?", "that is,"), (r"\betc\.?(?!\w)", "et cetera"),
    (r"\bvs?\.(?=\s)", "versus"), (r"\bvs\b", "versus"), (r"\bapprox\.", "approximately"),
    (r"\best\.(?=\s)", "established"), (r"\b[Dd]ept\.", "department"), (r"\b[Gg]ovt\.", "government"),
    (r"(?:\bNos?\.|№|#)\s?(?=\d)", "number "), (r"#(?=[A-Za-z])", "hashtag "),
    (r"\b[Vv]ol\.(?=\s)", "volume"), (r"\b[Cc]h\.(?=\s*[\dIVX])", "chapter"), (r"\b[Ff]ig\.(?=\s)", "figure"),
    (r"\b[Ee]p\.(?=\s*\d)", "episode"), (r"\bpp\.(?=\s*\d)", "pages"), (r"\bp\.(?=\s*\d)", "page"),
    (r"\bMon\.", "Monday"), (r"\bTues?\.", "Tuesday"), (r"\bWed\.", "Wednesday"), (r"\bThurs?\.", "Thursday"),
    (r"\bFri\.", "Friday"), (r"\bSat\.(?=\s)", "Saturday"), (r"\bSun\.(?=\s)", "Sunday"),
    (r"\bw/o\b", "without"), (r"\bw/(?=\s)", "with"), (r"\b([A-Z]{1,2})&([A-Z]{1,2})\b", r"\1 and \2"),
    (r"(?<=\w)&(?=\w)", " and "), (r"&", "and"),
    (r"(?<=\s)@(?=\s?\w)", "at"), (r"(?<=\s)\+(?=\s)|(?<=\d)\+(?=\d)", " plus "),
    (r"(?<=\s)=(?=\s)|(?<=\d)=(?=\d)", " equals "), (r"(?<=\d)\s?[×x]\s?(?=\d)", " by "), (r"~(?=\d)", "about "),
    (r"\bOK\b", "okay"),
)  # fmt: skip
_ABBREVIATED = tuple((re.compile(pattern), said) for pattern, said in _ABBREVIATIONS)
_RULERS_TEXT = """
Henry Louis George Edward James Charles Elizabeth Richard William Mary Benedict Pius Francis Catherine
Peter Alexander Nicholas Philip Philippe Ferdinand Napoleon Frederick Wilhelm Ramses Ramesses Cleopatra
Harald Christian Gustav Leopold Albert Victor Umberto Paul John Gregory Innocent Urban Leo Clement Ivan
Boris Franz Maximilian Margaret Robert David Malcolm Stephen Edgar Edmund Darius Xerxes Ptolemy Thutmose
Amenhotep Olaf Haakon Sigismund Otto Ludwig Juan Carlos Felipe Pedro Manuel Afonso Alfonso Baldwin
"""
_RULERS = frozenset(_RULERS_TEXT.split())
_HEADINGS_TEXT = """
Chapter Part Act Scene Volume Book War Phase Type Mark Section Episode Season Article Appendix Level
Class Group Stage Title Vatican Apollo Grade Figure Table Roman
"""
_HEADINGS = tuple(_HEADINGS_TEXT.split())
_ROMANS = re.compile(
    r"\b((?:[A-Z][\w'’]*\s+){0,2})([A-Z][\w'’]*|" + "|".join(_HEADINGS).lower() + r")\s+([IVXLCDM]+)\b"
)
# Read as words though they are written in capitals.
_ACRONYM_WORDS_TEXT = """
NASA NATO UNESCO UNICEF OPEC SWAT AIDS LASER RADAR SONAR NAFTA COVID INTERPOL MOSSAD FIFA UEFA NAVY
ASCII SCUBA TASER HAZMAT PIN SIM RAM ROM GIF WASP SEAL MASH DARPA NORAD FEMA OSHA
"""
_ACRONYM_WORDS = frozenset(_ACRONYM_WORDS_TEXT.split())
_SPELLED_TEXT = """
US FBI CIA NSA USA UK UN EU DNA RNA TV ID IT HR PR CEO CFO CTO COO VIP DJ MC MP MPH GPS USB PC AI UFO
IRS BBC CNN NBC ABC CBS HBO MTV NYPD LAPD KGB MI DC LA NYC SOS RIP DIY FAQ ATM BMW IBM PhD MBA BA MA MD
DA PI POW MIA AWOL ICU ER EMT CPR EKG MRI CT IV OD HIV STD ADHD OCD PTSD CCTV AC EP LP CD DVD VHS VR AR
URL HTML PDF API CPU GPU LED LCD TNT IOU RSVP PS ETA ASAP BYO LGBTQ NFL NBA MLB NHL UFC WWE AM PM BC AD
"""
_SPELLED = frozenset(_SPELLED_TEXT.split())
_SHORT_WORDS_TEXT = """
A I AN AS AT BE BY DO GO HE IF IN IS ME MY NO OF ON OR SO TO UP WE US AM IT HI OH AH HA EH OW UH UM ALL
AND ANY ARE ASK BAD BIG BOY BUT BUY CAN CAR CRY CUT DAD DAY DID DIE DOG EAT END EYE FAR FLY FOR FUN GET
GOD GOT GUN GUY HAD HAS HER HEY HIM HIS HIT HOT HOW ICE ILL ITS JOB KEY KID LET LIE LOT LOW MAD MAN MAY
MEN MOM MUM NEW NOT NOW ODD OFF OLD ONE OUR OUT OWN PAY PUT RUN SAD SAW SAY SEA SEE SHE SHH SIR SIT SIX
SON TEN THE TOO TOP TRY TWO WAR WAS WAY WHO WHY WIN WON YES YET YOU ACT AGE AGO AIR ARM BED BOX BAR BET
BUS CAT CUP DUE EAR EGG FEW FIX GAS GAP HAT HELL HUG JOY LAW LEG LIP MAP MIX NOR OWE RED RIP ROW SET SKY
SUN TAX TEA TIE USE VAN YEP NOPE WOW DAMN
"""
_SHORT_WORDS = frozenset(_SHORT_WORDS_TEXT.split())
_CAPITALS = re.compile(r"(?<![\w.])[A-Z][A-Z'’]*[A-Z](?![\w]|\.[A-Z])|(?<![\w.])(?:[A-Z]\.){2,}")


def abbreviations_said(text: str) -> str:
    """Titles, streets, firms, Latin and signs in full."""
    for pattern, said in _ABBREVIATED:
        text = pattern.sub(said, text)
    return text


def romans_said(text: str) -> str:
    """ "Henry VIII" → "Henry the eighth", "World War II" → "World War two"; a lone I or X stays."""
    return _ROMANS.sub(_roman_said, text)


def _roman_said(match: re.Match[str]) -> str:
    earlier, name, written = match[1], match[2], match[3]
    value = roman(written)
    heading = name.capitalize() in _HEADINGS
    if not value or (name.isupper() and len(name) > 1 and not heading):
        return match[0]
    if heading:
        return f"{earlier}{name} {cardinal(value)}"
    if name in _RULERS and value < 40 and not (written == "I" and name in ("John", "Paul", "David")):
        return f"{earlier}{name} the {ordinal(value)}"
    if len(written) < 2 or value >= 40:
        return match[0]
    return (
        f"{earlier}{name} the {ordinal(value)}"
        if earlier and value < 6
        else f"{earlier}{name} {cardinal(value)}"
    )


def capitals_said(text: str) -> str:
    """Acronyms are spelled, shouted words are words: "GET the FBI" → "get the F B I"."""
    text = re.sub(r"\bAT(?= and T\b)", "A T", text)
    letters = list(re.findall(r"[A-Za-z]{2,}", text))
    shouted = len(letters) > 1 and sum(word.isupper() for word in letters) > 0.8 * len(letters)
    return _CAPITALS.sub(lambda match: _capital_said(match[0], shouted), text)


def _capital_said(word: str, shouted: bool) -> str:
    if "." in word:
        return " ".join(word.replace(".", " ").split()) + ("." if len(word) > 6 else "")
    bare = word.replace("’", "'")
    stem, mark, rest = bare.partition("'")
    if bare in _ACRONYM_WORDS or (stem in _SHORT_WORDS and (shouted or stem != "US")):
        return bare.lower()
    if stem in _SPELLED:
        return " ".join(stem) + (f"{mark}{rest.lower()}" if rest else "")
    vowel = re.search(r"[AEIOUY]", stem)
    if vowel and (shouted or len(stem) > 3):
        return bare.lower()
    return " ".join(stem) + (f"{mark}{rest.lower()}" if rest else "")
