"""Sign-up, log-in and a recent sign-in: what we add to allauth."""
