"""Addresses of the product: lives, the studio, creators, and the page about the economy."""

from django.urls import path

from live.views import creators, diamonds, economy, events, live_gifts, receipts, room, statements, studio, summary

urlpatterns = [
    path("", creators.home, name="home"),
    path("economy/", economy.economy, name="economy"),
    path("payouts/", live_gifts.live_gifts, name="live-gifts"),
    path("payouts/diamonds/", diamonds.diamonds, name="diamonds"),
    path("payouts/diamonds/<uuid:session_id>/", diamonds.diamonds_of_live, name="diamonds-of-live"),
    path("payouts/statements/", statements.statements, name="statements"),
    path("payouts/statements/<int:year>/", statements.statement, name="statement"),
    path("payouts/statements/<int:year>/<int:month>/", statements.statement, name="statement"),
    path("payouts/<uuid:withdrawal_id>/receipt/", statements.receipt, name="withdrawal-receipt"),
    path("live/", creators.live_now, name="live-now"),
    path("live/studio/", studio.studio, name="studio"),
    path("live/studio/profile/", studio.profile, name="creator-profile"),
    path("live/studio/start/", studio.start, name="start-session"),
    path("live/studio/activity/", studio.activity, name="studio-activity"),
    path("live/receipts/<uuid:tap_id>/", receipts.receipt, name="gift-receipt"),
    path("live/<uuid:session_id>/", room.room, name="room"),
    path("live/<uuid:session_id>/tap/", room.tap, name="tap"),
    path("live/<uuid:session_id>/tray/", room.tray, name="tray"),
    path("live/<uuid:session_id>/feed/", room.feed, name="feed"),
    path("live/<uuid:session_id>/board/", room.board, name="board"),
    path("live/<uuid:session_id>/events/", events.events, name="events"),
    path("live/<uuid:session_id>/end/", studio.end, name="end-session"),
    path("live/<uuid:session_id>/here/", studio.here, name="creator-here"),
    path("live/<uuid:session_id>/summary/", summary.summary, name="summary"),
    path("live/<uuid:session_id>/thanks/", summary.thanks, name="thanks"),
    path("@<slug:handle>/", creators.creator, name="creator"),
    path("@<slug:handle>/follow/", creators.follow, name="follow"),
    path("@<slug:handle>/unfollow/", creators.unfollow, name="unfollow"),
]
