"""Forms for a comment and for a creator's muted words."""

from django import forms
from django.core.exceptions import ValidationError

from live.comments.muted_words import fold, words_of
from live.forms.studio import LineField
from live.models import MOST_COMMENT_CHARACTERS, MOST_MUTED_CHARACTERS
from people.text.numbers import WholeNumberField
from wallet.forms import PlainUUIDField


class CommentForm(forms.Form):
    """A comment. The page contains its `comment_id`, so that a repeated request writes nothing."""

    text = LineField(
        max_length=MOST_COMMENT_CHARACTERS,
        error_messages={
            "required": "Type at least one visible character.",
            "max_length": f"A comment has at most {MOST_COMMENT_CHARACTERS} characters. Yours was not sent.",
        },
    )
    comment_id = PlainUUIDField()

    def first_error(self) -> str:
        """Return the first error as one sentence."""
        if "text" in self.errors:
            return str(self.errors["text"][0])
        return "This comment could not be read. It was not sent; reload the page and try again."


class MessagesForm(forms.Form):
    """From how many coins a gift may come with a message."""

    message_coins = WholeNumberField(
        label="From how many coins",
        least=1,
        most=1_000_000,
        required=False,
        help_text="A gift of that value or more may come with a line of 80 characters. Empty: none may.",
    )


class MutedWordForm(forms.Form):
    """A word or phrase to mute, folded as in the database."""

    word = LineField(
        label="Word or phrase",
        max_length=MOST_MUTED_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="Whole words: “cat” doesn’t hide “category”. Capitals and accents make no difference.",
    )

    def clean_word(self) -> str:
        word = fold(self.cleaned_data["word"])
        if not words_of(word):
            raise ValidationError("Type a word: letters, digits or an emoji.")
        return word
