"""What a browser says of itself, cut down to two families: a browser's and an operating system's.

Never a version, never its own words.

Only names that stand here leave this file. Several of the public patterns take the family out of the agent's
own text, where anybody may have written anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import ua_parser_rs
from ua_parser.loaders import load_builtins

LONGEST = 512
"""Characters of an agent that are looked at.

No browser's is longer, and some patterns take long over what is.
"""

OTHER = "Other"
BROWSERS = frozenset(
    """
    Amazon Silk|Android|Avast Secure Browser|Baidu Browser|BlackBerry WebKit|Brave|Chrome|Chrome Mobile|
    Chrome Mobile iOS|Chrome Mobile WebView|Chromium|Coc Coc|DuckDuckGo|DuckDuckGo Mobile|Ecosia iOS|
    Ecosia Android|Edge|Edge Mobile|Epiphany|Facebook|Falkon|Firefox|Firefox Focus|Firefox Mobile|Firefox iOS|
    Google|GSA|Huawei Browser|IE|IE Mobile|Iceweasel|Instagram|Konqueror|LibreWolf|Line|LinkedIn|Links|Lynx|
    Maxthon|Microsoft Edge|Midori|Mint Browser|MiuiBrowser|Mobile Safari|Mobile Safari UI/WKWebView|Netscape|
    Opera|Opera Coast|Opera GX|Opera Mini|Opera Mobile|Opera Neon|Opera Tablet|Opera Touch|Outlook|Pale Moon|
    Pinterest|Puffin|QQ Browser|QQ Browser Mobile|Safari|Samsung Internet|SeaMonkey|Sleipnir|Snapchat|
    Sogou Explorer|Thunderbird|TikTok|Twitter|UC Browser|Vivaldi|WeChat|Waterfox|WebKit Nightly|Whale|
    Yandex Browser|w3m
    """.replace("\n", "")
    .replace("|    ", "|")
    .strip()
    .split("|")
)
SYSTEMS = frozenset(
    """Android|Arch Linux|BlackBerry OS|CentOS|Chrome OS|Debian|Fedora|FreeBSD|HarmonyOS|KaiOS|Linux|
    Linux Mint|Mac OS X|NetBSD|OpenBSD|Red Hat|SUSE|Slackware|Solaris|Tizen|Ubuntu|Windows|Windows Phone|iOS|
    iPadOS|tvOS|visionOS|watchOS|webOS
    """.replace("\n", "")
    .replace(" " * 4, "")
    .split("|")
)

# Programs that are no crawlers by the public patterns, and are nobody reading either: tools, monitors,
# browsers without a screen.
_PROGRAM = re.compile(
    r"headless|phantomjs|electron|puppeteer|playwright|selenium|lighthouse|curl|wget|libwww|httpx?[-_"
    r" ]?client|http_request|python|aiohttp|okhttp"
    r"|go-http|java/|ruby|perl|php/|node-fetch|axios|undici|postman|insomnia|scan|monitor|uptime|pingdom|statuscake|nagios|zabbix|check_http|probe"
    r"|bot\b|bots?/|crawl|spider|preview|feed|validator|archive",
    re.IGNORECASE,
)
# Words in the public patterns for crawlers that are also a telephone's or a browser's name.
_NAMES_OF_THINGS = re.compile(r"\bcubot\b|\bsilk(?=[/ -])|\bvortex\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Agent:
    """``browser`` and ``system`` are names of this file, "Other", or "" where the agent tells nothing.

    ``bot``: nobody reads there.
    """

    browser: str
    system: str
    bot: bool


NOBODY = Agent("", "", True)


class _Patterns:
    """The public patterns, compiled.

    Of the devices' only the crawlers': the six hundred others name telephones, which nobody asks for.
    """

    def __init__(self) -> None:
        browsers, systems, devices = load_builtins()
        texts = attrgetter("regex", "family", "major", "minor", "patch", "patch_minor")
        crawlers = [one for one in devices if getattr(one, "family", "") == "Spider"]
        self.browser: Any = ua_parser_rs.UserAgentExtractor(map(texts, browsers))
        self.system: Any = ua_parser_rs.OSExtractor(map(texts, systems))
        self.crawler: Any = ua_parser_rs.DeviceExtractor(
            map(attrgetter("regex", "regex_flag", "family", "brand", "model"), crawlers)
        )


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    return _Patterns()


@lru_cache(maxsize=4096)
def _read(agent: str) -> Agent:
    patterns = _patterns()
    browser = getattr(patterns.browser.extract(agent), "family", None)
    system = getattr(patterns.system.extract(agent), "family", None)
    named = _NAMES_OF_THINGS.sub(" ", agent)
    bot = (
        not (browser or system) or bool(_PROGRAM.search(named)) or patterns.crawler.extract(named) is not None
    )
    return Agent(_known(browser, BROWSERS), _known(system, SYSTEMS), bot)


def _known(family: str | None, names: frozenset[str]) -> str:
    if not family:
        return ""
    return family if family in names else OTHER


def read(agent: str) -> Agent:
    """Total over any text.

    An empty agent, or one that names neither a browser nor a system, is a program's.
    """
    agent = agent[:LONGEST].encode("utf-8", "replace").decode("utf-8").strip()
    return _read(agent) if agent else NOBODY


def forget() -> None:
    """Drop every agent that was read."""
    _read.cache_clear()
