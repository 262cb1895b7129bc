"""How allauth fits our people: the name typed at sign-up, and addresses kept in small letters."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit=commit)

    def populate_username(self, request, user):
        """We have none: people sign in with their address."""
