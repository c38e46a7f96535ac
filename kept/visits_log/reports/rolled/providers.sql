-- Internet providers of visits.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'provider'
GROUP BY key
ORDER BY shown DESC, key
