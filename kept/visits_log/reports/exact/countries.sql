-- Countries of visits, two letters; "" where no table knew the address. Each visit says it with its first event.
SELECT country AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY country
ORDER BY shown DESC, key
