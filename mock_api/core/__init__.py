"""The rules of the gated API: no socket, thread, timer, wall clock or dice. Start reading at `authority`."""
