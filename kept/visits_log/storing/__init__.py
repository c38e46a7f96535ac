"""What is stored of visits: finished days, packed; their sums, by the month; and how a day goes.

Plain Python and DuckDB.

``packed.write_day(connection, relation, places, day, source)``  events that are in DuckDB already → one day's
    file; then
``rollups.rollup_months(places, months)``                      the sums of whole months at once
    (``rollups.rollup_day`` for one day)
``pack.pack(places, today)``                                   the collector's logs of finished days → files
    and sums
``dropping.drop_day(places, day)``                             a day whose term is over
"""
