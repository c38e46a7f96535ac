"""Logs of web servers become packed days, under the rules of live counting: addresses and agents are read in
memory and go nowhere.

``reading`` opens the files and cuts them at lines · ``formats`` says other logs in the words of combined ·
``timestamps`` reads times · ``targets`` says what a request was · ``client_addresses`` whose it was ·
``line_classes`` does it for a piece of a log at once, in DuckDB · ``days`` holds the days that are still
open, and their salts · ``late_lines`` what came after its day was packed · ``read_marks`` remembers how far
each log was read · ``outcome`` is what came of it · ``flows`` is the verb, and ``forgetting`` takes it back.
"""
