"""Follow the money: from a recharge to lives, from a withdrawal back to gifts, and both with providers' references."""
