"""How a person appears in lives: by name, or as Somebody."""

from people.models import User


def appear(user: User, *, as_somebody: bool) -> None:
    """Let a person appear as Somebody, or by name, from now on. Earlier gifts, comments and follows don't change."""
    User.objects.filter(pk=user.pk).update(is_somebody=as_somebody)
    user.is_somebody = as_somebody
