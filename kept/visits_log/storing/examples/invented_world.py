"""What invented traffic is made of.

Weights beside each other, not percentages. Nobody stands behind any of it.
"""

from __future__ import annotations

PATHS: dict[str, float] = {
    "/": 60,
    "/products/": 45,
    "/products/finder/": 22,
    "/privacy/": 6,
    "/privacy/cookies/": 3,
    "/privacy/visits/": 2,
    "/privacy/promises/": 4,
    "/register/": 9,
    "/support/": 12,
    "/downloads/": 14,
    "/about/": 5,
    "/contact/": 8,
    **{
        f"/products/{name}/": 30 / (place + 2)
        for place, name in enumerate(
            f"{family}-{size}"
            for size in (10, 20, 40, 80, 160, 320)
            for family in ("sierra", "bravo", "nova", "stabiliti", "media", "inview", "catena", "agil")
        )
    },
}

COUNTRIES: dict[str, float] = {
    "BE": 300,
    "FR": 130,
    "DE": 95,
    "NL": 90,
    "US": 70,
    "GB": 50,
    "IN": 40,
    "LU": 22,
    "IT": 22,
    "ES": 20,
    "PL": 15,
    "CH": 14,
    "CA": 14,
    "AT": 9,
    "SE": 8,
    "NO": 7,
    "DK": 6,
    "AU": 6,
    "BR": 6,
    "ZA": 5,
    "SG": 5,
    "AE": 5,
    "MA": 4,
    "TN": 3,
    "PT": 3,
    "CZ": 3,
    "FI": 2,
    "IE": 2,
    "TR": 2,
    "JP": 2,
    "SN": 1,
    "KE": 1,
    "CL": 1,
    "NZ": 1,
    "IS": 0.3,
    "": 4,
}
LANGUAGES: dict[str, dict[str, float]] = {
    "BE": {"nl": 50, "fr": 38, "en": 10, "de": 2},
    "FR": {"fr": 92, "en": 8},
    "DE": {"de": 90, "en": 10},
    "NL": {"nl": 85, "en": 15},
    "LU": {"fr": 60, "de": 25, "en": 15},
    "CH": {"de": 60, "fr": 30, "it": 10},
    "AT": {"de": 1},
    "IT": {"it": 9, "en": 1},
    "ES": {"es": 9, "en": 1},
    "CA": {"en": 70, "fr": 30},
    "MA": {"fr": 1},
    "TN": {"fr": 1},
    "SN": {"fr": 1},
    "BR": {"pt": 1},
    "PT": {"pt": 1},
    "PL": {"pl": 3, "en": 1},
}
PROVIDERS: dict[str, dict[str, float]] = {
    "BE": {"Proximus": 45, "Telenet": 30, "Orange Belgium": 15, "Belnet": 4},
    "FR": {"Orange": 40, "Free": 25, "SFR": 20, "Bouygues Telecom": 15},
    "DE": {"Deutsche Telekom": 45, "Vodafone": 30, "Telefonica Germany": 20},
    "NL": {"KPN": 45, "Ziggo": 40, "Odido": 10},
    "US": {"Comcast": 30, "AT&T": 25, "Verizon": 20, "Charter": 15},
    "GB": {"BT": 40, "Sky": 30, "Virgin Media": 20},
    "IN": {"Reliance Jio": 50, "Bharti Airtel": 40},
    "LU": {"POST Luxembourg": 1},
    "CA": {"Bell Canada": 50, "Rogers": 40},
    "CH": {"Swisscom": 1},
}
MACHINES: dict[str, float] = {
    "Chrome|Windows": 420,
    "Edge|Windows": 170,
    "Firefox|Windows": 50,
    "Safari|iOS": 130,
    "Chrome|Android": 110,
    "Safari|macOS": 55,
    "Chrome|macOS": 40,
    "Firefox|Linux": 18,
    "Chrome|Linux": 14,
    "Samsung Internet|Android": 14,
    "Firefox|macOS": 7,
    "Opera|Windows": 5,
    "Chrome|ChromeOS": 3,
    "Firefox|Android": 3,
    "Other|Other": 2,
}
REFERRERS: dict[str, float] = {
    "": 440,
    "www.google.com": 300,
    "www.bing.com": 50,
    "www.linkedin.com": 45,
    "duckduckgo.com": 20,
    "www.qwant.com": 9,
    "www.ecosia.org": 8,
    "www.youtube.com": 8,
    "en.wikipedia.org": 6,
    "www.datacenterdynamics.com": 12,
    "www.railwaygazette.com": 8,
    "www.cigre.org": 6,
    "www.agoria.be": 5,
    "www.engineeringnet.be": 4,
    "news.ycombinator.com": 2,
    "www.reddit.com": 4,
    "www.directindustry.com": 9,
}
CAMPAIGNS: dict[str, float] = {
    "||": 880,
    "newsletter|email|newsletter-": 50,
    "google|cpc|modular-ups-": 30,
    "google|cpc|inverter-": 14,
    "linkedin|social|stories-": 14,
    "linkedin|cpc|data-centre-": 8,
    "partner|referral|dealer-": 4,
}
SEARCHES: dict[str, float] = {
    "ups 10 kva": 30,
    "inverter 48 v": 28,
    "manual": 25,
    "firmware": 22,
    "snmp card": 18,
    "rail inverter": 12,
    "battery cabinet": 12,
    "data centre": 10,
    "railway approval": 9,
    "declaration of conformity": 8,
    "modbus": 8,
    "telecom rectifier": 7,
    "warranty": 7,
    "static switch": 5,
    "marine": 4,
    "spare fan": 4,
    "efficiency curve": 3,
    "iec …": 3,
    "din rail": 2,
    "hybrid inverter": 2,
}
FILES: dict[str, float] = {
    "datasheet-sierra.pdf": 30,
    "manual-sierra.pdf": 26,
    "datasheet-bravo.pdf": 20,
    "manual-inview.pdf": 18,
    "firmware-inview-4.2.zip": 16,
    "declaration-nova.pdf": 9,
    "drawing-stabiliti.dxf": 8,
    "catalogue.pdf": 22,
    "mib-inview.zip": 6,
    "manual-catena.pdf": 4,
}
GONE: dict[str, float] = {
    "/products/old-range/": 10,
    "/en/home.html": 9,
    "/wp-login.php": 7,
    "/sitemap.html": 4,
    "/fr/accueil/": 4,
    "/jobs/2019/": 2,
}
LEAVES: dict[str, float] = {
    "www.cet-energysolutions.example": 30,
    "www.linkedin.com": 22,
    "www.youtube.com": 14,
    "maps.example.org": 9,
    "www.iec.ch": 4,
}
AGAIN: dict[str, float] = {"": 70, "first": 18, "again": 12}
HOURS: tuple[float, ...] = (
    1,
    1,
    1,
    1,
    1,
    2,
    5,
    12,
    30,
    42,
    45,
    38,
    28,
    40,
    44,
    42,
    36,
    24,
    14,
    12,
    12,
    9,
    6,
    3,
)
LENGTHS: dict[int, float] = {1: 42, 2: 16, 3: 12, 4: 9, 5: 7, 6: 5, 7: 3, 8: 2, 9: 2, 12: 2}
GAPS: dict[int, float] = {0: 26, 1: 30, 2: 17, 3: 9, 4: 6, 5: 4, 7: 3, 11: 3, 18: 2}
WEEK: tuple[float, ...] = (1.05, 1.12, 1.10, 1.06, 0.92, 0.34, 0.31)
YEAR: tuple[float, ...] = (0.98, 1.02, 1.10, 1.02, 1.00, 1.02, 0.78, 0.70, 1.12, 1.14, 1.10, 0.82)
