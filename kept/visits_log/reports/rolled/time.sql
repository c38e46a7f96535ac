-- Time on page: minutes between one event of a visit and the next, where ten or more were timed.
SELECT
    key, '' AS key2, sum(shown) AS shown, sum(CASE WHEN timed >= 10 THEN minutes ELSE 0 END) AS minutes,
    sum(CASE WHEN timed >= 10 THEN timed ELSE 0 END) AS timed
FROM told
WHERE dimension = 'page' AND shown > 0
GROUP BY key
ORDER BY minutes DESC, key
