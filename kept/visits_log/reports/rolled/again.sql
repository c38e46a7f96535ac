-- First or again, where a cookie that somebody said yes to tells; "" for everybody else.
SELECT key, '' AS key2, sum(shown) AS shown
FROM told
WHERE dimension = 'again'
GROUP BY key
ORDER BY shown DESC, key
