"""Two families of a browser, and whether anybody sits before it."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.visits_log.agents import BROWSERS, OTHER, SYSTEMS, Agent, read

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.2 Mobile/15E148 Safari/604.1"
)
EDGE = CHROME.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64") + " Edg/141.0.0.0"
CUBOT = (
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
    " Mobile Safari/537.36"
)
KINDLE = (
    "Mozilla/5.0 (Linux; Android 9; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/100.2.1 like"
    " Chrome/100.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "seen"),
    [
        (FIREFOX, Agent("Firefox", "Windows", bot=False)),
        (CHROME, Agent("Chrome", "Linux", bot=False)),
        (SAFARI, Agent("Mobile Safari", "iOS", bot=False)),
        (EDGE, Agent("Edge", "Windows", bot=False)),
        (CUBOT, Agent("Chrome Mobile", "Android", bot=False)),
        (KINDLE, Agent("Amazon Silk", "Android", bot=False)),
    ],
)
def test_people_s_browsers(agent: str, seen: Agent) -> None:
    assert read(agent) == seen


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "   ",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2;"
            " +https://openai.com/gptbot)"
        ),
        (
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 Chrome/141.0 Mobile"
            " Safari/537.36 (compatible; Googlebot/2.1)"
        ),
        CHROME.replace("Chrome/", "HeadlessChrome/"),
        "curl/8.5.0",
        "Wget/1.21",
        "python-requests/2.32",
        "Python/3.12 aiohttp/3.9",
        "Go-http-client/1.1",
        "kube-probe/1.30",
        "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
        "check_http/v2.3 (monitoring-plugins)",
        "\x00\x01",
        "nothing anybody knows",
    ],
)
def test_programs(agent: str) -> None:
    assert read(agent).bot


@given(
    st.text(max_size=200)
    | st.sampled_from(["{}-iPad/1.2 CFNetwork", "{}/3 CFNetwork", "{}bot/1.0"]).flatmap(
        lambda it: st.text().map(it.format)
    )
)
def test_no_word_of_the_agent_s_own_comes_through(agent: str) -> None:
    seen = read(agent)
    assert seen.browser in BROWSERS | {"", OTHER}
    assert seen.system in SYSTEMS | {"", OTHER}


def test_the_agent_cannot_name_itself() -> None:
    assert "alice" not in repr(read("alice@example.com-iPad/1.2 CFNetwork"))


def test_versions_make_no_difference() -> None:
    assert read(FIREFOX) == read(FIREFOX.replace("144", "12"))


@pytest.mark.parametrize("piece", ["x", "bot ", "Mozilla/5.0 (", "Chrome/1."])
def test_sixty_four_kilobytes(piece: str) -> None:
    began = time.process_time()
    read(piece * (65_536 // len(piece)))
    assert time.process_time() - began < 0.5


def test_it_needs_no_django() -> None:
    code = (
        "import sys; from kept.visits_log import agents, scrub; agents.read('x'); sys.exit('django'"
        " in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
