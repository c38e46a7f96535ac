-- Files that were fetched.
SELECT target AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = 'download'
GROUP BY target
ORDER BY shown DESC, key
