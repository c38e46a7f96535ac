-- First or again, where a cookie that somebody said yes to tells; "" for everybody else. Each visit says it with its first event.
SELECT again AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY again
ORDER BY shown DESC, key
