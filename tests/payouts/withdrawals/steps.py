"""The steps of a withdrawal."""


def statuses(withdrawal):
    return list(withdrawal.steps.values_list("status", flat=True))
