"""How allauth fits our people."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request, user, form, commit=True):
        """Keep the name typed at sign-up, in the same row as the rest."""
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit=commit)

    def get_reauthentication_methods(self, user):
        """A second factor is the only method for its owner: password or mail may have been stolen with the session."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa_")] or methods
