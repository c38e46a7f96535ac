-- Campaign tags: which campaign (utm_campaign). Each visit says it with its first event.
SELECT campaign AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY campaign
ORDER BY shown DESC, key
