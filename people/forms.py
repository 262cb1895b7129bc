"""Forms about people."""

from django import forms

from people.models import User
from people.names import AVATARS, clean_name, validate_name


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail address and password; allauth builds its form on top of this one."""

    name = forms.CharField(max_length=30, validators=[validate_name], help_text="What others see beside your gifts.")
    name.widget.attrs["autocomplete"] = "nickname"

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def signup(self, request, user):
        """Nothing is left to do: the adapter has kept the name."""


class ProfileForm(forms.ModelForm):
    """A person's name and picture, as others see them."""

    avatar = forms.ChoiceField(choices=AVATARS, widget=forms.RadioSelect, label="Picture")

    class Meta:
        model = User
        fields = ["name", "avatar"]

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])
