-- {title}, and how many pages were read. Each visit says it with its first event.
WITH visits AS (
    SELECT min_by({column}, seq) AS key, count(CASE WHEN kind = 'page' THEN 1 END) AS pages
    FROM events
    GROUP BY day, visitor, visit
)
SELECT key, '' AS key2, count(*) AS shown, sum(pages) AS pages
FROM visits
GROUP BY key
ORDER BY shown DESC, key
