-- The event after event $seq of every visit that goes on: another page, a search, a download, or the way out.
INSERT INTO steps
WITH drawn AS (
    SELECT
        steps.*, links.nexts, hash(who, $seq, 'kind') % 1000 AS luck, hash(who, $seq) AS here
    FROM steps LEFT JOIN links USING (path)
    WHERE seq = $seq AND length > $seq AND kind <> 'exit'
),
kinds AS (
    SELECT *, CASE
        WHEN luck < 6 THEN 'not-found'
        WHEN luck < 40 THEN 'search'
        WHEN luck < 85 AND path LIKE '/products/_%' THEN 'download'
        WHEN luck < 95 AND length = $seq + 1 THEN 'exit'
        ELSE 'page' END AS becomes
    FROM drawn
)
SELECT
    day, minute + draw(getvariable('gaps'), here, 'gap') AS minute, visitor, visit, $seq + 1 AS seq, becomes AS kind,
    CASE
        WHEN becomes = 'not-found' THEN draw(getvariable('gone'), here, 'gone')
        WHEN becomes = 'search' THEN '/products/'
        WHEN becomes IN ('download', 'exit') THEN path
        WHEN nexts IS NOT NULL AND luck % 10 < 7 THEN draw(nexts, here, 'next')
        ELSE draw(getvariable('paths'), here, 'path') END AS path,
    CASE becomes
        WHEN 'search' THEN draw(getvariable('searches'), here, 'words')
        WHEN 'download' THEN draw(getvariable('files'), here, 'file')
        WHEN 'exit' THEN draw(getvariable('leaves'), here, 'leave')
        ELSE '' END AS target,
    referrer, source, medium, campaign, country, provider, browser, system, language, again, who, length
FROM kinds
