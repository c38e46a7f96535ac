-- Sites of others that links of ours led to.
SELECT target AS key, '' AS key2, count(*) AS shown
FROM events
WHERE kind = 'exit'
GROUP BY target
ORDER BY shown DESC, key
