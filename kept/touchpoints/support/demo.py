"""The demo company's cases: by web, mail and phone, in four languages, answered and rated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from kept.accounts.models import User
from kept.touchpoints.support.at_the_desk import flows as desk
from kept.touchpoints.support.at_the_desk import held_answers
from kept.touchpoints.support.at_the_desk.models import UNDO_FOR
from kept.touchpoints.support.calls import flows as calls
from kept.touchpoints.support.calls.models import Call
from kept.touchpoints.support.cases import flows, topics
from kept.touchpoints.support.cases.mail_intake import Mail, take_in_mail
from kept.touchpoints.support.models import Case

if TYPE_CHECKING:
    from kept.operations.demo.demo_world import World


@dataclass(frozen=True, slots=True)
class Story:
    """``talk``: days after the first word, who speaks ("us", "them"), and what. ``stars``: it was closed."""

    days_ago: float
    text: str
    severity: str
    topic: str
    talk: tuple[tuple[float, str, str], ...] = ()
    note: str = ""
    stars: int = 0
    sender: str = ""
    language: str = "en"
    heading: str = ""


ALICES = (
    Story(
        280,
        "Alarm 214 after every start, and the fan of the left module does not turn.",
        topics.DEGRADED,
        "fault",
        (
            (
                0.2,
                "us",
                "Please send us a photo of the fan, and the event log from its web page.",
            ),
            (0.9, "them", "The fan was blocked by a label that had come off. It turns again, no alarm."),
            (1.1, "us", "Good. The label belongs inside the lid; we send you a new one."),
        ),
        note="Second case this month with a loose label from the March batch.",
        stars=5,
    ),
    Story(
        96,
        "Which cable lugs fit the DC output? The manual names two sizes.",
        topics.QUESTION,
        "installation",
        (
            (
                0.6,
                "us",
                "M8 for the output, M6 for the battery breaker. The table is in the manual.",
            ),
        ),
        stars=4,
    ),
    Story(
        2,
        "Since the last update the controller forgets its time zone at each start.",
        topics.DEGRADED,
        "firmware",
    ),
)
CHARLIES = (
    Story(
        41,
        "The shelf shows 'input out of range', but the meter says 231 V.",
        topics.UNPROTECTED,
        "fault",
        (
            (0.1, "us", "Please check the neutral at the input terminal: a loose one shows like this."),
            (0.4, "them", "It was loose indeed. The load is protected again."),
        ),
        stars=5,
    ),
)
BY_MAIL = (
    Story(
        150,
        "Bonjour, après une coupure de courant, l’onduleur reste en mode batterie alors que le réseau est"
        " revenu. Que faut-il vérifier ?",
        "",
        "other",
        (
            (
                0.3,
                "us",
                "Bonjour, vérifiez d’abord le disjoncteur d’entrée, puis l’alarme affichée.",
            ),
            (1.2, "them", "Le disjoncteur était déclenché. Tout fonctionne, merci."),
        ),
        stars=5,
        sender="atelier@example.org",
        language="fr",
        heading="Onduleur en mode batterie",
    ),
    Story(
        64,
        "Guten Tag, unser Monitoring bekommt seit gestern keine SNMP-Traps mehr. Die Adresse"
        " hat sich nicht geändert.",
        "",
        "other",
        ((0.5, "us", "Guten Tag, bitte prüfen Sie unter Netzwerk, ob die Trap-Version noch auf v2c steht."),),
        sender="leitstand@example.org",
        language="de",
        heading="Keine SNMP-Traps",
    ),
    Story(
        5,
        "Goedendag, één van de drie modules geeft een rode led. Kunnen wij die vervangen terwijl de"
        " rest doorwerkt?",
        "",
        "other",
        (
            (
                0.4,
                "us",
                "Goedendag, ja: trek de module uit terwijl de andere werken; schuif de nieuwe erin.",
            ),
        ),
        sender="techniek@example.org",
        language="nl",
        heading="Rode led op één module",
    ),
    Story(
        0.3,
        "Hello, is there a rail kit for the 10 kVA shelf in a 600 mm rack?",
        "",
        "other",
        sender="rack@example.org",
        heading="Rail kit",
    ),
)


def make(world: World) -> None:
    """A year, told through the same journeys people make."""
    for user, stories in ((world.alice, ALICES), (world.charlie, CHARLIES)):
        for story in stories:
            world.on(days_ago=story.days_ago, do=partial(_asked, world, user, story))
    for number, story in enumerate(BY_MAIL):
        world.on(days_ago=story.days_ago, do=partial(_mailed, world, number, story))
    world.on(days_ago=33, do=partial(_called, world))


def _asked(world: World, user: User, story: Story) -> None:
    person = user.person
    assert person is not None
    person.refresh_from_db()
    said = flows.Said(kind=topics.SERVICE, text=story.text, topic=story.topic, severity=story.severity)
    opened = flows.open_case(reader=world.reader(user), person=person, said=said)
    _goes_on(world, opened.case, story, user)


def _mailed(world: World, number: int, story: Story) -> None:
    """From an address nobody knew: a person without an account."""
    mail = Mail(
        sender=story.sender,
        text=story.text,
        heading=story.heading,
        message_id=f"<demo-{number}@example.org>",
        authenticated=True,
        language=story.language,
    )
    _goes_on(world, take_in_mail(mail).case, story, None)


def _goes_on(world: World, case: Case, story: Story, user: User | None) -> None:
    """What follows in the days after, at its own time."""
    for days, who, text in story.talk:
        speaks = _answers if who == "us" else _replies
        world.on(
            days_ago=max(story.days_ago - days, 0),
            do=partial(speaks, world, case, text, user),
        )
    if story.note:
        world.on(days_ago=max(story.days_ago - 1, 0), do=partial(_notes, world, case, story.note))
    if story.stars:
        world.on(days_ago=max(story.days_ago - 3, 0), do=partial(_ends, world, case, story.stars, user))


def _now(case: Case) -> Case:
    """As it stands at that time."""
    found: Case = Case.objects.select_related("person").get(pk=case.pk)
    return found


def _answers(world: World, case: Case, text: str, user: User | None) -> None:
    held_answers.answer(
        reader=world.staff(world.bob), case=_now(case), text=text, seen=held_answers.newest(case)
    )
    held_answers.send_due(timezone.now() + UNDO_FOR)


def _notes(world: World, case: Case, text: str) -> None:
    desk.note(reader=world.staff(world.bob), case=_now(case), text=text)


def _replies(world: World, case: Case, text: str, user: User | None) -> None:
    reader = world.reader(user) if user else flows.CLERK
    flows.reply(
        reader=reader, case=_now(case), by=_now(case).person, text=text, channel="web" if user else "mail"
    )


def _ends(world: World, case: Case, stars: int, user: User | None) -> None:
    reader, row = (world.reader(user) if user else flows.CLERK), _now(case)
    flows.close(reader=reader, case=row)
    flows.rate(reader=reader, case=row, stars=stars)


def _called(world: World) -> None:
    """Charlie on the phone about something new; the note becomes a case, with room for his version."""
    person = world.charlie.person
    assert person is not None
    said = {
        "direction": Call.Direction.IN,
        "outcome": Call.Outcome.SPOKEN,
        "minutes": 6,
        "number": "",
        "name": "Charlie",
        "text": "He wants to know whether the 24 V shelf may stand next to a heater.",
        "next_step": Call.Next.NONE,
        "next_at": None,
    }
    call = calls.log_call(reader=world.staff(world.bob), kind=topics.SERVICE, said=said)
    calls.concern(reader=world.staff(world.bob), call=call, person=person)
    calls.new_case(
        reader=world.staff(world.bob), call=Call.objects.select_related("person", "matter").get(pk=call.pk)
    )
