"""The shapes in which language models answer. What does not fit its shape is no answer, and nobody pays for it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MOST_WORDS = 600


class Shape(BaseModel):
    """Base of all answers: nothing beside what is asked for, nothing left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(Shape):
    """One thing about a take. `score` is None where it cannot be seen in the frames."""

    score: int | None = Field(ge=0, le=100, description="0 to 100, or null where the frames do not show it")
    reason: str = Field(
        max_length=MOST_WORDS, description="One or two sentences: what is seen, in which frame"
    )


class TakeOpinion(Shape):
    """How frames of a take keep to what was asked for."""

    identity: Mark = Field(description="Are they the people described, the same in every frame?")
    wardrobe: Mark = Field(description="Do they wear what is described?")
    place: Mark = Field(description="Is it the described place, hour, weather and light?")
    action: Mark = Field(description="Does what is described happen?")


class Proposal(Shape):
    """A text for one thing that was asked about."""

    key: str = Field(description="The key of the thing, exactly as in the data")
    text: str = Field(max_length=MOST_WORDS, description="The proposed text; empty where nothing can be said")


class BoardProposals(Shape):
    """What a script leaves open, proposed."""

    people: list[Proposal]
    shots: list[Proposal]


class SoftenedPrompt(Shape):
    """A refused prompt in milder words."""

    prompt: str = Field(max_length=4000, description="The prompt in milder words; empty where there are none")
    changed: str = Field(max_length=MOST_WORDS, description="What is different, in one sentence")


SHAPES: dict[str, type[Shape]] = {
    "take_opinion": TakeOpinion,
    "board_proposals": BoardProposals,
    "softened_prompt": SoftenedPrompt,
}


def schema_of(name: str) -> dict[str, Any]:
    """The JSON schema of a shape. Raises KeyError."""
    return SHAPES[name].model_json_schema()


def read(name: str, text: str) -> dict[str, Any]:
    """A model's answer as plain data. Raises ValueError when it does not fit the shape, KeyError for an unknown one."""
    return SHAPES[name].model_validate_json(text).model_dump()
