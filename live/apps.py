from importlib import import_module

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"

    def ready(self) -> None:
        import_module("live.books")
        import_module("live.gifts.catalog")
        import_module("live.desk.day_books")
        import_module("live.tally_books")
        import_module("live.transfer_words")
        import_module("live.gifts.limits")
