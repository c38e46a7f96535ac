"""What a case can be about, and how bad it is in plain words."""

from __future__ import annotations

from kept.sentences import sentence

SERVICE, SALES = "service", "sales"
KIND_TITLES = {
    SERVICE: sentence("Help with a product"),
    SALES: sentence("An offer, or a question before buying"),
}
PURPOSE_OF = {SERVICE: "support", SALES: "sales"}
"""Under which purpose of the policy each kind is kept and read."""
KIND_OF = {"support": SERVICE, "sales": SALES}
"""Which kind of case each role works on."""
ROLES = tuple(KIND_OF)

TOPICS = {
    SERVICE: {
        "fault": sentence("A fault or an alarm"),
        "installation": sentence("Installation and start-up"),
        "firmware": sentence("Firmware and settings"),
        "monitoring": sentence("Monitoring and communication"),
        "warranty": sentence("Warranty or repair"),
        "spare-parts": sentence("Spare parts"),
    },
    SALES: {
        "quote": sentence("A quotation"),
        "availability": sentence("Lead times and availability"),
        "project": sentence("A project that is being planned"),
    },
}
CONFIDENTIAL = {
    "billing": sentence("An invoice or a payment"),
    "privacy": sentence("Privacy"),
    "staff": sentence("Somebody who works for us"),
    "complaint": sentence("A complaint"),
}
"""Never shared with colleagues, whatever its owner chooses."""
OTHER = {"other": sentence("Something else")}
ALL = {**TOPICS[SERVICE], **TOPICS[SALES], **CONFIDENTIAL, **OTHER}

UNPROTECTED, DEGRADED, QUESTION = "unprotected", "degraded", "question"
SEVERITIES = {
    UNPROTECTED: sentence("Load unprotected"),
    DEGRADED: sentence("Running, not as it should"),
    QUESTION: sentence("A question"),
}
MEANINGS = {
    UNPROTECTED: sentence("What it feeds is without power, or would be at the next cut."),
    DEGRADED: sentence("It feeds its load, with an alarm or with less reserve."),
    QUESTION: sentence("Nothing is wrong now."),
}


def topics_of(kind: str) -> dict[str, str]:
    """Those of one kind of case, the confidential ones last but one."""
    return {**TOPICS[kind], **CONFIDENTIAL, **OTHER}
