"""Debian's Postfix and Dovecot, as ordinary processes of the test: each with its own configuration and
folders, on loopback alone. No service of the machine is touched.
"""

from __future__ import annotations

import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kept.testing import free_port

POSTFIX, DOVECOT = shutil.which("postfix", path="/usr/sbin"), shutil.which("dovecot", path="/usr/sbin")
MISSING = "Debian's postfix, dovecot-imapd and dovecot-lmtpd are needed: bin/needs postfix dovecot"
# A server that stays would hold a pipe open, and whoever reads it would wait.
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
USER, PASSWORD = "portal@portal.example.com", "secret"


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path
    start: Callable[[], None]
    stop: Callable[[], None]
    lmtp: int = 0


@contextmanager
def postfix(folder: Path, *, hands_to: int, limit: int = 35_000_000, refuses: str = "") -> Iterator[Server]:
    """Takes mail for portal.example.com on ``port``, and hands it on by LMTP to the port ``hands_to``.

    ``refuses``: an address that it knows nobody of, so that mail for it comes back.
    """
    assert POSTFIX, MISSING
    port = free_port()
    etc, queue, data = folder / "etc", folder / "queue", folder / "data"
    for one in (etc, queue, data):
        one.mkdir(parents=True)
    # Its processes give up root, and enter the folder as somebody else.
    for one in (folder, *folder.parents):
        with suppress(PermissionError):
            if one.stat().st_uid == os.getuid() and one != Path("/"):
                one.chmod(one.stat().st_mode | 0o111)
    shutil.chown(data, "postfix")
    (etc / "main.cf").write_text(_main(queue, data, hands_to, limit, refuses))
    (etc / "master.cf").write_text(_master(port))
    command = [POSTFIX, "-c", str(etc)]

    def start() -> None:
        subprocess.run([*command, "start"], check=True, **QUIET, timeout=60)
        _until_it_listens(port)

    def stop() -> None:
        subprocess.run([*command, "stop"], check=False, **QUIET, timeout=60)

    try:
        start()
        yield Server(port, folder, start, stop)
    finally:
        stop()


def send(server: Server, raw: bytes, *, to: str, sender: str = "eve@mail.example") -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as said:
        said.sendmail(sender, [to], raw)


@contextmanager
def dovecot(folder: Path) -> Iterator[Server]:
    """A mailbox that is read over IMAP on ``port`` and filled by LMTP on ``lmtp``."""
    assert DOVECOT, MISSING
    port, lmtp = free_port(), free_port()
    run = Path("/tmp") / f"dove-{os.getpid()}-{port}"
    run.mkdir(mode=0o755)
    mail = folder / "mail"
    mail.mkdir(parents=True)
    for one in (folder, *folder.parents):
        with suppress(PermissionError):
            if one.stat().st_uid == os.getuid() and one != Path("/"):
                one.chmod(one.stat().st_mode | 0o111)
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    if os.getuid() == 0:
        os.chown(mail, owner.pw_uid, owner.pw_gid)
    users, config = folder / "users", folder / "dovecot.conf"
    users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{mail}\n")
    users.chmod(0o644)
    config.write_text(_dovecot(run, mail, users, port, lmtp, owner.pw_uid))

    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        running.append(subprocess.Popen([DOVECOT, "-F", "-c", str(config)], **QUIET))
        _until_it_listens(port)

    def stop() -> None:
        while running:
            running[-1].terminate()
            running.pop().wait(20)

    try:
        start()
        yield Server(port, folder, start, stop, lmtp)
    finally:
        stop()
        shutil.rmtree(run, ignore_errors=True)


def fill(server: Server, *mails: bytes) -> None:
    """Deliver into the mailbox, as a mail server does."""
    with smtplib.LMTP("127.0.0.1", server.lmtp, timeout=30) as said:
        for raw in mails:
            said.sendmail("eve@mail.example", [USER], raw)


def _until_it_listens(port: int) -> None:
    for _ in range(150):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on port {port}")


def _main(queue: Path, data: Path, hands_to: int, limit: int, refuses: str) -> str:
    unknown = f"inline:{{ {{ {refuses} = nobody: }} }}" if refuses else ""
    return f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.portal.example.com
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
maillog_file = /dev/stdout
maillog_file_prefixes = /dev, /var, {queue.parent}
virtual_mailbox_domains = portal.example.com
virtual_transport = lmtp:inet:127.0.0.1:{hands_to}
transport_maps = {unknown}
recipient_delimiter = +
message_size_limit = {limit}
virtual_mailbox_limit = 0
mailbox_size_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtputf8_enable = no
import_environment = MAIL_CONFIG PATH TZ
"""


def _master(port: int) -> str:
    return f"""
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
nobody unix - n n - - pipe
  user=nobody argv=/bin/sh -c {{exit 67}}
"""


def _dovecot(run: Path, mail: Path, users: Path, port: int, lmtp: int, uid: int) -> str:
    inner = f"default_internal_user = {pwd.getpwuid(os.getuid()).pw_name}\n" if os.getuid() else ""
    return f"""
base_dir = {run}
state_dir = {run}
log_path = {run}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = {min(uid, 500)}
mail_location = maildir:{mail}
{inner}passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {users}
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {users}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
"""
