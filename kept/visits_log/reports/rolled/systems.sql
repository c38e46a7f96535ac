-- Operating systems of visits.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'system'
GROUP BY key
ORDER BY shown DESC, key
