-- Files that were fetched.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'download'
GROUP BY key
ORDER BY shown DESC, key
