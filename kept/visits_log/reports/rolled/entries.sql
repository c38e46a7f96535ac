-- Where visits began.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'entry'
GROUP BY key
ORDER BY shown DESC, key
