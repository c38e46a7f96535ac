-- Ways through the site: from a page to the next one of the same visit, counted in visits.
WITH reading AS (
    SELECT day, visitor, visit, path, lead(path) OVER (PARTITION BY day, visitor, visit ORDER BY seq) AS next
    FROM events
    WHERE kind = 'page'
),
steps AS (
    SELECT DISTINCT day, visitor, visit, path, next
    FROM reading
    WHERE next <> path
)
SELECT path AS key, next AS key2, count(*) AS shown
FROM steps
GROUP BY path, next
ORDER BY shown DESC, key, key2
