"""What stands between a stranger's socket and the threads that answer: nothing waits for a stranger inside a
thread.

``asgi_front`` takes each request as it comes in, on one loop; ``bodies`` reads what is sent, by a size and a
deadline; ``thread_lanes`` holds the few threads, with one of its own for health; ``environ`` says it in WSGI;
``guard`` stands around the application itself, under any server.
"""
