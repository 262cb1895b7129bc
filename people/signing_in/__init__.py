"""Sign-up, log-in and a recent sign-in, on top of allauth."""
