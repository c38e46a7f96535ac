-- Campaign tags, medium: by which way (utm_medium); cpc is what we paid for. Each visit says it with its first event.
SELECT medium AS key, '' AS key2, count(*) AS shown
FROM events
WHERE seq = 1
GROUP BY medium
ORDER BY shown DESC, key
