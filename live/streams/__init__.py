"""The feed as a stream: one reader per process and room, its frames handed to everybody who listens there.

`reading` asks the database, in threads; `rooms` reads and hands out, `seats` counts who listens, `hub` holds them
together, on the event loop. The view of the stream and the server's entry point know the hub alone.
"""
