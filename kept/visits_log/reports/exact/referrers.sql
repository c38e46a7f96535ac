-- Where visits came from: the host of the page before, "" where there was none. Each visit says it with its first event.
SELECT referrer AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY referrer
ORDER BY shown DESC, key
