"""What the front end decides: who waits, who is served, with which credential. It speaks no protocol.

The law of this package:

* Time and names are handed in; events come out; nothing happens in the background.
* The desk says what it wants done (`actions`), whoever drives it does that and tells the answer (`created`,
  `polled`, `fetched`, `refused`, `unreachable`, `checked`).
* Credentials appear by alias (`c1`, `c2`, …); the secret itself never stands in an event, an error or a repr.
* Everything is bounded: the line, the visitors remembered, the gallery, the outcomes kept.
"""
