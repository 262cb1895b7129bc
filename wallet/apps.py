from importlib import import_module

from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"

    def ready(self) -> None:
        import_module("wallet.recharge_books")
        import_module("wallet.seals")
