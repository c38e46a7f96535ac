-- The whole lines of one log, as events: `lines` has one text a line. What is no event of this day is left aside, and counted by whoever asks.
WITH said AS (
    SELECT json_transform(line, '{
        "day": "VARCHAR", "minute": "BIGINT", "visitor": "BIGINT", "visit": "BIGINT", "seq": "BIGINT", "kind": "VARCHAR", "path": "VARCHAR",
        "target": "VARCHAR", "referrer": "VARCHAR", "source": "VARCHAR", "medium": "VARCHAR", "campaign": "VARCHAR", "country": "VARCHAR",
        "provider": "VARCHAR", "browser": "VARCHAR", "system": "VARCHAR", "language": "VARCHAR", "again": "VARCHAR"
    }') AS event
    FROM lines
    WHERE json_valid(line)
)
SELECT
    event.minute, event.visitor, event.visit, event.seq, event.kind, event.path,
    coalesce(event.target, '') AS target, coalesce(event.referrer, '') AS referrer, coalesce(event.source, '') AS source,
    coalesce(event.medium, '') AS medium, coalesce(event.campaign, '') AS campaign, coalesce(event.country, '') AS country,
    coalesce(event.provider, '') AS provider, coalesce(event.browser, '') AS browser, coalesce(event.system, '') AS system,
    coalesce(event.language, '') AS language, coalesce(event.again, '') AS again
FROM said
WHERE
    event.day = $day AND event.kind IN ('page', 'not-found', 'download', 'search', 'exit') AND event.path <> ''
    AND event.visitor >= 0 AND event.visit BETWEEN 1 AND 65535 AND event.seq >= 1
    -- A day of the site begins and ends within a day of the one the minutes count by.
    AND event.minute BETWEEN epoch(CAST($day AS DATE) - INTERVAL 1 DAY) / 60 AND epoch(CAST($day AS DATE) + INTERVAL 2 DAY) / 60
