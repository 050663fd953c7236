"""Times of day as scene headings write them."""

from __future__ import annotations

import re

from craft.terms.light import TimeOfDay

_WORDS: dict[TimeOfDay, str] = {
    TimeOfDay.DAWN: "dawn sunrise daybreak aube aurore amanecer alba morgengrauen рассвет 夜明け",
    TimeOfDay.MORNING: "morning matin mañana mattina morgen manhã утро 朝",
    TimeOfDay.NOON: "noon midday day jour día tag giorno mittag midi dia день полдень 昼",
    TimeOfDay.AFTERNOON: "afternoon après-midi tarde nachmittag pomeriggio 午後",
    TimeOfDay.DUSK: (
        "dusk sunset evening twilight magic-hour soir crépuscule atardecer abend tramonto вечер закат 夕方"
    ),
    TimeOfDay.NIGHT: "night midnight nuit noche nacht notte noite ночь полночь 夜",
}
_BY_WORD = {word: time for time, words in _WORDS.items() for word in words.split()}
_TOKEN = re.compile(r"[\w-]+")


def time_of_day(text: str) -> TimeOfDay | None:
    """The time of day a heading's words name, None when they name none."""
    for token in _TOKEN.findall(text[:200].casefold().replace("magic hour", "magic-hour")):
        if token in _BY_WORD:
            return _BY_WORD[token]
    return None
