"""python -m bench.weblog FILE LINES: a web server's log as big as wanted, the same one each time: thirty days
of a company's site, in the combined format.

A visit is some pages, each with what a browser fetches beside it. One visit in eight is a robot's; one
visitor in five has an IPv6 address; a few lines are broken, late or in an encoding of their own, as in any
log.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

BYTES_A_LINE = 233
_SESSION = 8  # lines, on average

# Every number below comes from md5 of the row's own, so that no version of anything makes another log.
_SQL = r"""
CREATE MACRO dice(a, b) AS (md5_number_lower(a || ':' || b) >> 1)::UBIGINT;
CREATE TEMP TABLE agents AS SELECT i::INT AS agent, CASE
    WHEN i < 330 THEN 'Mozilla/5.0 (compatible; '
        || ['Googlebot','bingbot','YandexBot','AhrefsBot','SemrushBot','PetalBot'][1 + i % 6] || '/'
        || (1 + i // 6) || '.' || (i % 7) || '; +http://www.example.com/bot.html)'
    WHEN i % 10 < 4
        THEN 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/'
        || (90 + i % 41) || '.0.' || (4000 + i) || '.' || (i % 200) || ' Safari/537.36'
    WHEN i % 10 < 6 THEN 'Mozilla/5.0 (iPhone; CPU iPhone OS ' || (12 + i % 7) || '_' || (i % 8)
        || ' like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/' || (12 + i % 7) || '.'
        || (i % 97) || ' Mobile/15E' || i || ' Safari/604.1'
    WHEN i % 10 < 8 THEN 'Mozilla/5.0 (Linux; Android ' || (8 + i % 7) || '; SM-' || chr((65 + i % 26)::INT)
        || (100 + i) || ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || (80 + i % 51) || '.0.'
        || (3000 + i) || '.' || (i % 150) || ' Mobile Safari/537.36'
    WHEN i % 10 < 9 THEN 'Mozilla/5.0 (X11; Linux x86_64; rv:' || (60 + i % 80) || '.' || (i % 9)
        || ') Gecko/20100101 Firefox/' || (60 + i % 80) || '.' || i
    ELSE 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_' || (10 + i % 6) || '_' || (i % 9)
        || ') AppleWebKit/605.1.15 (KHTML, like Gecko) Version/' || (11 + i % 7) || '.' || i
        || ' Safari/605.1.15'
    END AS words FROM range(11128) t(i);
CREATE TEMP TABLE sessions AS SELECT s, dice(s, 'visitor') % {visitors} AS who,
    (s * {span} // {sessions} + dice(s, 'start') % 3600)::BIGINT AS start,
    dice(s, 'robot') % 8 = 0 AS robot, 2 + dice(s, 'lines') % 13 AS size, dice(s, 'referrer') % 10 AS came
    FROM range({sessions}) t(s);
CREATE TEMP TABLE visits AS SELECT *, CASE WHEN dice(who, 'six') % 100 < 22
    THEN '2a02:a0' || printf('%02x', dice(who, 'a') % 256) || ':' || printf('%x', dice(who, 'b') % 65536)
        || ':' || printf('%x', dice(who, 'c') % 65536) || '::' || printf('%x', 1 + dice(who, 'd') % 65535)
    ELSE (1 + dice(who, 'a') % 222) || '.' || dice(who, 'b') % 256 || '.' || dice(who, 'c') % 256 || '.'
        || (1 + dice(who, 'd') % 254) END AS address,
    CASE WHEN robot THEN dice(who, 'bot') % 330
        ELSE 330 + least(dice(who, 'agent') % 10798, dice(who, 'agent2') % 10798) END::INT AS agent
    FROM sessions;
CREATE TEMP TABLE lines AS SELECT v.*, i, dice(s * 16 + i, 'kind') % 100 AS kind,
    dice(s * 16 + i, 'pick') AS pick, start + i * (2 + s % 40) AS moment
    FROM visits v, range(14) t(i) WHERE i < size;
"""
_LINE = r"""
SELECT CASE WHEN pick % 20011 = 0 THEN left(address, 9) || ' broken ' || s
    ELSE address || ' - - [' || strftime(TIMESTAMP '{start}' + to_seconds(moment), '%d/%b/%Y:%H:%M:%S')
        || ' +0000] "' ||
    CASE WHEN kind = 0 THEN 'POST /contact/' WHEN kind = 1 THEN 'HEAD /' ELSE 'GET ' END ||
    CASE WHEN kind < 2 THEN ''
        WHEN kind < 44 THEN ['/static/css/site.css?v=4', '/static/js/site.js?v=4',
            '/images/products/' || pick % 900 || '.jpg', '/favicon.ico', '/fonts/inter.woff2',
            '/images/logo.svg'][1 + (pick % 6)::INT]
        WHEN kind < 47 THEN '/files/manual-' || pick % 300 || '.pdf'
        WHEN kind < 50 THEN '/missing/page-' || pick % 2000 || '.html'
        WHEN kind < 53 THEN '/products/?q='
            || ['inverter', 'rectifier', 'dc+converter', 'battery', 'ups'][1 + (pick % 5)::INT]
            || '+' || pick % 1200
        WHEN kind < 56 THEN '/account/login/?next=/me/'
        WHEN kind < 60 THEN '/news/' || pick % 400
            || '/?utm_source=newsletter&utm_medium=email&utm_campaign=spring-' || pick % 40 || '&id='
            || pick % 100000
        WHEN kind < 64 THEN '/'
        ELSE '/' || ['products', 'markets', 'support', 'company', 'news'
            ][1 + (CASE WHEN pick % 11 < 8 THEN s ELSE pick END % 5)::INT]
            || '/' || ['telecom', 'rail', 'energy', 'data-centres'
            ][1 + (CASE WHEN pick % 11 < 8 THEN s ELSE pick END % 4)::INT]
            || '/' || CASE WHEN pick % 7 < 4 THEN ''
            ELSE least(pick // 7 % 150, pick // 1051 % 150, pick // 157651 % 150) || '/' END END
    || ' HTTP/1.1" ' || CASE WHEN kind BETWEEN 47 AND 49 THEN '404'
        WHEN kind BETWEEN 2 AND 43 AND pick % 3 = 0 THEN '304' WHEN kind = 53 THEN '302' ELSE '200' END
    || ' ' || (200 + pick % 60000) || ' "' ||
    CASE WHEN i > 0 AND NOT robot THEN 'https://www.example.com/'
            || ['products', 'markets', 'support', 'company', 'news'][1 + (s % 5)::INT] || '/'
        WHEN robot OR came < 4 THEN '-' WHEN came < 8 THEN 'https://www.google.com/'
        ELSE 'https://forum' || pick % 300 || '.example.org/thread/' || pick % 5000 END
    || '" "' || words || '"' END
FROM lines JOIN agents USING (agent)
ORDER BY moment + CASE WHEN pick % 5003 = 0 THEN 90 WHEN pick % 1500007 = 0 THEN 9000 ELSE 0 END, s, i
"""


def write(file: Path, lines: int, *, days: int = 30, start: str = "2026-10-01 00:00:00") -> int:
    """About as many lines as wanted. Returns the bytes written."""
    sessions = max(lines // _SESSION, 1)
    values = {
        "visitors": max(sessions * 2 // 3, 1),
        "sessions": sessions,
        "span": max(days * 86_400 - 7200, 3600),
        "start": start,
    }
    with duckdb.connect(config={"threads": 2}) as base:
        base.execute("SET enable_progress_bar = false")
        base.execute(_filled(_SQL, values))
        base.execute(
            f"COPY ({_filled(_LINE, values)}) TO '{file}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '',"
            " DELIMITER '\x01')"
        )
    return file.stat().st_size


def _filled(sql: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    return sql


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
