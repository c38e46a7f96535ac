-- Time on page: minutes between one event of a visit and the next. The last one of a visit is not timed: nobody knows how long it was read.
WITH stepped AS (
    SELECT kind, path, lead(minute) OVER (PARTITION BY day, visitor, visit ORDER BY seq) - minute AS stayed
    FROM events
)
SELECT path AS key, '' AS key2, count(*) AS shown, sum(stayed) AS minutes, count(stayed) AS timed
FROM stepped
WHERE kind = 'page'
GROUP BY path
ORDER BY minutes DESC, key
