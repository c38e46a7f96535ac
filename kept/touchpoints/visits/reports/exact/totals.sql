-- Visits and pages, by the month.
SELECT substr(CAST(day AS VARCHAR), 1, 7) AS key, '' AS key2, sum(CASE WHEN seq = 1 THEN 1 ELSE 0 END) AS shown, sum(CASE WHEN kind = 'page' THEN 1 ELSE 0 END) AS views
FROM events
GROUP BY substr(CAST(day AS VARCHAR), 1, 7)
ORDER BY key
