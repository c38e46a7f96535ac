"""The collector: a process of its own that hears of readings, remembers the day's visitors in memory, and
writes events that name nobody.

Plain Python. It knows neither the database nor any key of the portal, and what it knows of a visitor dies
with the day.
"""
