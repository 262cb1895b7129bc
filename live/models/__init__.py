"""The product: creators and who follows them, the gift catalog, live sessions, taps and what is around them."""

from live.models.announcements import ChangeAnnouncement, LiveAnnouncement
from live.models.catalog import ART_DIR, LARGEST_PRICE_COINS, Gift, GiftOffer, GiftPrice, art_choices, is_uploaded
from live.models.categories import Category
from live.models.comments import (
    MOST_COMMENT_CHARACTERS,
    MOST_MESSAGE_CHARACTERS,
    MOST_MUTED_CHARACTERS,
    Comment,
    Muted,
    MutedWord,
)
from live.models.creators import Creator, Follow
from live.models.desk import ClosedDay, JobRun
from live.models.finding import CreatorWord, LiveWord
from live.models.limits import LARGEST_LIMIT_COINS, SpendingLimit
from live.models.overlays import AlertVariant, Overlay, new_token
from live.models.presence import Presence
from live.models.sessions import LiveSession, LiveTerms, Settlement, Thanks
from live.models.statements import StatementClosing, StatementLine
from live.models.taps import MOST_AT_ONCE, GifterTally, GiftTap, SessionTally, Supporter, TapPlace
from live.models.test_gifts import TestGift

__all__ = [
    "ART_DIR",
    "LARGEST_LIMIT_COINS",
    "LARGEST_PRICE_COINS",
    "MOST_AT_ONCE",
    "MOST_COMMENT_CHARACTERS",
    "MOST_MESSAGE_CHARACTERS",
    "MOST_MUTED_CHARACTERS",
    "AlertVariant",
    "Category",
    "ChangeAnnouncement",
    "ClosedDay",
    "Comment",
    "Creator",
    "CreatorWord",
    "Follow",
    "Gift",
    "GiftOffer",
    "GiftPrice",
    "GiftTap",
    "GifterTally",
    "JobRun",
    "LiveAnnouncement",
    "LiveSession",
    "LiveTerms",
    "LiveWord",
    "Muted",
    "MutedWord",
    "Overlay",
    "Presence",
    "SessionTally",
    "Settlement",
    "SpendingLimit",
    "StatementClosing",
    "StatementLine",
    "Supporter",
    "TapPlace",
    "TestGift",
    "Thanks",
    "art_choices",
    "is_uploaded",
    "new_token",
]
