"""The feed as a stream: each process has one reader per room, which sends its frames to all listeners of the room.

`reading` queries the database in threads. On the event loop, `broadcast` runs the readers and sends frames, `seats`
counts listeners, and `hub` owns both. The view of the stream and the server's entry point import only the hub.
"""
