"""Lives, taps and the terms of a live."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest

from live.gifts.catalog import dearest_gift
from live.models import ClosedDay, GiftTap, LiveSession, LiveTerms, Settlement
from live.sessions.closing import close_session
from live.sessions.effects import live_terms_effects
from payouts.money import usd, whole
from people.operator import ReadOnlyAdmin, ReasonActionAdmin, operator_of
from people.operator_lists import ExportsCsv, SearchesById, since_filter, state_filter
from wallet.coins import MICROS_PER_CENT
from wallet.dated_admin import DatedAdmin
from wallet.dated_forms import CREATORS_ARE_TOLD, TermsForm
from wallet.dated_words import Sentences, differences

SENTENCES: Sentences = {
    "followers_needed": ("gifts will need {} followers instead of {}", whole),
    "largest_gift_coins": ("a gift will cost at most {} coins instead of {}", whole),
    "abandoned_after_minutes": ("a live will end {} minutes after its creator left instead of {}", whole),
}


class LiveTermsForm(TermsForm[LiveTerms]):
    told = CREATORS_ARE_TOLD
    watched = ("followers_needed", "largest_gift_coins", "abandoned_after_minutes")

    def clean_largest_gift_coins(self) -> int:
        coins = self.cleaned_data["largest_gift_coins"]
        starts_at = self.cleaned_data.get("starts_at")
        gift = starts_at and dearest_gift(starts_at)
        if gift and gift.coins > coins:
            words = f"{gift.name} costs {gift.coins:,} coins. Lower its price or retire it first."
            self.add_error("largest_gift_coins", words)
        return coins

    def changes(self, before: LiveTerms, after: dict[str, Any]) -> dict[str, str]:
        return differences(before, after, SENTENCES)

    def in_short(self, after: dict[str, Any]) -> str:
        return "these terms of lives"

    def concerned(self, before: LiveTerms) -> dict[str, str]:
        return live_terms_effects(before, self.instance)


@admin.register(LiveTerms)
class LiveTermsAdmin(DatedAdmin):
    """The followers needed for gifts, the highest price of a gift, and when an abandoned live ends."""

    form = LiveTermsForm
    list_display = (
        "followers_needed",
        "largest_gift_coins",
        "abandoned_after_minutes",
        "starts_at",
        "state",
        "set_by",
        "reason_given",
    )
    fields = (
        "starts_at",
        "followers_needed",
        "largest_gift_coins",
        "abandoned_after_minutes",
        "reason_given",
        "by_name",
    )


@admin.register(LiveSession)
class LiveSessionAdmin(SearchesById, ReasonActionAdmin):
    """Lives, read-only. An operator may end one, with a reason that its creator reads."""

    desk_page = "live"

    list_display = ("title", "creator", "started_at", "ended_at", "gifts_open", "points", "gifts", "ended_by")
    list_select_related = ("creator", "settlement")
    list_filter = (state_filter("ended_at", empty=("live", "Live now"), filled=("ended", "Ended")), "gifts_open")
    search_fields = ("=creator__handle", "title")
    search_help_text = "Id of the live, handle of its creator, or title"
    actions = ("end_lives",)
    fields = (
        *("creator", "title", "goal_kind", "goal", "video_url"),
        *("tray_wanted", "gifts_open", "followers_at_start"),
        *("started_at", "creator_seen_at", "ended_at", "peak_viewers"),
    )

    @admin.display(description="points settled", ordering=F("settlement__points").asc(nulls_first=True))
    def points(self, session: LiveSession) -> str | None:
        return f"{session.settlement.points:,}" if session.ended_at else None

    @admin.display(description="gifts")
    def gifts(self, session: LiveSession) -> str | None:
        return f"{session.settlement.gifts:,}" if session.ended_at else None

    @admin.display(description="ended by")
    def ended_by(self, session: LiveSession) -> str | None:
        return session.settlement.ended_by if session.ended_at else None

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("live.change_livesession")

    @admin.action(description="End these lives", permissions=["end"])
    def end_lives(self, request: HttpRequest, queryset: QuerySet[LiveSession]) -> None:
        def end(session: LiveSession, reason: str) -> bool:
            return close_session(session, by=operator_of(request), why=reason)

        self.do_with_reason(request, queryset, end, done="Ended", before="Over before")


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    """The settlement of each live, in points and diamonds."""

    list_display = ("session", "points", "diamonds", "gifts", "gifters", "ended_by", "settled_at")
    list_select_related = ("session",)


@admin.register(GiftTap)
class GiftTapAdmin(ExportsCsv, SearchesById, ReadOnlyAdmin):
    """Accepted taps, with name and price as they were on the button."""

    id_field = "tap_id"
    list_display = ("what", "coins", "viewer", "as_somebody", "session", "created_at")
    list_select_related = ("viewer", "session")
    list_filter = (since_filter("created_at"),)
    search_fields = ("=viewer__email",)
    search_help_text = "Tap id, or the viewer's e-mail address"
    ordering = ("-id",)

    @admin.display(description="gift")
    def what(self, tap: GiftTap) -> str:
        return str(tap)


@admin.register(ClosedDay)
class ClosedDayAdmin(ReadOnlyAdmin):
    """The platform's sums of each day (UTC) that is over. The front page takes the fees off what is kept."""

    list_display = ("day", "received", "given", "kept", "paid", "fees", "gifters", "new_people")

    @admin.display(description="recharges", ordering="cents")
    def received(self, day: ClosedDay) -> str:
        return usd(day.cents)

    @admin.display(description="gifts", ordering="gift_cents")
    def given(self, day: ClosedDay) -> str:
        return usd(day.gift_cents)

    @admin.display(description="kept of them", ordering="kept_micros")
    def kept(self, day: ClosedDay) -> str:
        return usd(day.kept_micros // MICROS_PER_CENT)

    @admin.display(description="paid out", ordering="paid_cents")
    def paid(self, day: ClosedDay) -> str:
        return usd(day.paid_cents)

    @admin.display(description="payout fees", ordering="fee_cents")
    def fees(self, day: ClosedDay) -> str:
        return usd(day.fee_cents)
