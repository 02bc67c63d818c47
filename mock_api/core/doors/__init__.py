"""The front doors of the authority, by who knocks. Plain values in, plain values out, errors of `errors`."""
