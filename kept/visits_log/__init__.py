"""The log of visits: which pages are read, and never by whom. Plain Python, without Django.

``collecting`` hears of readings and writes events that name nobody · ``importing`` makes the same events of a
web server's logs · ``storing`` packs them by the day, sums them up and drops them · ``reports`` tells of the
sums. What the web and the commands make of it is ``kept.touchpoints.visits``.
"""
