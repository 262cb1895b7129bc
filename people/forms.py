"""Forms about people."""

from django import forms

from people.names import clean_name, validate_name


class SignupForm(forms.Form):
    """What sign-up asks besides e-mail address and password."""

    name = forms.CharField(max_length=30, validators=[validate_name], help_text="What others see beside your gifts.")

    def clean_name(self):
        return clean_name(self.cleaned_data["name"])

    def signup(self, request, user):
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
