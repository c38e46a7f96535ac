"""Reports on visits: named SQL files, from the months' sums (what everybody may see) or exact over the packed
days.

``names()``  · ``report(places, name, since, until)`` · ``everything(places, since, until)`` · ``daily(places,
             since, until)`` · ``span(places)``. Importable without Django.
"""

from kept.visits_log.reports.running import Row, Table, daily, everything, names, report, span

__all__ = ["Row", "Table", "daily", "everything", "names", "report", "span"]
