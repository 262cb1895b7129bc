"""The comments of the demo's simulated viewers, by the creator's handle."""

from live.models import Creator

LINES = {
    "cleo": [
        "Good evening from Bergen",
        "That slide at the end",
        "Could you play the waltz from last week?",
        "First time here, and I stay",
        "My cat has stopped walking over the keyboard to listen",
        "What are the strings made of?",
        "The quiet part is my favourite",
        "Greetings to everybody who is still at work",
        "I heard this one at my grandmother’s house",
        "Is that rain in the background, or is it here?",
        "Slower, please. It is too beautiful to end",
        "Bow or fingers for the next one?",
        "🎻🎻🎻",
        "Bom dia do Porto",
        "Somebody told me to come at seven. Now I know why",
        "Can you see us?",
        "The encore from Sunday is still in my head",
        "How long have you had this violin?",
    ],
    "tove": [
        "That blue",
        "How do you keep the edges so soft?",
        "I grew up beside a harbour like this one",
        "Which paper is it?",
        "The gulls came out well",
        "Part three is on my wall",
        "Hej från Malmö",
        "Is the tide coming in or going out?",
        "I could watch water dry for hours",
        "Leave the sky as it is, please",
        "🌊",
        "What time of day is it there in the picture?",
        "Is the red boat the one from part two?",
        "Mine always turn to mud. How do you do it?",
        "Hello from a very dry place",
        "The far shore, just like that, in three strokes",
        "Do you ever paint people?",
        "I mixed that grey yesterday and got green",
        "There is a whole storm in that corner",
    ],
}
# The number of comments that a running live has when the demo opens.
SAID_BEFORE = {"cleo": 9, "tove": 5}


def lines_for(creator: Creator) -> list[str]:
    """Return the comments for a creator's lives; none for a creator who isn't part of the demo."""
    return LINES.get(creator.handle, [])
