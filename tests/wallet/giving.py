"""A live of Cleo's, as the history names it."""

from tests.factories import make_creator, make_session


def cleo_live(title="Friday strings"):
    creator = make_creator("Cleo")
    type(creator).objects.update(name="Cleo Marin")
    return make_session(creator, title=title)
