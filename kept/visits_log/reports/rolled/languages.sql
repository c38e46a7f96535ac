-- Languages the browsers asked for first.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'language'
GROUP BY key
ORDER BY shown DESC, key
