"""All tables of one's own data, and every link to a person that is in none of them, with its reason."""

from live.own_data import of_creators, of_viewers
from payouts import own_data as payouts_data
from people.models import User
from people.own_data import of_people
from people.own_data.files import OwnData
from wallet import own_data as wallet_data

TABLES = [*of_people.TABLES, *wallet_data.TABLES, *of_viewers.TABLES, *of_creators.TABLES, *payouts_data.TABLES]

SECRETS = "Secrets: your password, keys of sessions, authenticators and passkeys, and the address of your overlay."
OF_OTHERS = "What other people gave, wrote or follow: it is theirs. Your lives have the sums."
OF_OPERATORS = "What operators decided, wrote for each other or entered as prices, rates, limits and texts."
DERIVED = "Sums, lists of words and lines that only repeat what is in these files."
PASSING = "What is deleted by itself: offers that expired, tests of the overlay, mails on their way."

# Each foreign key to a person, or to something of theirs, that no table answers for; and columns of mail addresses.
LEFT_OUT = {
    "people.BrowserSession.user": SECRETS,
    "people.AcceptedStep.user": SECRETS,
    "account.EmailConfirmation.email_address": SECRETS,
    "live.Comment.session": OF_OTHERS,
    "live.Follow.creator": OF_OTHERS,
    "live.GiftTap.session": OF_OTHERS,
    "live.Muted.person": OF_OTHERS,
    "live.Muted.session": OF_OTHERS,
    "live.Supporter.creator": OF_OTHERS,
    "live.Presence.session": OF_OTHERS,
    "admin.LogEntry.user": OF_OPERATORS,
    "live.Comment.removed_by": OF_OPERATORS,
    "payouts.ProviderReport.withdrawal": OF_OPERATORS,
    "payouts.WithdrawalApproval.by": OF_OPERATORS,
    "payouts.WithdrawalApproval.withdrawal": OF_OPERATORS,
    "people.Brand.support_email": OF_OPERATORS,
    "people.OperatorAction.user": OF_OPERATORS,
    "people.OperatorNote.about": OF_OPERATORS,
    "people.OperatorNote.author": OF_OPERATORS,
    "people.PageVersion.author": OF_OPERATORS,
    "people.Suspension.by": OF_OPERATORS,
    "people.Suspension.lifted_by": OF_OPERATORS,
    "live.CreatorWord.creator": DERIVED,
    "live.GifterTally.session": DERIVED,
    "live.GifterTally.viewer": DERIVED,
    "live.LiveAnnouncement.session": DERIVED,
    "live.LiveWord.session": DERIVED,
    "live.SessionTally.session": DERIVED,
    "live.Supporter.viewer": DERIVED,
    "live.TapPlace.session": DERIVED,
    "live.TapPlace.tap": DERIVED,
    "payouts.WeeklyAllowance.creator": DERIVED,
    "people.TakenName.creator": DERIVED,
    "live.TestGift.creator": PASSING,
    "live.TestGift.session": PASSING,
    "payouts.Quote.account": PASSING,
    "payouts.Quote.creator": PASSING,
    "people.OutgoingMail.address": PASSING,
}
# Foreign keys of this name, in every model.
LEFT_OUT_EVERYWHERE = {"set_by": OF_OPERATORS}


def own_data_of(person: User) -> OwnData:
    """Return the tables of a person, to be written as files."""
    return OwnData(person, TABLES, list(dict.fromkeys(LEFT_OUT.values())))
