"""The types of a request under ASGI, and of the WSGI application that answers it."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Scope: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
# Pieces of the body, in an iterable that may also have a close().
Application: TypeAlias = Callable[[dict[str, Any], Any], Any]
