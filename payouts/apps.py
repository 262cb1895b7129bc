from importlib import import_module

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "payouts"

    def ready(self) -> None:
        import_module("payouts.books")
        import_module("payouts.losses")
