"""A gate as a process: admits or refuses on its own view, and forwards what it admits."""
