-- The whole lines of one log, as events: `lines` has one text a line. What is no event of this day is left aside, and counted by whoever asks.
WITH said AS (
    SELECT json_transform(line, {shape}) AS event
    FROM lines
    WHERE json_valid(line)
)
SELECT {columns}
FROM said
WHERE
    event.day = $day AND event.kind IN ({kinds}) AND event.path <> ''
    AND event.visitor >= 0 AND event.visit BETWEEN 1 AND 65535 AND event.seq >= 1
    -- A day of the site begins and ends within a day of the one the minutes count by.
    AND event.minute BETWEEN epoch(CAST($day AS DATE) - INTERVAL 1 DAY) / 60 AND epoch(CAST($day AS DATE) + INTERVAL 2 DAY) / 60
