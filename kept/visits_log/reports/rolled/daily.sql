-- Visits and pages, by the day: counted, and what of it may be told.
SELECT day, visits, shown, CASE WHEN shown > 0 THEN views ELSE 0 END AS views
FROM period
WHERE dimension = 'total' AND day IS NOT NULL
ORDER BY day
