-- Campaign tags, source: who sent the visit (utm_source). Each visit says it with its first event.
SELECT source AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY source
ORDER BY shown DESC, key
