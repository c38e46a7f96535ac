-- Visits and pages, by the month. Pages are told where they are as many as the visits, or ten more.
SELECT
    month AS key, '' AS key2, sum(shown) AS shown,
    sum(CASE WHEN shown > 0 AND (views = visits OR views - visits >= 10) THEN views ELSE 0 END) AS views
FROM told
WHERE dimension = 'total'
GROUP BY month
ORDER BY key
