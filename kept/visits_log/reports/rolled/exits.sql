-- Where visits ended.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'exit'
GROUP BY key
ORDER BY shown DESC, key
