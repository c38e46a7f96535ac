"""Logs that are not in the combined format: each line is said in its words before anything judges it.

``words`` is the line that comes of it · ``clocks`` reads times · ``translator`` turns a piece of a log ·
``quoted`` knows the Common Log Format, further fields after combined, and AWS's load balancer ·
``json_lines`` Caddy and nginx · ``w3c`` IIS · ``recognition`` finds which it is.
"""
