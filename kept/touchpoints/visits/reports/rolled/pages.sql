-- Popular pages: how often each was read.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'page'
GROUP BY key
ORDER BY shown DESC, key
