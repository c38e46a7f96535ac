-- Popular pages: how often each was read; and for how many minutes, where ten or more were timed.
SELECT
    key, '' AS key2, sum(shown) AS shown, sum(CASE WHEN shown > 0 AND timed >= 10 THEN minutes ELSE 0 END) AS minutes,
    sum(CASE WHEN shown > 0 AND timed >= 10 THEN timed ELSE 0 END) AS timed
FROM told
WHERE dimension = 'page'
GROUP BY key
ORDER BY shown DESC, key
