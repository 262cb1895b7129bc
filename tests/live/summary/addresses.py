"""Addresses of a live's summary and of its thanks."""


def summary(session):
    return f"/live/{session.id}/summary/"


def thanks(session):
    return f"/live/{session.id}/thanks/"
