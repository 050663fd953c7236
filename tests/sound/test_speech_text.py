"""What is written is read as a person would read it; the written text itself is not changed."""

from __future__ import annotations

import pytest

from craft.sound.chinese_numbers import signs
from craft.sound.english_numbers import cardinal, fraction, ordinal, roman, year
from craft.sound.normalising import normalised
from craft.sound.reading import spoken_text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        # numbers, ordinals, decimals
        ("1,234 and 100,000,000", "one thousand two hundred thirty-four and one hundred million"),
        ("2nd, 21st and 103rd", "second, twenty-first and one hundred third"),
        ("3.14 and -5", "three point one four and minus five"),
        ("agent 007, room B12, v1.2.3", "agent oh oh seven, room B twelve, v one point two point three"),
        ("½ a cup, 2½ cups, 3/4", "one half a cup, two and a half cups, three quarters"),
        ("24/7 since 9/11", "twenty-four seven since nine eleven"),
        # years, dates, times
        ("in 1984, 1905, 2007 and 2024", ("in nineteen eighty-four, nineteen oh five, two thousand seven and "
         "twenty twenty-four")),
        ("1500 soldiers in 1066", "one thousand five hundred soldiers in ten sixty-six"),
        ("the 1990s, '80s", "the nineteen nineties, eighties"),
        ("March 5, 2020", "March fifth, twenty twenty"),
        ("5 March 2020", "the fifth of March, twenty twenty"),
        ("3/4/2020 and 13/4/2020", "March fourth, twenty twenty and April thirteenth, twenty twenty"),
        ("2024-03-05, Dec. 24", "March fifth, twenty twenty-four, December twenty-fourth"),
        ("at 5:30pm, 9:05, 5:00 and 17:00", "at five thirty P M, nine oh five, five o'clock and seventeen hundred"),
        ("5 p.m. sharp", "five P M sharp"),
        # money and measures
        ("$5.50, £1.01, $0.99, $1", ("five dollars and fifty cents, one pound and one penny, ninety-nine cents, "
         "one dollar")),
        ("£3m and $3.2 million", "three million pounds and three point two million dollars"),
        ("$5-10", "five to ten dollars"),
        ("50%, 10-20%", "fifty percent, ten to twenty percent"),
        ("12°C, -5°F, 45°", "twelve degrees Celsius, minus five degrees Fahrenheit, forty-five degrees"),
        ("5kg, 1 km, 6 ft, 10–20 km/h", "five kilograms, one kilometer, six feet, ten to twenty kilometers per hour"),
        ("5'10\" tall", "five foot ten tall"),
        # ranges
        ("10-20 people, 1914–18", "ten to twenty people, nineteen fourteen to eighteen"),
        ("a well-known mother-in-law", "a well-known mother-in-law"),
        # abbreviations
        ("Dr. Smith met Mr. Jones on St. James St. at No. 5.",
         "Doctor Smith met Mister Jones on Saint James Street at number five."),
        ("12 Elm Dr.", "twelve Elm Drive"),
        ("e.g. this, i.e. that, etc.", "for example, this, that is, that, et cetera"),
        ("Mrs. Ng vs. Mt. Fuji", "Missus Ng versus Mount Fuji"),
        ("AT&T, R&D and #1", "A T and T, R and D and number one"),
        # Roman numerals
        ("Henry VIII, Elizabeth I and I", "Henry the eighth, Elizabeth the first and I"),
        ("World War II, Chapter IV, Rocky II", "World War two, Chapter four, Rocky two"),
        ("Thomas Hartley III, Vol. II", "Thomas Hartley the third, volume two"),
        ("I said so. X marks it.", "I said so. X marks it."),
        # capitals
        ("STOP IT NOW", "stop it now"),
        ("NO! I said NEVER.", "no! I said never."),
        ("The FBI and the US army, NASA's", "The F B I and the U S army, nasa's"),
        ("CALL THE FBI", "call the F B I"),
        ("HELP US NOW", "help us now"),
        # addresses
        ("jo.b@slate.example.com", "jo dot B at slate dot example dot com"),
        ("see www.x.org/y", "see double-u double-u double-u dot X dot org slash y"),
        ("call 555-1234", "call five five five, one two three four"),
        # pauses
        ("wait... what", "wait... what"),
        ("I— I can't— …", "I, I can't."),
        ("so -- then", "so, then"),
        ("—yes", "yes"),
    ],
)  # fmt: skip
def test_english_is_read_as_a_person_would(written: str, said: str) -> None:
    assert normalised(written, "en") == said
    # reading twice changes nothing
    assert normalised(said, "en").replace(" ", "").lower() == said.replace(" ", "").lower()


def test_british_english_differs_in_numbers_and_dates() -> None:
    assert normalised("123 on 3/4/2020", "en", british=True) == (
        "one hundred and twenty-three on the third of April, twenty twenty"
    )
    assert normalised("5 km", "en", british=True) == "five kilometres"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024年3月5日", "二零二四年三月五日"),
        ("25%的人，2个", "百分之二十五的人，两个"),
        ("在10:30，3-5天", "在十点三十分，三到五天"),
        ("1,234.5元", "一千二百三十四点五元"),
        ("电话13800138000", "电话一三八零零一三八零零零"),
        ("我——不知道……吧", "我，不知道，吧"),
    ],
)
def test_mandarin_figures_are_written_out(written: str, said: str) -> None:
    assert normalised(written, "zh") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2024年3月、3人", "二千二十四年三月、三人"),
        ("10:30に25%", "十時三十分に二十五パーセント"),
        ("¥300", "三百円"),
    ],
)
def test_japanese_figures_are_written_out(written: str, said: str) -> None:
    assert normalised(written, "ja") == said


def test_other_languages_keep_their_figures_for_the_engine() -> None:
    assert normalised("Es sind 10–20 km — oder… mehr", "de") == "Es sind 10 20 km, oder... mehr"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hello 😀👍🏽 there ❤️", "hello there"),
        ("\u200fshalom\u202e x\u202c", "shalom x"),
        ("one\x00two\x1b", "one two"),
        ("so\u00adft *very* _loud_ (beat)", "soft very loud"),
        ("call (212) 555-0199", "call (212) 555-0199"),
        ("snake_case stays", "snake_case stays"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_marks_that_nobody_says_are_dropped(written: str, said: str) -> None:
    assert spoken_text(written) == said


def test_numbers_in_words() -> None:
    assert cardinal(0) == "zero"
    assert cardinal(1_000_001) == "one million one"
    assert cardinal(10**18).startswith("one oh oh")
    assert [ordinal(n) for n in (5, 8, 12, 20, 42)] == [
        "fifth",
        "eighth",
        "twelfth",
        "twentieth",
        "forty-second",
    ]
    assert [year(n) for n in (1900, 2000, 1066)] == ["nineteen hundred", "two thousand", "ten sixty-six"]
    assert [fraction(*pair) for pair in ((3, 2), (2, 3), (5, 17))] == [
        "three halves",
        "two thirds",
        "five over seventeen",
    ]
    assert [roman(text) for text in ("XIV", "MCMXCIV", "IIII", "")] == [14, 1994, None, None]
    assert [signs(n) for n in (10, 101, 10_010, 20_000_003)] == ["十", "一百零一", "一万零一十", "二千万零三"]
