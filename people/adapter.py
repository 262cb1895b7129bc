"""How allauth fits our people."""

from allauth.account.adapter import DefaultAccountAdapter

from people.attempts import count_failure, too_many_failed


class AccountAdapter(DefaultAccountAdapter):
    def save_user(self, request, user, form, commit=True):
        """Keep the name typed at sign-up, in the same row as the rest."""
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit=commit)

    def get_reauthentication_methods(self, user):
        """A second factor is the only method for its owner: password or mail may have been stolen with the session."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"].startswith("mfa_")] or methods

    def pre_authenticate(self, request, **credentials):
        """Refuse after too many failures; this attempt isn't one yet."""
        if too_many_failed(request, self._get_login_attempts_cache_key(request, **credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request, **credentials):
        count_failure(request, self._get_login_attempts_cache_key(request, **credentials))
