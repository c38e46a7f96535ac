"""From a reading and from a server's log to the pages: a column of the log that a guard has planted.

Run in a copy of the program, as ``python -m tests.guards.planted_column FOLDER``; the folder holds a day that
was packed without the column.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import django

django.setup()

from kept.portal.regions.origins import Origins  # noqa: E402 (Django comes first)
from kept.touchpoints.visits import proof_samples  # noqa: E402
from kept.touchpoints.visits.pages import (  # noqa: E402
    example,
    find_me_page,
    method,
    report_pages,
    spreadsheets,
    tables,
)
from kept.visits_log import reports  # noqa: E402
from kept.visits_log.collecting import deriving, log, numbering, salt  # noqa: E402
from kept.visits_log.datagrams import Reading  # noqa: E402
from kept.visits_log.importing import flows  # noqa: E402
from kept.visits_log.importing.tests.conftest import NOW, SAFARI, line  # noqa: E402
from kept.visits_log.places import Places  # noqa: E402
from kept.visits_log.storing.packer import pack  # noqa: E402
from kept.visits_log.storing.tests.logs import NOON  # noqa: E402

OLD, HEARD, IMPORTED = date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"


def hear(places: Places) -> None:
    """Twelve telephones and fourteen desks, each a visit of one page."""
    visitors, written = numbering.Visitors(salt.Salt()), log.DayLog(places, "web-1")
    for number in range(26):
        reading = Reading("page", f"81.2.69.{number}", SAFARI if number < 12 else FIREFOX, "/products/")
        place = visitors.place(reading.address, reading.agent, NOON - 1440, "")
        event = deriving.event(
            reading, day=str(HEARD), minute=NOON - 1440, place=place, origins=Origins.open()
        )
        assert written.append(str(HEARD), [log.line(event)])
    written.close()


def bring_in(folder: Path, places: Places) -> None:
    text = "".join(
        line(f"20/Nov/2026:11:{number:02}:00", address=f"81.2.70.{number}", agent=SAFARI)
        for number in range(15)
    )
    (folder / "access.log").write_text(text)
    site = flows.Site("Europe/Brussels", Origins.open(), frozenset(), str, NOW)
    assert flows.run([str(folder / "access.log")], places, site).counted == 15


def told(table: reports.Table) -> dict[str, int | None]:
    return {row.key: row.shown for row in table.rows}


def main(folder: Path) -> None:
    places = Places(folder / "visits")
    hear(places)
    # What stands in the log while the day is open, a proof reads.
    assert (seen := proof_samples.look(places)).rows and not (seen.columns or seen.values or seen.personal)
    pack(places, date(2026, 11, 21))
    bring_in(folder, places)
    assert told(reports.report(places, "devices", OLD, IMPORTED, exact=True)) == {
        "": 20,
        "desk": 14,
        "phone": 27,
    }
    found = reports.report(places, "devices", OLD, IMPORTED)
    assert told(found) == {"": 20, "desk": 14, "phone": 27}, found
    sheet = report_pages.BY_NAME["devices"]
    drawn = tables.drawn(sheet, found, most=10)
    assert [entry.key for entry in drawn.entries] == ["phone", "Not known", "desk"]
    assert drawn.headings[0] == "Visits" and "phone,27" in spreadsheets.of_report(sheet, found, None)
    assert find_me_page.MEANING["device"] == "In the hand, or on a desk."
    assert "the kind of device" in str(method.COUNTED)
    assert example.MADE_UP["device"] == "desk" and example.stored(places).row["device"] in {"desk", "phone"}
    assert (seen := proof_samples.look(places)).rows and not (seen.columns or seen.values or seen.personal)
    print("It goes all the way.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
